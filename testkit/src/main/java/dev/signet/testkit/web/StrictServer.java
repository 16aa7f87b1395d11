package dev.signet.testkit.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A double of services on the Internet. {@link #route(String, URI)} turns their addresses into its
 * own, so that one double can be several of them and know which one was meant. The protocol answers
 * what is right and throws a {@link Complaint} for what is not: that is answered with 400 and its
 * reason, and kept for the test to fail on.
 */
public final class StrictServer implements AutoCloseable {

  /**
   * What was asked.
   *
   * @param host of the service that was meant, with its scheme where that is not https
   * @param path encoded as it was sent
   * @param query decoded
   * @param text the body
   */
  public record Request(
      String method,
      String host,
      String path,
      Map<String, String> query,
      Map<String, String> headers,
      String text) {

    public byte[] body() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The body as a form. */
    public Map<String, String> form() {
      header("Content-Type", "application/x-www-form-urlencoded");
      return pairs(text);
    }

    public String header(String name) {
      String value = headers.get(name);
      if (value == null) {
        throw new Complaint("header " + name + " is missing");
      }
      return value;
    }

    /** Holds a header against what it has to be; parameters after a semicolon are free. */
    public void header(String name, String wanted) {
      String value = header(name).replaceFirst(";.*", "");
      require(value.equals(wanted), "header " + name + " is " + value + ", not " + wanted);
    }

    /** Nothing but these may be asked for. */
    public void onlyQuery(String... names) {
      for (String each : query.keySet()) {
        require(List.of(names).contains(each), "query parameter " + each + " is not known");
      }
    }

    @Override
    public String toString() {
      return method + " " + host + path + (query.isEmpty() ? "" : query.toString());
    }
  }

  /** What is answered. */
  public record Answer(int code, Map<String, String> headers, String body) {
    public static Answer json(int code, String body) {
      return new Answer(code, Map.of("Content-Type", "application/json; charset=utf-8"), body);
    }

    public static Answer text(int code, String body) {
      return new Answer(code, Map.of("Content-Type", "text/plain"), body);
    }

    /** The same with another header. */
    public Answer with(String name, String value) {
      Map<String, String> more = new TreeMap<>(headers);
      more.put(name, value);
      return new Answer(code, more, body);
    }
  }

  /** A request was not as the protocol has it. */
  public static final class Complaint extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Complaint(String reason) {
      super(reason);
    }
  }

  public static void require(boolean fine, String reason) {
    if (!fine) {
      throw new Complaint(reason);
    }
  }

  /** Answers what is asked for rightly. */
  @FunctionalInterface
  public interface Protocol {
    Answer to(Request request) throws Exception;
  }

  private record Fault(Predicate<Request> when, Answer answer) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Protocol protocol;
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedDeque<Fault> faults = new ConcurrentLinkedDeque<>();

  public StrictServer(Protocol protocol) {
    this.protocol = protocol;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it is. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /**
   * The address here of an address there.
   *
   * @param here a server, or what stands in front of it
   */
  public static URI route(String here, URI uri) {
    return URI.create(
        here
            + "/"
            + (uri.getScheme().equals("https") ? "" : uri.getScheme() + ":")
            + uri.getRawAuthority()
            + uri.getRawPath()
            + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
  }

  /** The first request of that kind is answered with this instead. */
  public void once(Predicate<Request> when, Answer answer) {
    faults.add(new Fault(when, answer));
  }

  /** What was not as the protocol has it. */
  public List<String> complaints() {
    return complaints;
  }

  /** What was asked so far. */
  public List<Request> requests() {
    return requests;
  }

  /** How many of that kind were asked so far. */
  public long count(Predicate<Request> kind) {
    return requests.stream().filter(kind).count();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Request request = request(exchange);
      requests.add(request);
      Answer answer = answer(request);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.code(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(Request request) {
    for (Fault each : faults) {
      if (each.when().test(request) && faults.remove(each)) {
        return each.answer();
      }
    }
    try {
      return protocol.to(request);
    } catch (Complaint e) {
      complaints.add(request + ": " + e.getMessage());
      return Answer.text(400, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      complaints.add(request + ": " + e);
      return Answer.text(400, e.toString());
    }
  }

  private static Request request(HttpExchange exchange) throws IOException {
    String all = exchange.getRequestURI().getRawPath().substring(1);
    int slash = all.indexOf('/');
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    String query = exchange.getRequestURI().getRawQuery();
    return new Request(
        exchange.getRequestMethod(),
        slash < 0 ? all : all.substring(0, slash),
        slash < 0 ? "/" : all.substring(slash),
        query == null ? Map.of() : pairs(query),
        headers,
        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new TreeMap<>();
    for (String each : text.split("&")) {
      int equals = each.indexOf('=');
      String before =
          pairs.put(
              URLDecoder.decode(
                  equals < 0 ? each : each.substring(0, equals), StandardCharsets.UTF_8),
              equals < 0
                  ? ""
                  : URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
      require(before == null, "a parameter stands there twice: " + each);
    }
    return pairs;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
