package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.aws.AwsStores;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who logs in as somebody of AWS: a real Vault asks moto who signed. Moto believes every signature;
 * that AWS does is for the SDK, which makes them.
 */
@OnVault
@OnMoto
final class VaultByAwsTest {

  private static final String ROLE = "arn:aws:iam::123456789012:role/reader";

  private final List<String> hosts = new CopyOnWriteArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Vault vault;
  private Moto moto;
  private HttpServer relay;
  private String kv;
  private String path;

  @BeforeEach
  void set(Vault givenVault, Moto givenMoto) throws IOException {
    vault = givenVault;
    moto = givenMoto;
    relay = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    relay.createContext("/", this::pass);
    relay.start();
    kv = vault.mount("kv-v2");
    vault.write(kv + "/data/app", "{\"data\": {\"user\": \"ann\"}}");
    path = vault.enable("aws");
    vault.write(
        "auth/" + path + "/config/client",
        "{\"sts_endpoint\": \"http://127.0.0.1:%d/sts\", \"sts_region\": \"eu-central-1\", \"access_key\": \"a\", \"secret_key\": \"b\"}"
            .formatted(relay.getAddress().getPort()));
    vault.write(
        "sys/policies/acl/" + path,
        "{\"policy\": \"path \\\"" + kv + "/data/*\\\" {capabilities = [\\\"read\\\"]}\"}");
    vault.write(
        "auth/" + path + "/role/app",
        """
        {"auth_type": "iam", "bound_iam_principal_arn": "%s", "resolve_aws_unique_ids": false,
         "token_policies": ["%s"], "token_ttl": "1h"}
        """
            .formatted(ROLE, path));
  }

  @AfterEach
  void end() {
    relay.stop(0);
    client.close();
  }

  /** Vault asks for a path that ends with {@code //}, and wants the type exactly as AWS has it. */
  private void pass(HttpExchange exchange) throws IOException {
    hosts.add(exchange.getRequestHeaders().getFirst("Host"));
    HttpRequest.Builder onward =
        HttpRequest.newBuilder(URI.create(moto.url() + "/"))
            .method(
                exchange.getRequestMethod(),
                HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    for (String name : List.of("Authorization", "Content-Type", "X-Amz-Date")) {
      onward.header(name, exchange.getRequestHeaders().getFirst(name));
    }
    try (exchange) {
      HttpResponse<byte[]> answer =
          client.send(onward.build(), HttpResponse.BodyHandlers.ofByteArray());
      exchange.getResponseHeaders().add("Content-Type", "text/xml");
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private SecretStore open(String iam) throws Exception {
    CallerIdentities callers = new AwsStores(moto.environment(), ApiCalls.UNCOUNTED).callers();
    return new Given()
        .secret("me", "id", "AKIAIOSFODNN7EXAMPLE")
        .secret("me", "key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .account("app", "a.service.token")
        .annotated("app", Map.of("eks.amazonaws.com/role-arn", ROLE))
        .open(
            new Vaults(ApiCalls.UNCOUNTED, callers).provider(),
            "{server: '%s', path: %s, auth: {iam: {path: %s, %s}}}"
                .formatted(vault.url(), kv, path, iam));
  }

  private static final String KEYS =
      "secretRef: {accessKeyIDSecretRef: {name: me, key: id}, secretAccessKeySecretRef: {name: me, key: key}}";

  private String read(String iam) throws Exception {
    try (SecretStore store = open(iam)) {
      return Given.text(store.fetch(new RemoteRef("app", "user", "")));
    }
  }

  private StoreException refusal(String iam) {
    StoreException failure = catchThrowableOfType(StoreException.class, () -> read(iam));
    assertThat(failure.problem()).isEqualTo(new Problem.Denied());
    return failure;
  }

  @Test
  void keysOfASecretTakeARoleAndLogIn() throws Exception {
    assertThat(read("vaultRole: app, region: eu-central-1, role: '" + ROLE + "', " + KEYS))
        .isEqualTo("ann");
    assertThat(hosts)
        .as("asked more than once by Vault")
        .containsOnly("sts.eu-central-1.amazonaws.com");
    assertThat(read("vaultRole: app, externalID: e, role: '" + ROLE + "', " + KEYS))
        .isEqualTo("ann");
    assertThat(hosts).contains("sts.us-east-1.amazonaws.com");
  }

  @Test
  void aServiceAccountLogsInAsTheRoleItIsBoundTo() throws Exception {
    assertThat(read("vaultRole: app, jwt: {serviceAccountRef: {name: app}}")).isEqualTo("ann");
  }

  @Test
  void whoIsNotBoundMayNot() {
    assertThat(refusal("vaultRole: app, " + KEYS))
        .hasMessageContaining("whoever that is to AWS may not have the role");
    assertThat(refusal("vaultRole: other, " + KEYS)).hasMessageContaining("does not exist");
  }

  @Test
  void aServerMayWantToBeNamedInWhatIsSigned() throws Exception {
    vault.write(
        "auth/" + path + "/config/client",
        "{\"iam_server_id_header_value\": \"vault.example.com\"}");
    String who = "vaultRole: app, role: '" + ROLE + "', " + KEYS;
    assertThat(refusal(who)).hasMessageContaining("vaultAwsIamServerID");
    assertThat(refusal("vaultAwsIamServerID: another, " + who))
        .hasMessageContaining("vaultAwsIamServerID");
    assertThat(read("vaultAwsIamServerID: vault.example.com, " + who)).isEqualTo("ann");
  }
}
