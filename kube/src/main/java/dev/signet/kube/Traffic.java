package dev.signet.kube;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * What every request of this process passes, Signet's own and those of fabric8's informers alike.
 *
 * <ul>
 *   <li>{@link Pace}: a request waits here until it may go out.
 *   <li>The write gate: asked last, right before a write is sent. Leases, tokens and access reviews
 *       pass it, since they deliver nothing and leadership itself is made of them.
 *   <li>Secrets of more than one name are asked for as metadata only, unless the request says that
 *       it wants bodies ({@link #BODIES}). So an informer can never see a value.
 *   <li>Watches end after about five minutes by themselves ({@code timeoutSeconds} with jitter, as
 *       client-go does), and are cut when nothing, not even a bookmark, came for {@link
 *       Limits#silentWatch}: bookmarks come every minute, so two were missed. Other answers are cut
 *       after {@link Limits#silentAnswer} without a byte: the JDK's client times headers only.
 *   <li>Lines of watches are rewritten by {@link WatchLines}, because of an error in fabric8.
 * </ul>
 */
final class Traffic implements Interceptor {

  static final String NAME = "SIGNET";

  /** Value of Accept for requests that want the values of Secrets. */
  static final String BODIES = "application/json;q=1.0";

  static final String METADATA_LIST =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  static final String METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  /** Lists of these are asked for as metadata. */
  private static final Pattern OUTLINED =
      Pattern.compile(".*/api/v1/(namespaces/[^/]+/)?(secrets|configmaps)");

  private static final Pattern FREE =
      Pattern.compile(
          ".*/apis/(coordination\\.k8s\\.io|authorization\\.k8s\\.io|authentication\\.k8s\\.io)/.*"
              + "|.*/serviceaccounts/[^/]+/token");
  private static final Duration WITHOUT_RETRY_AFTER = Duration.ofSeconds(1);
  private static final int WATCH_SECONDS = 290;
  private static final int WATCH_JITTER = 60;

  /** How long silence is borne. */
  record Limits(Duration silentWatch, Duration silentAnswer, Duration headers) {
    static final Limits USUAL =
        new Limits(Duration.ofSeconds(150), Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  /** Told of every answer to a watch that is no success. */
  interface WatchRefused {
    void answered(String path, int code);
  }

  /** A write that was not sent because this process may not write now. */
  static final class NotLeadingException extends RuntimeException {
    NotLeadingException() {
      super("this process does not lead");
    }
  }

  private final Pace pace;
  private final BooleanSupplier mayWrite;
  private final Limits limits;
  private final WatchRefused refused;
  private final Set<Answer> open = ConcurrentHashMap.newKeySet();

  /** Takes the body of an answer and remembers when something of it came. */
  private static final class Heard implements AsyncBody.Consumer<List<ByteBuffer>> {
    private final AsyncBody.Consumer<List<ByteBuffer>> next;
    private final boolean watch;
    private volatile long at = System.nanoTime();

    private Heard(AsyncBody.Consumer<List<ByteBuffer>> next, boolean watch) {
      this.next = watch ? new WatchLines(next) : next;
      this.watch = watch;
    }

    @Override
    public void consume(List<ByteBuffer> pieces, AsyncBody body) throws Exception {
      at = System.nanoTime();
      next.consume(pieces, body);
    }
  }

  /** An answer whose body is still coming. */
  private record Answer(Heard heard, AsyncBody body) {}

  Traffic(
      Pace pace,
      BooleanSupplier mayWrite,
      Limits limits,
      WatchRefused refused,
      ScheduledExecutorService timer) {
    this.pace = pace;
    this.mayWrite = mayWrite;
    this.limits = limits;
    this.refused = refused;
    long every = Math.max(10, limits.silentAnswer().toMillis() / 5);
    var _ = timer.scheduleWithFixedDelay(this::cutSilent, every, every, TimeUnit.MILLISECONDS);
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    boolean watch = isWatch(request.uri());
    boolean reads = request.method() == null || request.method().equals("GET");
    if (reads && OUTLINED.matcher(request.uri().getPath()).matches() && !wantsBodies(request)) {
      builder.setHeader("Accept", watch ? METADATA : METADATA_LIST);
    }
    if (watch) {
      builder.uri(withTimeout(request.uri()));
    }
    if (builder instanceof HttpRequest.Builder whole) {
      whole.timeout(limits.headers().toMillis(), TimeUnit.MILLISECONDS);
    }
    try {
      pace.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    }
    if (!reads && !FREE.matcher(request.uri().getPath()).matches() && !mayWrite.getAsBoolean()) {
      throw new NotLeadingException();
    }
  }

  private static boolean wantsBodies(HttpRequest request) {
    return BODIES.equals(request.header("Accept"));
  }

  private static boolean isWatch(URI uri) {
    String query = uri.getRawQuery();
    return query != null && ("&" + query + "&").contains("&watch=true&");
  }

  private static URI withTimeout(URI uri) {
    int seconds = WATCH_SECONDS + ThreadLocalRandom.current().nextInt(WATCH_JITTER);
    String whole = uri.toString();
    String changed = whole.replaceAll("timeoutSeconds=\\d+", "timeoutSeconds=" + seconds);
    return URI.create(
        changed.equals(whole) && !whole.contains("timeoutSeconds=")
            ? whole + "&timeoutSeconds=" + seconds
            : changed);
  }

  @Override
  public AsyncBody.Consumer<List<ByteBuffer>> consumer(
      AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
    return new Heard(consumer, isWatch(request.uri()));
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (response.header("X-Kubernetes-PF-FlowSchema-UID") != null) {
      pace.serverPaces();
    }
    if (consumer instanceof Heard heard && response.body() instanceof AsyncBody body) {
      heard.at = System.nanoTime();
      Answer answer = new Answer(heard, body);
      open.add(answer);
      var _ = body.done().whenComplete((_, _) -> open.remove(answer));
    }
    if (isWatch(request.uri()) && !HttpResponse.isSuccessful(response.code())) {
      refused.answered(request.uri().getPath(), response.code());
    }
  }

  /** In the chain of the answer: whoever asked does not see it before this is noted. */
  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    note(response);
    return CompletableFuture.completedFuture(false);
  }

  private void note(HttpResponse<?> response) {
    if (response.code() == 429) {
      pace.throttled(retryAfter(response.header("Retry-After")));
    }
  }

  static Duration retryAfter(@org.jspecify.annotations.Nullable String header) {
    try {
      return header == null
          ? WITHOUT_RETRY_AFTER
          : Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip())));
    } catch (NumberFormatException e) {
      // A date, which Kubernetes never sends.
      return WITHOUT_RETRY_AFTER;
    }
  }

  private void cutSilent() {
    long now = System.nanoTime();
    for (Answer answer : open) {
      Duration allowed = answer.heard().watch ? limits.silentWatch() : limits.silentAnswer();
      if (now - answer.heard().at > allowed.toNanos()) {
        // Which ends its place among the open ones too.
        answer.body().cancel();
      }
    }
  }
}
