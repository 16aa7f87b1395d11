package dev.signet.stores.contract;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Stands between a store and its back end, on loopback and without TLS: passes requests on, counts
 * them, and for some of them does what a back end does on a bad day.
 */
public final class Gate implements AutoCloseable {

  /** A request that came; {@code path} with its query, and the body as text. */
  public record Asked(String method, String path, Map<String, List<String>> headers, String body) {

    /** The first value of a header, empty where there is none; names in lower case. */
    public String header(String name) {
      return headers.getOrDefault(name, List.of("")).getFirst();
    }
  }

  /** An answer that the back end did not give. */
  public record Answer(int status, Map<String, String> headers, String body) {}

  private sealed interface Misfortune {
    record Answered(Answer answer) implements Misfortune {}

    record Cut() implements Misfortune {}

    record Held() implements Misfortune {}
  }

  private record Rule(Predicate<Asked> when, Misfortune what) {}

  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private final URI backend;
  private final HttpServer server;
  private final HttpClient client;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  public Gate(URI backend) {
    this(backend, HttpClient.newBuilder());
  }

  /**
   * @param client what the back end is asked with
   */
  public Gate(URI backend, HttpClient.Builder client) {
    this.backend = backend;
    this.client = client.version(HttpClient.Version.HTTP_1_1).build();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Every such request from now on is answered so, and never passed on. */
  public void answer(Predicate<Asked> when, Answer answer) {
    rules.addFirst(new Rule(when, new Misfortune.Answered(answer)));
  }

  /** Every such answer from now on ends in its middle, as if that were its end. */
  public void cut(Predicate<Asked> when) {
    rules.addFirst(new Rule(when, new Misfortune.Cut()));
  }

  /** Every such request from now on gets no answer. */
  public void hold(Predicate<Asked> when) {
    rules.addFirst(new Rule(when, new Misfortune.Held()));
  }

  /** Waits for a request that gets no answer. */
  public void awaitHeld() throws InterruptedException {
    reached.await();
  }

  /** What came so far, in order. */
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public long count(Predicate<Asked> which) {
    return asked.stream().filter(which).count();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] sent = exchange.getRequestBody().readAllBytes();
      Asked request =
          new Asked(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders().entrySet().stream()
                  .collect(
                      Collectors.toUnmodifiableMap(
                          each -> each.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue)),
              new String(sent, StandardCharsets.UTF_8));
      asked.add(request);
      for (Rule rule : rules) {
        if (rule.when().test(request)) {
          suffer(exchange, request, sent, rule.what());
          return;
        }
      }
      pass(exchange, request, sent, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void suffer(HttpExchange exchange, Asked request, byte[] sent, Misfortune what)
      throws IOException, InterruptedException {
    switch (what) {
      case Misfortune.Answered(Answer answer) -> {
        answer.headers().forEach(exchange.getResponseHeaders()::add);
        reply(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
      }
      case Misfortune.Cut() -> pass(exchange, request, sent, true);
      case Misfortune.Held() -> {
        reached.countDown();
        released.await();
      }
    }
  }

  private void pass(HttpExchange exchange, Asked request, byte[] sent, boolean cut)
      throws IOException, InterruptedException {
    HttpRequest.Builder onward =
        HttpRequest.newBuilder(backend.resolve(request.path()))
            .method(request.method(), HttpRequest.BodyPublishers.ofByteArray(sent));
    request
        .headers()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name)) {
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
              if (!NOT_PASSED_ON.contains(name) && !name.startsWith(":")) {
                values.forEach(value -> exchange.getResponseHeaders().add(name, value));
              }
            });
    byte[] body = answer.body();
    reply(exchange, answer.statusCode(), cut ? Arrays.copyOf(body, body.length / 2) : body);
  }

  private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    released.countDown();
    server.stop(0);
    threads.shutdownNow();
    client.shutdownNow();
  }
}
