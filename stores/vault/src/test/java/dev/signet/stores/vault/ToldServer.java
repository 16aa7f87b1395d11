package dev.signet.stores.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers each path as it is told, 404 as a KV engine else, and counts. */
final class ToldServer implements AutoCloseable {

  /** {@code what} is the method and the path. */
  record Asked(String what, String token, String namespace, String body, Map<String, String> all) {}

  interface Answers {
    void to(HttpExchange exchange, Asked asked) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Answers> answers = new ConcurrentHashMap<>();

  ToldServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new ConcurrentHashMap<>();
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    Asked request =
        new Asked(
            exchange.getRequestMethod() + " " + exchange.getRequestURI().toString().substring(4),
            headers.getOrDefault("X-vault-token", ""),
            headers.getOrDefault("X-vault-namespace", ""),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            headers);
    asked.add(request);
    answers
        .getOrDefault(request.what(), (it, _) -> reply(it, 404, "{\"errors\":[]}"))
        .to(exchange, request);
  }

  static void reply(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  ToldServer on(String what, int code, String body) {
    return on(what, (exchange, _) -> reply(exchange, code, body));
  }

  ToldServer on(String what, Answers how) {
    answers.put(what, how);
    return this;
  }

  /** What it was asked so far. */
  List<String> asked() {
    return asked.stream().map(Asked::what).toList();
  }

  List<Asked> requests() {
    return asked;
  }

  long count(String what) {
    return asked().stream().filter(what::equals).count();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
