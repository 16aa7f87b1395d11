package dev.signet.operator.admission;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.signet.delivery.Objects;
import dev.signet.delivery.object.GroupKind;
import dev.signet.dialects.externalsecrets.Validation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The webhook: answers below {@code /validate-} whatever the kind, over TLS 1.2 and 1.3, of more
 * than {@value #AT_ONCE} requests at once refuses the rest, and reads no body over {@value #BODY}
 * bytes (two objects as large as a cluster takes them). Any process answers, leading or not.
 */
public final class Webhook implements AutoCloseable {

  public static final GroupKind CONFIGURATION =
      new GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration");

  static final int BODY = 7 << 20;

  private static final int AT_ONCE = 16;

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Reviews reviews;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread looking;

  private Webhook(
      HttpsServer server, Validation validation, CertificateKeeper keeper, Duration look) {
    this.server = server;
    this.reviews = new Reviews(validation);
    server.setExecutor(threads);
    server.createContext("/validate-", this::answer);
    server.start();
    looking = Thread.ofVirtual().name("webhook certificate").start(() -> look(keeper, look));
  }

  /**
   * Listens, and looks after its certificate; until there is one, handshakes fail.
   *
   * @param leads whether this process may write now
   */
  public static Webhook start(
      WebhookSettings settings,
      Validation validation,
      Objects objects,
      BooleanSupplier leads,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    ServedKey served = new ServedKey();
    HttpsServer server = HttpsServer.create(settings.address(), AT_ONCE);
    server.setHttpsConfigurator(configurator(served, random));
    return new Webhook(
        server,
        validation,
        new CertificateKeeper(settings, objects, leads, clock, random, served),
        settings.look());
  }

  private static HttpsConfigurator configurator(ServedKey served, SecureRandom random)
      throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {served}, null, random);
      return new HttpsConfigurator(context) {
        @Override
        public void configure(HttpsParameters parameters) {
          SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
          wanted.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
          parameters.setSSLParameters(wanted);
        }
      };
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS", e);
    }
  }

  private void look(CertificateKeeper keeper, Duration pause) {
    // Whether this process leads is known only after a moment.
    Duration first = pause.compareTo(Duration.ofSeconds(1)) < 0 ? pause : Duration.ofSeconds(1);
    try {
      boolean known = false;
      do {
        known = keeper.look();
      } while (!closed.await((known ? pause : first).toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!atOnce.tryAcquire()) {
        send(exchange, 503, "text/plain", "too many requests at once\n");
        return;
      }
      try {
        review(exchange);
      } finally {
        atOnce.release();
      }
    }
  }

  private void review(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      send(exchange, 405, "text/plain", "only POST\n");
      return;
    }
    byte[] body = exchange.getRequestBody().readNBytes(BODY + 1);
    if (body.length > BODY) {
      send(exchange, 413, "text/plain", "the review is too large\n");
      return;
    }
    Optional<byte[]> answer = reviews.answer(body);
    if (answer.isEmpty()) {
      send(exchange, 400, "text/plain", "no AdmissionReview\n");
    } else {
      send(exchange, 200, "application/json", answer.get());
    }
  }

  private static void send(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    send(exchange, code, type, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    closed.countDown();
    looking.interrupt();
    server.stop(0);
    threads.close();
  }
}
