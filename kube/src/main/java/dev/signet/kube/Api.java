package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.kube.Failures.Asked;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request, one answer, as bytes, over fabric8's HTTP client. Blocks; meant for virtual threads.
 * At most so many requests are under way at once, Leases aside: a slow server must not make a
 * leader late. Nothing is tried again here.
 */
final class Api {

  private static final int LARGEST_ANSWER = 256 << 20;

  /** Longer than this a caller is not made to wait; it is told instead. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  private final HttpClient http;
  private final String server;
  private final Pace pace;
  private final Semaphore inFlight;
  private final Duration timeout;

  Api(HttpClient http, String server, Pace pace, int inFlight, Duration timeout) {
    this.http = http;
    this.server = server;
    this.pace = pace;
    this.inFlight = new Semaphore(inFlight);
    this.timeout = timeout;
  }

  /** A request: its path with the query, without the server. */
  static final class Request {
    private final String method;
    private final String path;
    private final String accept;
    private final byte @Nullable [] body;
    private final String contentType;

    /** The body is JSON, which the caller may zero once the call has returned. */
    Request(String method, String path, String accept, byte @Nullable [] body) {
      this(method, path, accept, body, "application/json");
    }

    Request(String method, String path, String accept, byte @Nullable [] body, String contentType) {
      this.contentType = contentType;
      this.method = method;
      this.path = path;
      this.accept = accept;
      this.body = body;
    }

    static Request get(String path) {
      return new Request("GET", path, "application/json", null);
    }

    /** Server-side apply. Every JSON is YAML, which is what the server wants it to be called. */
    static Request apply(String path, String accept, byte[] body) {
      return new Request("PATCH", path, accept, body, "application/apply-patch+yaml");
    }
  }

  /** What came back. The body is the reader's to zero. */
  static final class Answer {
    private final int code;
    private final byte[] body;
    private final Duration retryAfter;

    private Answer(int code, byte[] body, Duration retryAfter) {
      this.code = code;
      this.body = body;
      this.retryAfter = retryAfter;
    }

    int code() {
      return code;
    }

    byte[] body() {
      return body;
    }

    Duration retryAfter() {
      return retryAfter;
    }
  }

  /**
   * The body of a success; what is not a success is thrown. The caller zeroes the body if it has
   * values.
   */
  byte[] ask(Asked asked, Request request) throws ObjectsException {
    Answer answer = send(asked, request);
    if (HttpResponse.isSuccessful(answer.code())) {
      return answer.body();
    }
    throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
  }

  Answer send(Asked asked, Request request) throws ObjectsException {
    Duration closed = pace.closedFor();
    if (closed.compareTo(LONGEST_WAIT) > 0) {
      throw Failures.of(asked, 429, new byte[0], closed);
    }
    try {
      if (asked.group().equals("coordination.k8s.io")) {
        return exchange(asked, request);
      }
      inFlight.acquire();
      try {
        return exchange(asked, request);
      } finally {
        inFlight.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectsException(
          new Problem.Unreachable(), "cannot " + asked + ": this process is stopping");
    }
  }

  private Answer exchange(Asked asked, Request request)
      throws ObjectsException, InterruptedException {
    ZeroedBytes collected = new ZeroedBytes(4096);
    CompletableFuture<HttpResponse<AsyncBody>> sent = null;
    try (collected) {
      sent =
          http.consumeBytes(build(request), (buffers, body) -> collect(buffers, body, collected));
      HttpResponse<AsyncBody> response = sent.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      AsyncBody body = response.body();
      body.consume();
      try {
        body.done().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        body.cancel();
        throw e;
      }
      synchronized (collected) {
        return new Answer(
            response.code(), collected.exact(), Traffic.retryAfter(response.header("Retry-After")));
      }
    } catch (Traffic.NotLeadingException e) {
      throw notLeading(asked);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Traffic.NotLeadingException) {
        throw notLeading(asked);
      }
      throw credentialsOrUnreachable(asked, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new ObjectsException(
          new Problem.Unreachable(),
          "cannot "
              + asked
              + ": no answer from "
              + server
              + " within "
              + timeout.toSeconds()
              + " s");
    } catch (KubernetesClientException e) {
      throw credentialsOrUnreachable(asked, e);
    } finally {
      if (sent != null && !sent.isDone()) {
        sent.cancel(true);
      }
    }
  }

  private ObjectsException credentialsOrUnreachable(Asked asked, Throwable cause) {
    return cause instanceof KubernetesClientException && cause.getCause() instanceof IOException
        ? new ObjectsException(new Problem.Denied(), "cannot " + asked + ": " + cause.getMessage())
        : Failures.unreachable(asked, server, cause);
  }

  private static ObjectsException notLeading(Asked asked) {
    return new ObjectsException(
        new Problem.Unreachable(),
        "cannot " + asked + ": another process leads now; nothing was sent");
  }

  private static void collect(List<ByteBuffer> buffers, AsyncBody body, ZeroedBytes collected)
      throws IOException {
    synchronized (collected) {
      for (ByteBuffer buffer : buffers) {
        collected.drain(buffer);
      }
      if (collected.size() > LARGEST_ANSWER) {
        throw new IOException("the answer is larger than " + LARGEST_ANSWER + " bytes");
      }
    }
    body.consume();
  }

  private HttpRequest build(Request request) {
    HttpRequest.Builder builder =
        http.newHttpRequestBuilder().uri(server + request.path).header("Accept", request.accept);
    byte[] body = request.body;
    if (body != null) {
      // The builder has no PUT of bytes: the first call sets them, the second the method.
      builder.post(request.contentType, body);
      builder.method(request.method, request.contentType, (String) null);
    }
    return builder.build();
  }
}
