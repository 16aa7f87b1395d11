package dev.signet.delivery;

import dev.signet.core.Item;
import dev.signet.delivery.object.Secret;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings one Secret to what a dialect wants: reads it, lets the dialect decide, writes only when
 * something differs, and writes with the version it read as precondition. When it was changed or
 * deleted meanwhile, it is read again and decided again, a few times.
 */
public final class Apply {

  /** The reason of what is refused because no cluster takes it. */
  public static final String TOO_LARGE = "SecretTooLarge";

  private static final int ATTEMPTS = 5;

  /** What an API server lets all values of a Secret have together. */
  static final int LARGEST = 1 << 20;

  private static final int NAMED = 3;

  /**
   * The dialect's decision, made from what is there: pure, and possibly made again after a
   * conflict.
   */
  @FunctionalInterface
  public interface Merge {
    Decision onto(Optional<Secret> existing);
  }

  /** What is to become of the Secret. */
  public sealed interface Decision {

    /** It should be this; values that are to stay must be in it as copies. Apply closes it. */
    record Write(Secret wanted) implements Decision {}

    /** It may not be touched; the reason and message go back to the dialect. */
    record Refuse(String reason, String message) implements Decision {}
  }

  /** What became of the Secret. */
  public sealed interface Applied {

    record Created(String version) implements Applied {}

    record Updated(String version) implements Applied {}

    record Unchanged(String version) implements Applied {}

    record Refused(String reason, String message) implements Applied {}
  }

  private final Objects objects;

  public Apply(Objects objects) {
    this.objects = objects;
  }

  public Applied secret(String namespace, String name, Merge merge) throws ObjectsException {
    return secret(namespace, name, /* writer= */ "", merge);
  }

  /**
   * The same under another name.
   *
   * @param writer under which name it is noted who wrote what, empty for the usual one
   */
  public Applied secret(String namespace, String name, String writer, Merge merge)
      throws ObjectsException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(namespace, name, writer, merge, /* sure= */ attempt > 1);
      } catch (ObjectsException e) {
        boolean moved =
            e.problem() instanceof Problem.Conflict || e.problem() instanceof Problem.NotFound;
        if (!moved || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * A Secret that seems not to be there is created without asking: if it is, that is a conflict.
   */
  private Applied once(String namespace, String name, String writer, Merge merge, boolean sure)
      throws ObjectsException {
    boolean asked = sure || !objects.seemsToLack(namespace, name);
    Optional<Secret> existing = asked ? objects.secret(namespace, name) : Optional.empty();
    try {
      return switch (merge.onto(existing)) {
        case Decision.Refuse(String reason, String message) ->
            asked
                ? new Applied.Refused(reason, message)
                : once(namespace, name, writer, merge, /* sure= */ true);
        case Decision.Write(Secret wanted) -> {
          try (wanted) {
            Optional<Applied> large = tooLarge(wanted);
            yield large.isPresent()
                ? large.get()
                : existing.isEmpty()
                    ? new Applied.Created(objects.create(wanted, writer))
                    : replace(existing.get(), wanted, writer);
          }
        }
      };
    } finally {
      existing.ifPresent(Secret::close);
    }
  }

  /**
   * Said here, because what a server says of it names no key. The size of all values together is
   * told, that of a single one never.
   */
  private static Optional<Applied> tooLarge(Secret wanted) {
    Map<String, Item> items = wanted.data().items();
    long bytes = items.values().stream().mapToLong(item -> item.value().size()).sum();
    if (bytes <= LARGEST) {
      return Optional.empty();
    }
    List<String> largest =
        items.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, Item> each) -> -each.getValue().value().size())
                    .thenComparing(Map.Entry::getKey))
            .limit(NAMED)
            .map(Map.Entry::getKey)
            .toList();
    String message =
        items.size() == 1
            ? "%s would hold more than the 1 MiB that a cluster takes, in one key; split the value,"
                + " or keep it elsewhere: %s"
            : "%s would hold %.2f MiB in %d keys, and a cluster takes 1 MiB; split it into several"
                + " Secrets, the largest keys first: %s";
    String keys = String.join(", ", largest);
    return Optional.of(
        new Applied.Refused(
            TOO_LARGE,
            items.size() == 1
                ? message.formatted(wanted.ref(), keys)
                : message.formatted(wanted.ref(), bytes / (double) LARGEST, items.size(), keys)));
  }

  private Applied replace(Secret before, Secret wanted, String writer) throws ObjectsException {
    if (wanted.sameAs(before)) {
      return new Applied.Unchanged(before.metadata().resourceVersion());
    }
    return new Applied.Updated(
        objects.update(
            wanted.withMetadata(
                wanted
                    .metadata()
                    .with("uid", before.metadata().uid())
                    .with("resourceVersion", before.metadata().resourceVersion())),
            writer));
  }
}
