package dev.signet.kube;

import dev.signet.delivery.object.Ref;
import dev.signet.kube.SecretJson.Written;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What this process wrote last and the cache has not seen yet, so that nobody is told of a state
 * older than our own write. It gives way to a cache entry that is as new, to the deletion of its
 * uid (also one that was seen before the answer to the write came), and after thirty seconds to
 * whatever the cache says.
 */
final class WrittenSecrets {

  private static final long BELIEVED = Duration.ofSeconds(30).toNanos();

  private record Remembered(Written written, long at) {}

  private final LongSupplier nanos;
  private final Map<Ref, Remembered> last = new ConcurrentHashMap<>();

  WrittenSecrets(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A write was answered. */
  void wrote(Ref ref, Written written) {
    forgetOld();
    last.merge(
        ref,
        new Remembered(written, nanos.getAsLong()),
        (before, now) ->
            Versions.older(now.written().resourceVersion(), before.written().resourceVersion())
                ? before
                : now);
  }

  private void forgetOld() {
    long now = nanos.getAsLong();
    last.values().removeIf(each -> now - each.at() >= BELIEVED);
  }

  /** The cache saw a version of that Secret. */
  void seen(String namespace, String name, String uid, String version) {
    if (!last.isEmpty()) {
      last.computeIfPresent(
          Ref.secret(namespace, name),
          (_, each) -> supersedes(new Written(uid, version), each.written()) ? null : each);
    }
  }

  /** The cache saw the Secret of that uid go. */
  void deleted(String uid) {
    last.values().removeIf(each -> each.written().uid().equals(uid));
  }

  /**
   * The newest that is known.
   *
   * @param cached what the cache has
   * @param deleted whether the cache saw the Secret of that uid go
   */
  Optional<Written> newest(Ref ref, Optional<Written> cached, Predicate<String> deleted) {
    Remembered mine = last.get(ref);
    if (mine == null || nanos.getAsLong() - mine.at() >= BELIEVED) {
      return cached;
    }
    boolean superseded =
        cached.isPresent()
            ? supersedes(cached.get(), mine.written())
            : deleted.test(mine.written().uid());
    if (superseded) {
      last.remove(ref, mine);
      return cached;
    }
    return Optional.of(mine.written());
  }

  private static boolean supersedes(Written cached, Written mine) {
    return cached.resourceVersion().equals(mine.resourceVersion())
        || Versions.older(mine.resourceVersion(), cached.resourceVersion());
  }
}
