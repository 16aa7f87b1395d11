package dev.signet.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * {@code /healthz}, {@code /readyz}, {@code /metrics} and in shadow mode {@code /shadow} over plain
 * HTTP, for the kubelet, for Prometheus and for people. Nothing that is asked here reaches the
 * cluster.
 *
 * <p>Requests and answers have limited time, headers are limited, bodies are not read, and of more
 * than {@value #AT_ONCE} requests at once the rest is refused.
 */
final class Endpoints implements AutoCloseable {

  private static final int AT_ONCE = 32;

  private static final Map<String, String> LIMITS =
      Map.of(
          "sun.net.httpserver.idleInterval", "30",
          "sun.net.httpserver.maxReqHeaders", "64",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "jdk.httpserver.maxConnections", "256");

  /** Writes all metrics, in Prometheus' text format 0.0.4. */
  @FunctionalInterface
  interface Scrape {
    void to(OutputStream out) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore atOnce = new Semaphore(AT_ONCE);
  private final Pages pages;

  /** A list as text and as JSON. */
  record Listing(Supplier<String> text, Supplier<String> json) {}

  /**
   * What is answered.
   *
   * @param unready why the process is not ready, empty when it is; without it neither health nor
   *     readiness are answered
   * @param note what is to be said of a process that is ready, if anything
   * @param metrics without it no metrics are
   * @param shadow without it no differences are
   */
  record Pages(
      Optional<Supplier<Optional<String>>> unready,
      Supplier<Optional<String>> note,
      Optional<Scrape> metrics,
      Optional<Listing> shadow) {

    Pages(Optional<Supplier<Optional<String>>> unready, Optional<Scrape> metrics) {
      this(unready, Optional::empty, metrics, Optional.empty());
    }
  }

  private Endpoints(HttpServer server, Pages pages) {
    this.server = server;
    this.pages = pages;
  }

  /**
   * How long requests may take to arrive and answers to leave, for all of this process: the JDK's
   * server takes its limits from system properties when its first instance is made.
   */
  static void limit(Duration read, Duration write) {
    System.setProperty("sun.net.httpserver.maxReqTime", Long.toString(seconds(read)));
    System.setProperty("sun.net.httpserver.maxRspTime", Long.toString(seconds(write)));
    LIMITS.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }

  /** Zero is no limit, there as in Go. */
  private static long seconds(Duration time) {
    return time.isZero() ? -1 : Math.max(1, time.toSeconds());
  }

  /** Binds and answers from now on. */
  static Endpoints start(InetSocketAddress address, Pages pages) throws IOException {
    HttpServer server = HttpServer.create(address, AT_ONCE);
    Endpoints endpoints = new Endpoints(server, pages);
    server.setExecutor(endpoints.threads);
    server.createContext("/", endpoints::answer);
    server.start();
    return endpoints;
  }

  /** Lets another answer what is below a path; it has to bound what that costs by itself. */
  void mount(String below, HttpHandler handler) {
    server.createContext(below, handler);
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!atOnce.tryAcquire()) {
        send(exchange, 503, "too many requests at once\n");
        return;
      }
      try {
        route(exchange);
      } finally {
        atOnce.release();
      }
    }
  }

  private void route(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      send(exchange, 405, "only GET and HEAD\n");
      return;
    }
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/healthz") && pages.unready().isPresent()) {
      send(exchange, 200, "ok\n");
    } else if (path.equals("/readyz") && pages.unready().isPresent()) {
      Optional<String> why = pages.unready().get().get();
      send(
          exchange,
          why.isEmpty() ? 200 : 503,
          why.map(it -> "not ready: " + it)
                  .or(() -> pages.note().get().map(it -> "ok, but " + it))
                  .orElse("ok")
              + "\n");
    } else if (path.equals("/metrics") && pages.metrics().isPresent()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      pages.metrics().get().to(text);
      send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", text.toByteArray());
    } else if (path.equals("/shadow") && pages.shadow().isPresent()) {
      Listing listing = pages.shadow().get();
      String accept = exchange.getRequestHeaders().getFirst("Accept");
      if (accept != null && accept.contains("application/json")) {
        byte[] body = listing.json().get().getBytes(StandardCharsets.UTF_8);
        send(exchange, 200, "application/json", body);
      } else {
        send(exchange, 200, listing.text().get());
      }
    } else {
      send(exchange, 404, "not found\n");
    }
  }

  private static void send(HttpExchange exchange, int code, String text) throws IOException {
    send(exchange, code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(code, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
