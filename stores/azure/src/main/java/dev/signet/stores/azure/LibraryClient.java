package dev.signet.stores.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends what the library wants to send with the client that sends all else. */
final class LibraryClient implements HttpClient {

  /** What the client says by itself. */
  private static final Set<String> OWN =
      Set.of("accept-encoding", "connection", "content-length", "expect", "host", "upgrade");

  private final Endpoint endpoint;

  /** The library does not keep why something failed. */
  private final AtomicReference<@Nullable StoreException> failure = new AtomicReference<>();

  LibraryClient(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  /** Why the last request got no token. */
  StoreException last(Endpoint endpoint) {
    return Optional.ofNullable(failure.get())
        .orElseGet(() -> endpoint.unreachable("was given no token"));
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return Mono.fromCallable(() -> sent(request));
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    return sent(request);
  }

  private HttpResponse sent(HttpRequest request) {
    Map<String, String> headers = new TreeMap<>();
    request
        .getHeaders()
        .forEach(
            header -> {
              if (!OWN.contains(header.getName().toLowerCase(Locale.ROOT))) {
                headers.put(header.getName(), header.getValue());
              }
            });
    byte[] body =
        request.getBodyAsBinaryData() == null
            ? new byte[0]
            : request.getBodyAsBinaryData().toBytes();
    try (Endpoint.Answer answer =
        endpoint.send(
            request.getHttpMethod().toString(),
            URI.create(request.getUrl().toString()),
            headers,
            body)) {
      if (!answer.succeeded()) {
        StoreException problem = endpoint.problem("unable to get credentials", answer);
        failure.set(
            problem.problem() instanceof Problem.Throttled
                    || problem.problem() instanceof Problem.Unreachable
                ? problem
                : new StoreException(new Problem.Denied(), problem.getMessage()));
      }
      return new Response(request, answer.code(), answer.headers(), answer.body().clone());
    } catch (StoreException e) {
      failure.set(e);
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static final class Response extends HttpResponse {
    private final int code;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    Response(HttpRequest request, int code, Map<String, String> headers, byte[] body) {
      super(request);
      this.code = code;
      this.body = body;
      headers.forEach((name, value) -> this.headers.set(HttpHeaderName.fromString(name), value));
    }

    @Override
    public int getStatusCode() {
      return code;
    }

    @Override
    @Deprecated
    public @Nullable String getHeaderValue(String name) {
      return headers.getValue(HttpHeaderName.fromString(name));
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public Flux<ByteBuffer> getBody() {
      return Flux.just(ByteBuffer.wrap(body));
    }

    @Override
    public Mono<byte[]> getBodyAsByteArray() {
      return Mono.just(body);
    }

    @Override
    public Mono<String> getBodyAsString() {
      return getBodyAsString(StandardCharsets.UTF_8);
    }

    @Override
    public Mono<String> getBodyAsString(Charset charset) {
      return Mono.just(new String(body, charset));
    }
  }
}
