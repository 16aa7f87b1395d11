package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;

/**
 * How long objects wait. Every object has a fixed share of 1/1024 steps, from a hash of its name,
 * by which its waits are longer than the next one's: objects that were made at once drift apart,
 * and the same object behaves the same way in every run.
 *
 * @param quickRetries how many failures are first answered with a wait of milliseconds: 5, 10, 20
 *     and so on
 * @param firstRetry the wait after the first failure thereafter; it doubles with each further one
 * @param maxRetry what that doubling ends at; it never gives up
 * @param maxSpread the most that a periodic wait is lengthened by; a twentieth of it at most
 */
public record Pace(
    int quickRetries, Duration firstRetry, Duration maxRetry, Duration maxSpread) {

  public static final Pace DEFAULT =
      new Pace(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofMinutes(5));

  private static final Duration QUICK = Duration.ofMillis(5);
  private static final int STEPS = 1024;

  /** Far beyond any sensible wait, and far from what a clock of nanoseconds overflows at. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  public Pace(Duration firstRetry, Duration maxRetry, Duration maxSpread) {
    this(0, firstRetry, maxRetry, maxSpread);
  }

  public Pace {
    if (quickRetries < 0
        || !firstRetry.isPositive()
        || maxRetry.compareTo(firstRetry) < 0 || maxSpread.isNegative()) {
      throw new IllegalArgumentException("waits must be positive and in order");
    }
  }

  /**
   * @param failures how many in a row, at least one
   */
  Duration retry(Ref ref, int failures, Duration atLeast) {
    boolean quick = failures <= quickRetries;
    Duration wait =
        quick
            ? doubled(QUICK, failures, firstRetry)
            : doubled(firstRetry, failures - quickRetries, maxRetry);
    return longer(wait.compareTo(atLeast) < 0 ? atLeast : wait, ref);
  }

  /** Doubled with each failure but the first, and no further once it is longer than enough. */
  private static Duration doubled(Duration first, int failures, Duration enough) {
    Duration wait = first;
    for (int i = 1; i < failures && wait.compareTo(enough) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(enough) < 0 ? wait : enough;
  }

  public Pace withQuickRetries(int count) {
    return new Pace(count, firstRetry, maxRetry, maxSpread);
  }

  Duration periodic(Ref ref, Duration delay) {
    return longer(delay, ref);
  }

  private Duration longer(Duration asked, Ref ref) {
    Duration wait = asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
    Duration spread = wait.dividedBy(20);
    Duration bounded = spread.compareTo(maxSpread) < 0 ? spread : maxSpread;
    return wait.plus(bounded.multipliedBy(share(ref)).dividedBy(STEPS));
  }

  /** In 0 to 1023, evenly for names that differ in a digit only. */
  private static int share(Ref ref) {
    int hash = ref.toString().hashCode();
    // The finalizer of MurmurHash3: text hashes of neighbours differ in their low bits alone.
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    hash *= 0xc2b2ae35;
    hash ^= hash >>> 16;
    return hash & (STEPS - 1);
  }
}
