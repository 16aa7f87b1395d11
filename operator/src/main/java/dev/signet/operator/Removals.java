package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many Secrets may be deleted or emptied within some time, as a share of those that are
 * managed: a store that has lost its content, or a selector with a typing error, must not take a
 * cluster's Secrets with it. A sliding window over the removals that were let through; what is more
 * is refused and tried again later, so a wanted removal goes on at that pace. Starting anew begins
 * a new window.
 *
 * <p>Removals of the same object count once: one that is made again and removed again is one loss.
 */
public final class Removals {

  /**
   * How many.
   *
   * @param share of the managed objects, from 0 to 1
   * @param window within that time
   * @param always this many in any case, so that few objects can be worked with
   */
  public record Limit(double share, Duration window, int always) {

    public static final Limit DEFAULT = new Limit(0.25, Duration.ofHours(1), 10);

    /** Nothing is refused. */
    public static final Limit NONE = new Limit(1, Duration.ofHours(1), Integer.MAX_VALUE);

    private static final Pattern WRITTEN =
        Pattern.compile("([0-9]{1,3})%(?:/([0-9]{1,4})([smh]))?");

    /**
     * As it is written for people: {@code 25%/1h}, or {@code 100%} for no limit.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Limit parse(String text) {
      Matcher written = WRITTEN.matcher(text);
      if (written.matches()) {
        int percent = Integer.parseInt(written.group(1));
        if (percent == 100) {
          return NONE;
        }
        if (percent < 100 && written.group(2) != null) {
          long count = Long.parseLong(written.group(2));
          Duration window =
              switch (written.group(3)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
              };
          return new Limit(percent / 100.0, window, DEFAULT.always());
        }
      }
      throw new IllegalArgumentException(
          "a limit of removals is written as 25%/1h, or 100% for none, not " + text);
    }

    public Limit {
      if (!(share >= 0 && share <= 1) || !window.isPositive() || always < 0) {
        throw new IllegalArgumentException("a share from 0 to 1 and a positive time are needed");
      }
    }
  }

  private record Removal(Ref ref, long at) {}

  private final Limit limit;
  private final IntSupplier managed;
  private final LongSupplier nanos;
  private final Deque<Removal> removals = new ArrayDeque<>();
  private final Set<Ref> removed = new HashSet<>();
  private long refused;

  /**
   * @param managed how many objects there are
   * @param nanos a clock that only goes forward
   */
  Removals(Limit limit, IntSupplier managed, LongSupplier nanos) {
    this.limit = limit;
    this.managed = managed;
    this.nanos = nanos;
  }

  /** Counts a removal that is about to be sent, or refuses it. */
  synchronized void orFail(Ref ref) throws ObjectsException {
    long now = nanos.getAsLong();
    while (!removals.isEmpty() && now - removals.getFirst().at() >= limit.window().toNanos()) {
      removed.remove(removals.removeFirst().ref());
    }
    if (removed.contains(ref)) {
      return;
    }
    long most = Math.max(limit.always(), (long) (limit.share() * managed.getAsInt()));
    if (removals.size() >= most) {
      refused++;
      throw new ObjectsException(
          new Problem.Refused(),
          "refused to delete or empty "
              + ref
              + ": "
              + removals.size()
              + " were within "
              + words(limit.window())
              + ", more is not allowed by --max-removals; see whether the store has lost its"
              + " content, it is tried again later");
    }
    removals.addLast(new Removal(ref, now));
    removed.add(ref);
  }

  private static String words(Duration window) {
    return window.toMinutes() > 0
        ? window.toMinutes() + " minutes"
        : window.toSeconds() + " seconds";
  }

  /** How many were refused so far. */
  synchronized long refused() {
    return refused;
  }
}
