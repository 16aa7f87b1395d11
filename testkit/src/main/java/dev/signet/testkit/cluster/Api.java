package dev.signet.testkit.cluster;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The API server as one user sees it: paths in, JSON in, JSON out. Nothing is retried and nothing
 * is interpreted, so a test sees what the server said. Bodies are UTF-8.
 */
public final class Api implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final URI server;
  private final HttpClient client;
  private final Optional<String> token;

  /** A user with a certificate, or without one and with a token, or anonymous. */
  Api(URI server, SSLContext tls, Optional<String> token) {
    this.server = server;
    this.token = token;
    this.client =
        HttpClient.newBuilder()
            .sslContext(tls)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
  }

  /** What the server answered. */
  public record Response(int status, HttpHeaders headers, String body) {

    /** The body as an object. */
    public Jsonl.Row json() {
      return Jsonl.row(body);
    }

    public boolean ok() {
      return status >= 200 && status < 300;
    }

    /** This, if it is a success. */
    public Response orFail() throws IOException {
      if (!ok()) {
        throw new IOException("the API server answered " + status + ": " + body);
      }
      return this;
    }
  }

  public Response get(String path) throws IOException {
    return send(request(path).GET());
  }

  public Response post(String path, String json) throws IOException {
    return send(request(path).POST(BodyPublishers.ofString(json)), "application/json");
  }

  public Response put(String path, String json) throws IOException {
    return send(request(path).PUT(BodyPublishers.ofString(json)), "application/json");
  }

  /**
   * A patch.
   *
   * @param type its content type, such as {@code application/merge-patch+json}
   */
  public Response patch(String path, String type, String body) throws IOException {
    return send(request(path).method("PATCH", BodyPublishers.ofString(body)), type);
  }

  public Response delete(String path) throws IOException {
    return send(request(path).DELETE());
  }

  /** The body of a GET as it comes, for watches; the path says {@code watch=true}. */
  public InputStream stream(String path) throws IOException {
    HttpResponse<InputStream> response =
        send(request(path).GET().build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (InputStream body = response.body()) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        throw new IOException("the API server answered " + response.statusCode() + ": " + text);
      }
    }
    return response.body();
  }

  /** Ends all connections, also those that are in use. */
  @Override
  public void close() {
    client.shutdownNow();
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
    request.header("Accept", "application/json");
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    return request;
  }

  private Response send(HttpRequest.Builder request, String contentType) throws IOException {
    return send(request.header("Content-Type", contentType));
  }

  private Response send(HttpRequest.Builder request) throws IOException {
    HttpResponse<String> response =
        send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    return new Response(response.statusCode(), response.headers(), response.body());
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    try {
      return client.send(request, handler);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + request.method() + " " + request.uri(), e);
    }
  }
}
