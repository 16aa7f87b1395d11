package dev.signet.operator;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.KeySource;
import dev.signet.dialects.sealedsecrets.RefusedBodyException;
import dev.signet.dialects.sealedsecrets.SentSecrets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /v1/cert.pem}, {@code /v1/verify} and {@code /v1/rotate}, which kubeseal asks, with
 * upstream's statuses, headers and bodies. There is no authentication, as upstream: everybody who
 * reaches the port, or may use the service proxy of the API server, may ask. What they are told is
 * decided in {@link SentSecrets}; here it is bounded what they may cost:
 *
 * <pre>
 * rate ──▶ size of the body ──▶ memory of all bodies ──▶ queue ──▶ few threads ──▶ RSA operations
 * 429      413                  503                      503                       413
 * </pre>
 *
 * The threads are this handler's own and a quarter of the cores, so that reconciles have the rest.
 * Whoever is refused with 429 or 503 is told to come again after a second.
 */
public final class SealingEndpoints implements HttpHandler, AutoCloseable {

  public static final String CERTIFICATE = "/v1/cert.pem";
  public static final String VERIFY = "/v1/verify";
  public static final String ROTATE = "/v1/rotate";

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.operator.sealing");

  /** How many bodies wait for a thread. */
  private static final int WAITING = 16;

  /** Bodies under way take no more memory than this many units together. */
  private static final int UNIT = 1 << 16;

  private static final int UNITS = 512;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String AGAIN_AFTER = "1";

  /**
   * What may be asked.
   *
   * @param rate bodies a second from one client to one path
   * @param burst how many more may come at once
   * @param bodyBytes how large one may be
   * @param sent what is done with them
   */
  public record Terms(int rate, int burst, int bodyBytes, SentSecrets sent) {

    /** Upstream's rate; a body ten times as large as an object in a cluster can be. */
    public static final Terms DEFAULT =
        new Terms(
            2,
            2,
            10 << 20,
            new SentSecrets(
                SentSecrets.Rotation.KEEP, /* acceptDeprecated= */ true, /* operations= */ 1024));

    public Terms {
      if (rate < 1 || burst < 0 || bodyBytes < 1) {
        throw new IllegalArgumentException(
            "the rate limit must be positive and its burst not negative");
      }
    }

    public Terms withRate(int rate, int burst) {
      return new Terms(rate, burst, bodyBytes, sent);
    }

    public Terms withSent(SentSecrets sent) {
      return new Terms(rate, burst, bodyBytes, sent);
    }
  }

  /** Told of each request that was answered, for metrics. */
  @FunctionalInterface
  public interface Answered {
    /**
     * A request was answered.
     *
     * @param path one of the three
     * @param method in lower case; {@code unknown} for what is no method of HTTP
     */
    void answered(String path, int code, String method, Duration took);
  }

  private record Answer(int code, String type, byte[] body) {

    static Answer empty(int code) {
      return new Answer(code, "", new byte[0]);
    }

    static Answer text(int code, String text) {
      return new Answer(code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    static Answer busy() {
      return text(503, "busy\n");
    }
  }

  private final KeySource keys;
  private final Terms terms;
  private final SecureRandom random;
  private final Answered answered;
  private final Askers askers;
  private final Semaphore units = new Semaphore(UNITS);
  private final ThreadPoolExecutor threads;

  public SealingEndpoints(KeySource keys, Terms terms, SecureRandom random, Answered answered) {
    this.keys = keys;
    this.terms = terms;
    this.random = random;
    this.answered = answered;
    this.askers = new Askers(terms.rate(), terms.burst());
    int size = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    this.threads =
        new ThreadPoolExecutor(
            size,
            size,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("sealing-endpoints-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Whether a path is one of those that are answered here. */
  public static boolean serves(String path) {
    return path.equals(CERTIFICATE) || path.equals(VERIFY) || path.equals(ROTATE);
  }

  /** Answers, whatever the method, and closes the exchange. */
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (!serves(path)) {
        send(exchange, Answer.text(404, "404 page not found\n"));
        return;
      }
      long begun = System.nanoTime();
      Answer answer = path.equals(CERTIFICATE) ? certificate() : limited(exchange, path);
      answered.answered(
          path,
          answer.code(),
          method(exchange.getRequestMethod()),
          Duration.ofNanos(System.nanoTime() - begun));
      send(exchange, answer);
    }
  }

  private Answer certificate() {
    try {
      Optional<byte[]> pem = keys.ring().current().map(key -> key.certificate().toPem());
      if (pem.isPresent()) {
        return new Answer(200, "application/x-pem-file", pem.get());
      }
      LOG.atWarn().log("cannot get a certificate: there is no sealing key");
    } catch (ObjectsException e) {
      LOG.atWarn().log("cannot get a certificate: {}", e.getMessage());
    }
    return Answer.text(500, "cannot get certificate\n");
  }

  private Answer limited(HttpExchange exchange, String path) throws IOException {
    Gcra.State state =
        askers.ask(
            path,
            exchange.getRemoteAddress().getAddress(),
            exchange.getRequestHeaders().getOrDefault("X-Forwarded-For", List.of()),
            System.nanoTime());
    Headers headers = exchange.getResponseHeaders();
    headers.set("X-Ratelimit-Limit", Integer.toString(state.limit()));
    headers.set("X-Ratelimit-Remaining", Integer.toString(state.remaining()));
    headers.set("X-Ratelimit-Reset", Long.toString(seconds(state.resetNanos())));
    return state.limited() ? Answer.text(429, "limit exceeded\n") : read(exchange, path);
  }

  private static long seconds(long nanos) {
    return Math.ceilDiv(nanos, 1_000_000_000L);
  }

  private Answer read(HttpExchange exchange, String path) {
    Taken taken = new Taken();
    try (taken) {
      Optional<byte[]> body = body(exchange.getRequestBody(), taken);
      if (body.isEmpty()) {
        return taken.refused
            ? Answer.busy()
            : Answer.text(413, "the body is larger than " + terms.bodyBytes() + " bytes\n");
      }
      return decide(path, body.get());
    } catch (IOException e) {
      LOG.atDebug().log("the body of a request to {} did not arrive: {}", path, e.getMessage());
      return Answer.empty(400);
    }
  }

  /** Units of memory that one request holds. */
  private final class Taken implements AutoCloseable {
    private int count;
    private boolean refused;

    boolean take() {
      if (units.tryAcquire()) {
        count++;
        return true;
      }
      refused = true;
      return false;
    }

    @Override
    public void close() {
      units.release(count);
    }
  }

  /** Nothing when it is too large or there is no memory for it. */
  private Optional<byte[]> body(InputStream in, Taken taken) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] buffer = new byte[UNIT];
    while (true) {
      if (!taken.take()) {
        return Optional.empty();
      }
      int read = in.readNBytes(buffer, 0, UNIT);
      body.write(buffer, 0, read);
      if (body.size() > terms.bodyBytes()) {
        return Optional.empty();
      }
      if (read < UNIT) {
        return Optional.of(body.toByteArray());
      }
    }
  }

  private Answer decide(String path, byte[] body) {
    Callable<Answer> work = () -> path.equals(VERIFY) ? verify(body) : rotate(body);
    Future<Answer> future;
    try {
      future = threads.submit(work);
    } catch (RejectedExecutionException e) {
      return Answer.busy();
    }
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      future.cancel(true);
      return Answer.busy();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      return Answer.busy();
    } catch (ExecutionException e) {
      LOG.atError().setCause(e.getCause()).log("a request to {} failed", path);
      return Answer.empty(500);
    }
  }

  private Answer verify(byte[] body) {
    try {
      return Answer.empty(terms.sent().opens(body, ring()) ? 200 : 409);
    } catch (RefusedBodyException e) {
      return refused(VERIFY, e);
    } catch (ObjectsException e) {
      return unread(VERIFY, e);
    }
  }

  private Answer rotate(byte[] body) {
    try {
      return new Answer(200, "application/json", terms.sent().rotate(body, ring(), random));
    } catch (RefusedBodyException e) {
      return refused(ROTATE, e);
    } catch (ObjectsException e) {
      return unread(ROTATE, e);
    }
  }

  private KeyRing ring() throws ObjectsException {
    return keys.ring();
  }

  private static Answer refused(String path, RefusedBodyException e) {
    LOG.atInfo().log("refused a body that was sent to {}: {}", path, e.getMessage());
    return switch (e.reason()) {
      case EXPENSIVE -> Answer.text(413, e.getMessage() + "\n");
      case MALFORMED, UNOPENED, NO_KEY -> Answer.empty(500);
    };
  }

  private static Answer unread(String path, ObjectsException e) {
    LOG.atWarn().log("cannot answer {}: {}", path, e.getMessage());
    return Answer.empty(500);
  }

  private static String method(String method) {
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE" ->
          method.toLowerCase(Locale.ROOT);
      default -> "unknown";
    };
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    if (answer.code() == 429 || answer.code() == 503) {
      headers.set("Retry-After", AGAIN_AFTER);
    }
    if (!answer.type().isEmpty()) {
      headers.set("Content-Type", answer.type());
      if (answer.code() >= 400) {
        headers.set("X-Content-Type-Options", "nosniff");
      }
    }
    byte[] body = answer.body();
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.code(), none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
