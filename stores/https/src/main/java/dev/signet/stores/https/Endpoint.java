package dev.signet.stores.https;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;

/**
 * Sends one request and reads the whole answer, in bounded time and memory. Nothing is tried again
 * here, and no error says more than which store, the kind of failure and the code: addresses,
 * headers and bodies may hold secrets.
 */
public final class Endpoint {

  private static final String RETRY_AFTER = "Retry-After";
  private static final int LARGEST_ANSWER = 16 << 20;
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final HttpClient client;
  private final String identity;
  private final Duration timeout;
  private final UnaryOperator<URI> route;

  /**
   * @param identity how messages name the store
   * @param timeout for the whole of an answer
   */
  public Endpoint(HttpClient client, String identity, Duration timeout) {
    this(client, identity, timeout, UnaryOperator.identity());
  }

  /**
   * The same where what is asked is not where its address says: tests, whose servers are on this
   * machine.
   */
  public Endpoint(HttpClient client, String identity, Duration timeout, UnaryOperator<URI> route) {
    this.client = client;
    this.identity = identity;
    this.timeout = timeout;
    this.route = route;
  }

  /** What came back; closing it zeroes the body. */
  public static final class Answer implements AutoCloseable {
    private final int code;
    private final byte[] body;
    private final HttpHeaders headers;

    private Answer(int code, byte[] body, HttpHeaders headers) {
      this.code = code;
      this.body = body;
      this.headers = headers;
    }

    /** The first header of that name. */
    public Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    public int code() {
      return code;
    }

    /** All headers, the first of each name. */
    public Map<String, String> headers() {
      Map<String, String> first = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      headers.map().forEach((name, values) -> first.put(name, values.getFirst()));
      return first;
    }

    public boolean succeeded() {
      return code >= 200 && code < 300;
    }

    /** The reader must not keep it. */
    public byte[] body() {
      return body;
    }

    @Override
    public void close() {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** How messages name the store. */
  public String identity() {
    return identity;
  }

  /**
   * Sends a request.
   *
   * @param body empty for none; the caller zeroes it
   */
  public Answer send(String method, URI uri, Map<String, String> headers, byte[] body)
      throws StoreException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(route.apply(uri))
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(request::setHeader);
    return send(request);
  }

  public Answer send(HttpRequest.Builder request) throws StoreException {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(
            request.timeout(timeout).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER));
    try {
      HttpResponse<byte[]> response = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.body(), response.headers());
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw unreachable("did not answer within " + timeout.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw unreachable(why(e));
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw unreachable("was not waited for: this process is stopping");
    }
  }

  /** What an answer that is no success means. */
  public StoreException problem(String what, Answer answer) {
    Problem problem =
        switch (answer.code) {
          case 404 -> new Problem.NotFound();
          case 401, 403 -> new Problem.Denied();
          case 409 -> new Problem.Conflict();
          case 429 -> new Problem.Throttled(retryAfter(answer));
          case 503 ->
              answer.header(RETRY_AFTER).isPresent()
                  ? new Problem.Throttled(retryAfter(answer))
                  : new Problem.Unreachable();
          case 400, 405, 406, 410, 411, 413, 414, 415, 422 -> new Problem.Malformed();
          default -> new Problem.Unreachable();
        };
    return new StoreException(
        problem, what + ": " + identity + " answered " + answer.code + reason(answer.code));
  }

  private static String reason(int code) {
    return switch (code) {
      case 304 -> " (not modified)";
      case 401 -> " (who asks is not known there)";
      case 403 -> " (who asks may not)";
      case 404 -> " (not found)";
      case 429 -> " (too many requests)";
      case 301, 302, 303, 307, 308 -> " (a redirect, which is not followed)";
      default -> "";
    };
  }

  /** Seconds; a date counts as a second, and what is not understood too. */
  private static Duration retryAfter(Answer answer) {
    String text = answer.header(RETRY_AFTER).orElse("");
    if (!text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(1);
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }

  public StoreException unreachable(String why) {
    return new StoreException(new Problem.Unreachable(), identity + " " + why);
  }

  private static String why(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      switch (each) {
        case HttpConnectTimeoutException _ -> {
          return "could not be connected to in time";
        }
        case java.net.http.HttpTimeoutException _ -> {
          return "did not answer in time";
        }
        case UnknownHostException _ -> {
          return "has a server whose name is not known";
        }
        case UnresolvedAddressException _ -> {
          return "has a server whose name is not known";
        }
        case CertificateException _ -> {
          return "has a server whose certificate is not trusted: name its authority in caBundle or"
              + " caProvider";
        }
        default -> {}
      }
    }
    for (Throwable each = failure; each != null; each = each.getCause()) {
      switch (each) {
        case SSLException _ -> {
          return "could not be talked to over TLS";
        }
        case ConnectException _ -> {
          return "refuses connections";
        }
        case IOException _ -> {
          return "broke the connection off, or sent more than " + LARGEST_ANSWER + " bytes";
        }
        default -> {}
      }
    }
    return "cannot be asked";
  }
}
