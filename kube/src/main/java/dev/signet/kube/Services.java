package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Services of a cluster, and what answers behind them, through the API server's service proxy. For
 * programs that run once: no caches and no pace of its own, but after an answer with {@code
 * Retry-After} that says to come again (429, or 5xx) it does, {@value #ATTEMPTS} times in all, as
 * client-go does.
 */
public final class Services implements AutoCloseable {

  private static final int ATTEMPTS = 11;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final Connection connection;
  private final HttpClient http;
  private final Optional<Duration> timeout;

  /**
   * What came back, whether it is a success or not.
   *
   * @param type its Content-Type, empty for none
   */
  @SuppressWarnings("ArrayRecordComponent") // it is handed from one method to the next
  public record Answer(int code, String type, byte[] body) {}

  /**
   * Connects lazily.
   *
   * @param timeout for each answer; none waits for ever
   */
  public Services(Connection connection, String userAgent, Optional<Duration> timeout) {
    this.connection = connection;
    this.timeout = timeout;
    Config config = connection.config();
    config.setUserAgent(userAgent);
    JdkHttpClientFactory factory = new JdkHttpClientFactory();
    HttpClient.Builder builder = factory.newBuilder(config);
    connection.apply(builder);
    // It prints bodies when logging is set to trace.
    builder.addOrReplaceInterceptor("HttpLogging", null);
    builder.addOrReplaceInterceptor(
        TokenRefreshInterceptor.NAME,
        new Tokens(
            config,
            factory,
            connection.credentials(),
            new Pace(Rate.polite(1000, 1000), System::nanoTime)));
    this.http = builder.build();
  }

  /** The URL of a Service, as messages quote it. */
  public String url(String namespace, String name) {
    return connection.server() + path(namespace, name);
  }

  private static String path(String namespace, String name) {
    return "/api/v1/namespaces/" + namespace + "/services/" + name;
  }

  /** A Service as it is. */
  public Answer get(String namespace, String name) throws ObjectsException {
    return send(path(namespace, name), "application/json", null);
  }

  /** The name of a Service's first port, which may be empty; nothing when it has no ports. */
  public static Optional<String> firstPort(Answer service) throws ObjectsException {
    try {
      Map<String, @Nullable Object> tree = Json.read(service.body());
      if (tree.get("spec") instanceof Map<?, ?> spec
          && spec.get("ports") instanceof List<?> ports
          && !ports.isEmpty()
          && ports.getFirst() instanceof Map<?, ?> port) {
        return Optional.of(port.get("name") instanceof String name ? name : "");
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new ObjectsException(
          new Problem.Malformed(), "the API server's answer is not a Service");
    }
  }

  /**
   * Asks what is behind a Service, in plain HTTP.
   *
   * @param name the Service's as the proxy takes it, {@code http:name:port}
   * @param path behind it, with a slash in front
   * @param body sent with POST; without one it is a GET
   */
  public Answer ask(
      String namespace, String name, String path, String accept, Optional<byte[]> body)
      throws ObjectsException {
    return send(path(namespace, name) + "/proxy" + path, accept, body.orElse(null));
  }

  private Answer send(String path, String accept, byte @Nullable [] body) throws ObjectsException {
    try {
      for (int attempt = 1; true; attempt++) {
        HttpResponse<byte[]> response = exchange(path, accept, body);
        Optional<String> again = Optional.ofNullable(response.header("Retry-After"));
        boolean busy = response.code() == 429 || response.code() >= 500;
        if (!busy || again.isEmpty() || attempt == ATTEMPTS) {
          byte[] bytes = response.body() == null ? new byte[0] : response.body();
          return new Answer(response.code(), Stub.orEmpty(response.header("Content-Type")), bytes);
        }
        Duration wait = Traffic.retryAfter(again.get());
        Thread.sleep(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectsException(new Problem.Unreachable(), "interrupted");
    }
  }

  private HttpResponse<byte[]> exchange(String path, String accept, byte @Nullable [] body)
      throws ObjectsException, InterruptedException {
    HttpRequest.Builder request =
        http.newHttpRequestBuilder().uri(connection.server() + path).header("Accept", accept);
    timeout.ifPresent(time -> request.timeout(time.toMillis(), TimeUnit.MILLISECONDS));
    if (body != null) {
      request.post("application/json", body);
    }
    CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request.build(), byte[].class);
    try {
      return timeout.isPresent()
          ? sent.get(timeout.get().toNanos(), TimeUnit.NANOSECONDS)
          : sent.get();
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new ObjectsException(
          new Problem.Unreachable(), "no answer from " + connection.server() + " in time");
    } catch (ExecutionException e) {
      throw new ObjectsException(
          new Problem.Unreachable(),
          Failures.unreachable(connection.server(), e.getCause() == null ? e : e.getCause()));
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
