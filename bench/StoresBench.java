import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.aws.AwsStores;
import dev.signet.stores.vault.Vaults;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Run by bench/stores with: the program vault or nothing, moto_server or nothing, and what to measure.
 *
 * A refresh opens the store, reads one value and closes it, as that of an ExternalSecret does; beside it the same value is read by
 * the bare client that the store uses, in turns of ten. Latencies are medians of single reads, compared as ratios; calls are those
 * that the store says it sent, logins included. The servers are on this machine, so that what is added shows most.
 */
final class StoresBench {

  private static final int ROUNDS = Integer.parseInt(System.getenv().getOrDefault("SIGNET_BENCH_ROUNDS", "2000"));
  private static final int TURN = 10;

  private interface Reading {
    void once() throws Exception;
  }

  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final ApiCalls counted = (provider, call, good) -> calls.merge(call, 1, Integer::sum);

  public static void main(String[] args) throws Exception {
    List<String> chosen = List.of(args).subList(2, args.length);
    System.out.println(
        Runtime.getRuntime().availableProcessors() + " cores " + System.getProperty("os.arch") + ", Java "
            + System.getProperty("java.version") + ", load "
            + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage() + "; " + ROUNDS + " refreshes each");
    System.out.println();
    System.out.println("| store | bare read | refresh | ratio | calls a refresh | which |");
    System.out.println("|---|---|---|---|---|---|");
    if (!args[0].isEmpty() && (chosen.isEmpty() || chosen.contains("vault"))) {
      new StoresBench().vault(args[0]);
    }
    if (!args[1].isEmpty() && (chosen.isEmpty() || chosen.contains("aws"))) {
      new StoresBench().aws(args[1]);
    }
  }

  private static int port() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Process start(String ready, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 600 && process.isAlive(); i++) {
        try {
          if (client.send(HttpRequest.newBuilder(URI.create(ready)).build(), BodyHandlers.discarding()).statusCode() == 200) {
            return process;
          }
        } catch (java.io.IOException e) {
          // Not yet.
        }
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException(command[0] + " does not answer");
  }

  private void vault(String program) throws Exception {
    String url = "http://127.0.0.1:" + port();
    Process server =
        start(url + "/v1/sys/health", program, "server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token",
            "-dev-listen-address=" + url.substring("http://".length()));
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      put(client, url, "secret/data/app", "{\"data\": {\"user\": \"ann\", \"password\": \"s3cret\"}}");
      put(client, url, "sys/auth/approle", "{\"type\": \"approle\"}");
      put(client, url, "sys/policies/acl/app", "{\"policy\": \"path \\\"secret/data/app\\\" {capabilities = [\\\"read\\\"]}\"}");
      put(client, url, "auth/approle/role/app", "{\"token_policies\": [\"app\"], \"token_ttl\": \"1h\"}");
      put(client, url, "auth/approle/role/app/role-id", "{\"role_id\": \"app\"}");
      String secret =
          put(client, url, "auth/approle/role/app/secret-id", "{}").replaceAll("(?s).*\"secret_id\":\"([^\"]*)\".*", "$1");
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/v1/secret/data/app")).header("X-Vault-Token", "root").build();
      Map<String, Object> auth =
          Map.of("appRole", Map.of("roleId", "app", "secretRef", Map.of("name", "s", "key", "secret")));
      Map<String, Object> configuration = Map.of("server", url, "path", "secret", "auth", auth);
      try (Vaults vaults = new Vaults(counted)) {
        measured(
            "vault, one value of KV",
            () -> {
              var answer = client.send(request, BodyHandlers.ofByteArray());
              if (answer.statusCode() != 200) {
                throw new IllegalStateException("answer " + answer.statusCode());
              }
            },
            refresh(vaults.provider(), configuration, Map.of("secret", secret), new RemoteRef("app", "password", "")));
      }
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static String put(HttpClient client, String url, String path, String json) throws Exception {
    for (int attempt = 0; ; attempt++) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url + "/v1/" + path))
                  .header("X-Vault-Token", "root")
                  .method("PUT", BodyPublishers.ofString(json))
                  .build(),
              BodyHandlers.ofString());
      if (answer.statusCode() < 300) {
        return answer.body();
      }
      if (attempt == 50) {
        throw new IllegalStateException(path + ": " + answer.statusCode());
      }
      // The engine prepares itself.
      Thread.sleep(100);
    }
  }

  private void aws(String program) throws Exception {
    int port = port();
    String url = "http://127.0.0.1:" + port;
    Process server = start(url + "/moto-api/data.json", program, "-H", "127.0.0.1", "-p", Integer.toString(port));
    try (SecretsManagerClient client =
            SecretsManagerClient.builder()
                .endpointOverride(URI.create(url))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE", "of-nobody")))
                .build()) {
      var _ = client.createSecret(it -> it.name("app").secretString("{\"user\": \"ann\", \"password\": \"s3cret\"}"));
      Map<String, Object> keys =
          Map.of(
              "accessKeyIDSecretRef", Map.of("name", "s", "key", "id"),
              "secretAccessKeySecretRef", Map.of("name", "s", "key", "key"));
      Map<String, Object> configuration =
          Map.of("service", "SecretsManager", "region", "us-east-1", "auth", Map.of("secretRef", keys));
      StoreProvider provider = new AwsStores(Map.of("AWS_SECRETSMANAGER_ENDPOINT", url), counted).provider();
      measured(
          "aws, one value of Secrets Manager",
          () -> {
            if (client.getSecretValue(it -> it.secretId("app")).secretString().isEmpty()) {
              throw new IllegalStateException("no value");
            }
          },
          refresh(
              provider,
              configuration,
              Map.of("id", "AKIAIOSFODNN7EXAMPLE", "key", "of-nobody"),
              new RemoteRef("app", "password", "")));
    } finally {
      server.destroy();
      server.waitFor();
    }
  }

  private static Reading refresh(
      StoreProvider provider, Map<String, Object> configuration, Map<String, String> secrets, RemoteRef ref) {
    References references = references(secrets);
    return () -> {
      SecretStore store = provider.open("SecretStore/bench/store", Fields.of(configuration, "spec.provider.it"), references);
      try {
        Item item = store.fetch(ref);
        try (SecretBytes value = item.value()) {
          if (value.size() == 0) {
            throw new IllegalStateException("no value");
          }
        }
      } finally {
        store.close();
      }
    };
  }

  private static References references(Map<String, String> secrets) {
    return new References() {
      @Override
      public SecretBytes secret(Fields selector) throws MalformedObjectException {
        selector.string("name");
        selector.string("namespace");
        return SecretBytes.wrap(secrets.get(selector.requiredString("key")).getBytes(StandardCharsets.UTF_8));
      }

      @Override
      public Material secret(Fields selector, Label label) {
        throw new UnsupportedOperationException();
      }

      @Override
      public byte[] authority(Fields provider) {
        throw new UnsupportedOperationException();
      }

      @Override
      public String accountToken(Fields selector) {
        throw new UnsupportedOperationException();
      }
    };
  }

  private void measured(String name, Reading bare, Reading refresh) throws Exception {
    for (int i = 0; i < ROUNDS / 2; i++) {
      bare.once();
      refresh.once();
    }
    calls.clear();
    List<Long> bareTook = new ArrayList<>();
    List<Long> refreshTook = new ArrayList<>();
    while (refreshTook.size() < ROUNDS) {
      turn(bare, bareTook);
      turn(refresh, refreshTook);
    }
    double one = median(bareTook);
    double other = median(refreshTook);
    int sent = calls.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println(
        String.format(
            Locale.ROOT,
            "| %s | %.0f µs | %.0f µs | %.2f | %.2f | %s |",
            name, one / 1000, other / 1000, other / one, (double) sent / refreshTook.size(), new TreeMap<>(calls)));
  }

  private static void turn(Reading reading, List<Long> took) throws Exception {
    for (int i = 0; i < TURN; i++) {
      long from = System.nanoTime();
      reading.once();
      took.add(System.nanoTime() - from);
    }
  }

  private static double median(List<Long> values) {
    long[] sorted = values.stream().mapToLong(Long::longValue).sorted().toArray();
    return Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1).average().orElseThrow();
  }
}
