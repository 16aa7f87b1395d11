import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * As much of an API server, over TLS on loopback, as an operator needs to deliver a made-up ExternalSecret and a made-up
 * SealedSecret in a training run for a start-up cache. It keeps nothing: what is written comes back as if it had been
 * stored. Proves nothing about the operator; its tests run on a real one.
 */
final class StubCluster implements AutoCloseable {

  private static final Map<String, List<String>> KINDS = Map.of(
      "/apis/bitnami.com/v1alpha1", List.of("sealedsecrets"),
      "/apis/external-secrets.io/v1",
      List.of("externalsecrets", "secretstores", "clustersecretstores", "clusterexternalsecrets"),
      "/apis/external-secrets.io/v1alpha1", List.of("pushsecrets", "clusterpushsecrets"),
      "/apis/generators.external-secrets.io/v1alpha1",
      List.of("clustergenerators", "ecrauthorizationtokens", "fakes", "generatorstates", "mfas", "passwords", "sshkeys",
          "stssessiontokens", "uuids", "vaultdynamicsecrets", "webhooks"));

  /** Enough of them, of RSA 3072, for the fast RSA to be loaded. */
  private static final int ITEMS = 96;

  /** What lists of a resource hold. */
  private final Map<String, String> items = new ConcurrentHashMap<>(Map.of(
      "externalsecrets", """
          {"apiVersion":"external-secrets.io/v1","kind":"ExternalSecret",
           "metadata":{"name":"sample","namespace":"default","uid":"1","resourceVersion":"1","generation":1},
           "spec":{"secretStoreRef":{"name":"sample"},"data":[{"secretKey":"a","remoteRef":{"key":"a"}}]}}
          """,
      "secretstores", """
          {"apiVersion":"external-secrets.io/v1","kind":"SecretStore",
           "metadata":{"name":"sample","namespace":"default","uid":"2","resourceVersion":"1","generation":1},
           "spec":{"provider":{"fake":{"data":[{"key":"a","value":"made up"}]}}},
           "status":{"conditions":[{"type":"Ready","status":"True","reason":"Valid","message":"store validated"}]}}
          """));

  private final Path folder;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch external = new CountDownLatch(1);
  private final CountDownLatch sealed = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  StubCluster(Path folder) throws Exception {
    this.folder = folder;
    char[] password = "made up".toCharArray();
    KeyStore keys = keys("EC", "san=ip:127.0.0.1", password);
    KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    Files.writeString(folder.resolve("kubeconfig"), """
        apiVersion: v1
        kind: Config
        current-context: stub
        contexts: [{name: stub, context: {cluster: stub, user: stub}}]
        users: [{name: stub, user: {token: made-up}}]
        clusters: [{name: stub, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
        """.formatted(server.getAddress().getPort(), inSecret(pem("CERTIFICATE", keys.getCertificate("stub").getEncoded()))));
  }

  private KeyStore keys(String algorithm, String extension, char[] password) throws Exception {
    Path store = folder.resolve(algorithm + ".p12");
    run(folder.resolve("keytool"), List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair", "-keyalg", algorithm, "-alias", "stub", "-dname", "CN=stub", "-ext", extension, "-storetype", "PKCS12",
        "-keystore", store.toString(), "-storepass", new String(password)));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
    return keys;
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n";
  }

  private static String inSecret(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void run(Path output, List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    if (process.waitFor() != 0) {
      throw new IOException("failed in the training run: " + command.getFirst() + ": " + Files.readString(output));
    }
  }

  /** Has a SealedSecret made for a key of this cluster by the program that is called that way, and serves both. */
  void seal(List<String> program) throws Exception {
    char[] password = "made up".toCharArray();
    KeyStore keys = keys("RSA", "ku:c=encipherOnly", password);
    String certificate = pem("CERTIFICATE", keys.getCertificate("stub").getEncoded());
    items.put("secrets", """
        {"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/tls",
         "metadata":{"name":"key","namespace":"default","uid":"3","resourceVersion":"1",
          "labels":{"sealedsecrets.bitnami.com/sealed-secrets-key":"active"}},
         "data":{"tls.crt":"%s","tls.key":"%s"}}
        """.formatted(inSecret(certificate), inSecret(pem("PRIVATE KEY", keys.getKey("stub", password).getEncoded()))));
    Files.writeString(folder.resolve("key.pem"), certificate);
    Files.writeString(folder.resolve("secret.yaml"), """
        apiVersion: v1
        kind: Secret
        metadata: {name: sealed, namespace: default}
        stringData:
        """ + IntStream.range(0, ITEMS).mapToObj(i -> "  item-" + i + ": made up\n").collect(Collectors.joining()));
    List<String> seal = new ArrayList<>(program);
    seal.addAll(List.of("seal", "--cert", folder.resolve("key.pem").toString(), "-f", folder.resolve("secret.yaml").toString(),
        "-o", "json"));
    run(folder.resolve("sealed.json"), seal);
    Matcher encrypted = Pattern.compile("\"encryptedData\": *(\\{[^}]*})").matcher(Files.readString(folder.resolve("sealed.json")));
    if (!encrypted.find()) {
      throw new IOException("the training run sealed nothing");
    }
    items.put("sealedsecrets", """
        {"apiVersion":"bitnami.com/v1alpha1","kind":"SealedSecret",
         "metadata":{"name":"sealed","namespace":"default","uid":"4","resourceVersion":"1","generation":1},
         "spec":{"encryptedData":%s,"template":{"metadata":{"name":"sealed","namespace":"default"}}}}
        """.formatted(encrypted.group(1)));
  }

  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** Waits until the operator has written the status of both that it delivered. */
  boolean awaitDelivery() throws InterruptedException {
    return external.await(5, TimeUnit.MINUTES) && sealed.await(5, TimeUnit.MINUTES);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String method = exchange.getRequestMethod();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (method.equals("GET") && query.contains("watch=true")) {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().flush();
        closed.await();
      } else if (!method.equals("GET")) {
        send(exchange, method.equals("POST") ? 201 : 200, stored(body));
        if (path.endsWith("/externalsecrets/sample/status")) {
          external.countDown();
        } else if (path.endsWith("/sealedsecrets/sealed/status")) {
          sealed.countDown();
        }
      } else if (KINDS.containsKey(path)) {
        send(exchange, 200, resources(path));
      } else {
        String last = path.substring(path.lastIndexOf('/') + 1);
        boolean isList = List.of("secrets", "namespaces", "configmaps").contains(last) || KINDS.values().stream().anyMatch(names -> names.contains(last));
        send(exchange, isList ? 200 : 404, isList
            ? "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items.getOrDefault(last, "") + "]}"
            : "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String stored(String body) {
    return body.replaceFirst("\"metadata\" *: *\\{", "\"metadata\":{\"uid\":\"9\",\"resourceVersion\":\"9\",");
  }

  private static String resources(String path) {
    StringBuilder json = new StringBuilder("{\"apiVersion\":\"v1\",\"kind\":\"APIResourceList\",\"resources\":[");
    String separator = "";
    for (String name : KINDS.get(path)) {
      json.append(separator).append("{\"name\":\"").append(name).append("\"}");
      separator = ",";
    }
    return json.append("]}").toString();
  }

  private static void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
