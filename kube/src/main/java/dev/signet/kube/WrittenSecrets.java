package dev.signet.kube;

import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What this process wrote or deleted last and the cache has not seen yet, so that nobody is told of
 * a state older than our own write. It gives way to a cache entry that is as new, to the deletion
 * of its uid (also one that was seen before the answer to the write came), and after thirty seconds
 * to whatever the cache says.
 */
final class WrittenSecrets {

  private static final long BELIEVED = Duration.ofSeconds(30).toNanos();

  /**
   * A write of ours.
   *
   * @param metadata as the server answered; of a deletion what was known before
   */
  private record Write(Metadata metadata, boolean deletion, long at) {}

  private final LongSupplier nanos;
  private final Map<Ref, Write> last = new ConcurrentHashMap<>();

  WrittenSecrets(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** A create or update was answered. */
  void wrote(Metadata answer) {
    remember(new Write(answer, /* deletion= */ false, nanos.getAsLong()));
  }

  /** A deletion was answered. */
  void deleted(String namespace, String name, String uid) {
    Metadata gone = Metadata.named(namespace, name).with("uid", uid);
    remember(new Write(gone, /* deletion= */ true, nanos.getAsLong()));
  }

  private void remember(Write write) {
    long now = nanos.getAsLong();
    last.values().removeIf(each -> now - each.at() >= BELIEVED);
    Metadata metadata = write.metadata();
    last.merge(
        Ref.secret(metadata.namespace(), metadata.name()),
        write,
        // Answers to two writes of one Secret can come in the wrong order.
        (before, next) ->
            !before.deletion()
                    && !next.deletion()
                    && Versions.older(
                        next.metadata().resourceVersion(), before.metadata().resourceVersion())
                ? before
                : next);
  }

  /** The cache saw the Secret of that uid go. */
  void gone(String uid) {
    if (!last.isEmpty()) {
      last.values().removeIf(each -> each.metadata().uid().equals(uid));
    }
  }

  /** The Secrets of a namespace that the cache may be wrong about. */
  List<Ref> unseen(String namespace) {
    return last.keySet().stream().filter(each -> each.namespace().equals(namespace)).toList();
  }

  /**
   * The newest that is known of a Secret.
   *
   * @param cached what the cache has
   * @param gone whether the cache saw the Secret of that uid go
   */
  Optional<Metadata> newest(Ref ref, Optional<Metadata> cached, Predicate<String> gone) {
    Write mine = last.get(ref);
    if (mine == null) {
      return cached;
    }
    if (nanos.getAsLong() - mine.at() >= BELIEVED || supersedes(cached, mine, gone)) {
      last.remove(ref, mine);
      return cached;
    }
    return mine.deletion() ? Optional.empty() : Optional.of(mine.metadata());
  }

  private static boolean supersedes(Optional<Metadata> cached, Write mine, Predicate<String> gone) {
    if (cached.isEmpty()) {
      return gone.test(mine.metadata().uid());
    }
    if (mine.deletion()) {
      return !cached.get().uid().equals(mine.metadata().uid());
    }
    String now = cached.get().resourceVersion();
    String written = mine.metadata().resourceVersion();
    return now.equals(written) || Versions.older(written, now);
  }
}
