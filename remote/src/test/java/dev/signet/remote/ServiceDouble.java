package dev.signet.remote;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server on loopback that stands for a service. What it is asked and does not expect is an answer
 * 400 that says what was wrong, so that no test passes by a request that the service would refuse.
 */
final class ServiceDouble implements AutoCloseable {

  /** What it is asked. */
  record Asked(
      String method,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String body) {

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    Map<String, String> form() {
      return pairs(body);
    }
  }

  record Said(int code, Map<String, String> headers, String body) {
    static Said json(String body) {
      return new Said(200, Map.of("Content-Type", "application/json"), body);
    }
  }

  /** A request that the service would refuse. */
  static final class Unexpected extends Exception {
    private static final long serialVersionUID = 1;

    Unexpected(String message) {
      super(message);
    }
  }

  @FunctionalInterface
  interface Service {
    Said answer(Asked asked) throws Unexpected;
  }

  private final HttpServer server;
  private final String scheme;
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private ServiceDouble(HttpServer server, String scheme, Service service) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", exchange -> answer(exchange, service));
    server.start();
  }

  static ServiceDouble plain(Service service) throws IOException {
    return new ServiceDouble(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0),
        "http",
        service);
  }

  /** A certificate for localhost that vouches for itself, in that folder. */
  static void makeCertificate(Path folder) throws Exception {
    Path keys = folder.resolve("double.p12");
    run(
        folder,
        "-genkeypair",
        "-alias",
        "own",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-validity",
        "2",
        "-storetype",
        "PKCS12",
        "-keystore",
        keys.toString());
    run(
        folder,
        "-exportcert",
        "-rfc",
        "-alias",
        "own",
        "-keystore",
        keys.toString(),
        "-file",
        certificate(folder).toString());
  }

  /** Over TLS, with the certificate in that folder. */
  static ServiceDouble tls(Path folder, Service service) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("double.p12"))) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new ServiceDouble(server, "https", service);
  }

  /** What a client has to trust. */
  static Path certificate(Path folder) {
    return folder.resolve("double.pem");
  }

  private static void run(Path folder, String... arguments) throws Exception {
    ProcessBuilder keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-storepass",
                "changeit")
            .directory(folder.toFile())
            .redirectErrorStream(true);
    keytool.command().addAll(List.of(arguments));
    Process process = keytool.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(said);
    }
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new TreeMap<>();
    for (String pair : text.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return pairs;
  }

  private void answer(HttpExchange exchange, Service service) {
    try (exchange) {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange
          .getRequestHeaders()
          .forEach((name, values) -> headers.put(name, String.join(", ", values)));
      String query = exchange.getRequestURI().getRawQuery();
      Asked asked =
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              pairs(query == null ? "" : query),
              headers,
              new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      requests.add(asked.method() + " " + asked.path());
      Said said;
      try {
        said = service.answer(asked);
      } catch (Unexpected e) {
        said = new Said(400, Map.of(), "{\"error\":{\"message\":\"" + e.getMessage() + "\"}}");
      }
      said.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      byte[] body = said.body().getBytes(UTF_8);
      exchange.sendResponseHeaders(said.code(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return scheme + "://localhost:" + server.getAddress().getPort();
  }

  /** Method and path of each, in order. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
