package dev.signet.delivery;

import dev.signet.delivery.object.Secret;
import java.util.Optional;

/**
 * Brings one Secret to what a dialect wants: reads it, lets the dialect decide, writes only when
 * something differs, and writes with the version it read as precondition. When it was changed or
 * deleted meanwhile, it is read again and decided again, a few times.
 */
public final class Apply {

  private static final int ATTEMPTS = 5;

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
        return once(namespace, name, writer, merge);
      } catch (ObjectsException e) {
        boolean moved =
            e.problem() instanceof Problem.Conflict || e.problem() instanceof Problem.NotFound;
        if (!moved || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Applied once(String namespace, String name, String writer, Merge merge)
      throws ObjectsException {
    Optional<Secret> existing = objects.secret(namespace, name);
    try {
      return switch (merge.onto(existing)) {
        case Decision.Refuse(String reason, String message) -> new Applied.Refused(reason, message);
        case Decision.Write(Secret wanted) -> {
          try (wanted) {
            yield existing.isEmpty()
                ? new Applied.Created(objects.create(wanted, writer))
                : replace(existing.get(), wanted, writer);
          }
        }
      };
    } finally {
      existing.ifPresent(Secret::close);
    }
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
