package dev.signet.testkit.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.signet.testkit.web.StrictServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What this JVM takes for some hosts of the Internet while it is open, HTTPS and all: a proxy that
 * everybody is told to use leads them to a {@link StrictServer}, behind a certificate of an
 * authority that everybody is told to trust. So a program is tested as it is, by the addresses that
 * it would ask. One at a time.
 */
public final class Internet implements AutoCloseable {

  private static final String STORE = "javax.net.ssl.trustStore";
  private static final String STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
  private static final String STORE_TYPE = "javax.net.ssl.trustStoreType";
  private static final String PASSWORD = "of-a-test";
  private static final Set<String> NOT_PASSED_ON =
      Set.of("connection", "content-length", "expect", "host", "transfer-encoding", "upgrade");

  private final StrictServer behind;
  private final HttpsServer hosts;
  private final ServerSocket proxy;
  private final Path trusted;
  private final ProxySelector proxies = ProxySelector.getDefault();
  private final Map<String, @Nullable String> properties = new HashMap<>();
  private final HttpClient client =
      HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param names of the hosts; all others are asked as ever
   */
  public Internet(StrictServer behind, List<String> names) throws IOException {
    this.behind = behind;
    Authority authority = Authority.create("hosts of the Internet");
    InetAddress loopback = InetAddress.getLoopbackAddress();
    hosts = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
    hosts.setHttpsConfigurator(
        new HttpsConfigurator(authority.server("hosts", names).tls(authority.certificate())));
    hosts.setExecutor(threads);
    hosts.createContext("/", this::pass);
    hosts.start();
    proxy = new ServerSocket(0, 50, loopback);
    threads.execute(this::accept);
    trusted = Files.createTempFile("trusted", ".p12");
    try (OutputStream out = Files.newOutputStream(trusted)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("authority", authority.certificate());
      store.store(out, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    set(STORE, trusted.toString());
    set(STORE_PASSWORD, PASSWORD);
    set(STORE_TYPE, "PKCS12");
    readTrusted();
    ProxySelector.setDefault(new Selector(Set.copyOf(names)));
  }

  private void set(String property, String value) {
    properties.put(property, System.setProperty(property, value));
  }

  /**
   * The JVM keeps whom it trusts. While one thread reads that anew, others would still be given
   * what was before, so it is read before anybody asks.
   */
  private static void readTrusted() {
    try {
      TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
          .init((KeyStore) null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Selector extends ProxySelector {

    private final Set<String> names;

    private Selector(Set<String> names) {
      this.names = names;
    }

    @Override
    public List<Proxy> select(URI uri) {
      return List.of(
          uri.getHost() != null && names.contains(uri.getHost())
              ? new Proxy(
                  Proxy.Type.HTTP,
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.getLocalPort()))
              : Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
      // Whoever connects says so.
    }
  }

  private void accept() {
    while (!proxy.isClosed()) {
      try {
        Socket from = proxy.accept();
        threads.execute(() -> tunnel(from));
      } catch (IOException e) {
        // It was closed.
        return;
      }
    }
  }

  private void tunnel(Socket from) {
    try (from;
        Socket to = new Socket(InetAddress.getLoopbackAddress(), hosts.getAddress().getPort())) {
      InputStream in = from.getInputStream();
      int line = 0;
      boolean ended = false;
      // The request for a tunnel ends with an empty line.
      while (!ended) {
        int each = in.read();
        if (each < 0) {
          return;
        }
        ended = each == '\n' && line == 0;
        line = each == '\n' ? 0 : each == '\r' ? line : line + 1;
      }
      from.getOutputStream()
          .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      threads.execute(
          () -> {
            try (from;
                to) {
              to.getInputStream().transferTo(from.getOutputStream());
            } catch (IOException e) {
              // One of both has ended.
            }
          });
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of both has ended.
    }
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      URI asked =
          URI.create(
              "https://"
                  + exchange.getRequestHeaders().getFirst("Host")
                  + exchange.getRequestURI());
      HttpRequest.Builder onward =
          HttpRequest.newBuilder(StrictServer.route(behind.url(), asked))
              .method(
                  exchange.getRequestMethod(),
                  HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> onward.header(name, value));
                }
              });
      HttpResponse<byte[]> answer =
          client.send(onward.build(), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name)) {
                  values.forEach(value -> exchange.getResponseHeaders().add(name, value));
                }
              });
      byte[] body = answer.body();
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    ProxySelector.setDefault(proxies);
    properties.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
    readTrusted();
    proxy.close();
    hosts.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
    Files.deleteIfExists(trusted);
  }
}
