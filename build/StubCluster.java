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
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * As much of an API server, over TLS on loopback, as an operator needs to deliver one made-up ExternalSecret in a training run
 * for a start-up cache. It keeps nothing: what is written comes back as if it had been stored. Proves nothing about the
 * operator; its tests run on a real one.
 */
final class StubCluster implements AutoCloseable {

  private static final Map<String, List<String>> KINDS = Map.of(
      "/apis/bitnami.com/v1alpha1", List.of("sealedsecrets"),
      "/apis/external-secrets.io/v1", List.of("externalsecrets", "secretstores", "clustersecretstores"));
  private static final Map<String, String> ITEMS = Map.of(
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
          """);

  private final Path folder;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch delivered = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  StubCluster(Path folder) throws Exception {
    this.folder = folder;
    char[] password = "made up".toCharArray();
    Path store = folder.resolve("stub.p12");
    Process keytool = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC",
        "-alias", "stub", "-dname", "CN=stub", "-ext", "san=ip:127.0.0.1", "-storetype", "PKCS12",
        "-keystore", store.toString(), "-storepass", new String(password))
        .redirectErrorStream(true).redirectOutput(folder.resolve("keytool").toFile()).start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool made no certificate for the training run");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password);
    }
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
        """.formatted(server.getAddress().getPort(), Base64.getEncoder().encodeToString((
            "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getCertificate("stub").getEncoded())
                + "\n-----END CERTIFICATE-----\n").getBytes(StandardCharsets.US_ASCII))));
  }

  Path kubeconfig() {
    return folder.resolve("kubeconfig");
  }

  /** Waits until the operator has written the status of what it delivered. */
  boolean awaitDelivery() throws InterruptedException {
    return delivered.await(5, TimeUnit.MINUTES);
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
          delivered.countDown();
        }
      } else if (KINDS.containsKey(path)) {
        send(exchange, 200, resources(path));
      } else {
        String last = path.substring(path.lastIndexOf('/') + 1);
        boolean isList = last.equals("secrets") || KINDS.values().stream().anyMatch(names -> names.contains(last));
        String items = ITEMS.getOrDefault(last, "");
        send(exchange, isList ? 200 : 404, isList
            ? "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + items + "]}"
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
