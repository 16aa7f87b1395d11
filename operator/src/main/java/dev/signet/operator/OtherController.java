package dev.signet.operator;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether another controller is at work on the same objects. What tells is {@code managedFields}:
 * the API server notes there who wrote the status, and when. Upstream's controller stands there as
 * {@code controller}, the name of its program; every process of Signet begins its name with {@value
 * Beside#OURS}, so several of them never wait for each other.
 *
 * <p>A status that somebody else wrote counts for a while ({@link Beside#quiet}) and then no more,
 * since a controller that has been ended leaves its name in every object. How long ago a write was
 * is, for an object that is seen for the first time, a difference of two calendars. After that it
 * is when the newer note was seen, so calendars that disagree can hide or prolong no more than the
 * first look. A note that vanishes, because all its fields were written anew by others, says
 * nothing.
 *
 * <p>Not seen is a controller that writes no status: one that is told not to, and one that has
 * nothing to do. Where both write all the same, preconditions on every write keep a Secret whole,
 * and the first status of the other ends that.
 */
final class OtherController {

  /**
   * A status that somebody else wrote.
   *
   * @param writer the name that it was written under
   * @param at by the calendar of the API server
   */
  record Sighting(String writer, Ref object, Instant at) {}

  private final Duration quiet;
  private final InstantSource calendar;
  private final LongSupplier nanos;

  /** When somebody else last wrote the status of an object that is known. */
  private final Map<Ref, Instant> known = new ConcurrentHashMap<>();

  private Optional<Sighting> last = Optional.empty();
  private long lastAt;

  OtherController(Duration quiet, InstantSource calendar, LongSupplier nanos) {
    this.quiet = quiet;
    this.calendar = calendar;
    this.nanos = nanos;
  }

  /** Looks at an object that appeared or changed. */
  void look(KubeObject object) {
    Ref ref = object.ref();
    Optional<Sighting> newest =
        notes(object).stream()
            .flatMap(note -> foreign(ref, note).stream())
            .max(Comparator.comparing(Sighting::at));
    Instant at = newest.map(Sighting::at).orElse(Instant.MIN);
    Instant before = known.put(ref, at);
    if (newest.isEmpty()) {
      return;
    }
    if (before == null) {
      Duration age = Duration.between(at, calendar.instant());
      see(newest.get(), age.isNegative() ? Duration.ZERO : age);
    } else if (at.isAfter(before)) {
      see(newest.get(), Duration.ZERO);
    }
  }

  void gone(Ref ref) {
    known.remove(ref);
  }

  private synchronized void see(Sighting sighting, Duration age) {
    if (age.compareTo(quiet) >= 0) {
      return;
    }
    long at = nanos.getAsLong() - age.toNanos();
    if (last.isEmpty() || at - lastAt > 0) {
      last = Optional.of(sighting);
      lastAt = at;
    }
  }

  /** What shows that another controller is at work now. */
  synchronized Optional<Sighting> atWork() {
    return nanos.getAsLong() - lastAt < quiet.toNanos() ? last : Optional.empty();
  }

  private static List<?> notes(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
            && metadata.get("managedFields") instanceof List<?> notes
        ? notes
        : List.of();
  }

  private static Optional<Sighting> foreign(Ref ref, @Nullable Object note) {
    if (note instanceof Map<?, ?> fields
        && "status".equals(fields.get("subresource"))
        && fields.get("manager") instanceof String writer
        && !writer.startsWith(Beside.OURS)
        && fields.get("time") instanceof String time) {
      try {
        return Optional.of(new Sighting(writer, ref, Instant.parse(time)));
      } catch (DateTimeException e) {
        // The API server wrote it; whatever it is, it is no time.
        return Optional.empty();
      }
    }
    return Optional.empty();
  }
}
