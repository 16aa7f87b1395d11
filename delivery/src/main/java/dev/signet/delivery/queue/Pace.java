package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;

/**
 * How long objects wait. Every object has a fixed share of 1/1024 steps, from a hash of its name,
 * by which its waits are longer than the next one's: objects that were made at once drift apart,
 * and the same object behaves the same way in every run.
 *
 * @param firstRetry the wait after the first failure; it doubles with each further one
 * @param maxRetry what that doubling ends at; it never gives up
 * @param maxSpread the most that a periodic wait is lengthened by; a twentieth of it at most
 */
public record Pace(Duration firstRetry, Duration maxRetry, Duration maxSpread) {

  public static final Pace DEFAULT =
      new Pace(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofMinutes(5));

  private static final int STEPS = 1024;

  /** Far beyond any sensible wait, and far from what a clock of nanoseconds overflows at. */
  private static final Duration LONGEST = Duration.ofDays(3650);

  public Pace {
    if (!firstRetry.isPositive() || maxRetry.compareTo(firstRetry) < 0 || maxSpread.isNegative()) {
      throw new IllegalArgumentException("waits must be positive and in order");
    }
  }

  /**
   * @param failures how many in a row, at least one
   */
  Duration retry(Ref ref, int failures, Duration atLeast) {
    Duration wait = firstRetry;
    for (int i = 1; i < failures && wait.compareTo(maxRetry) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    Duration capped = wait.compareTo(maxRetry) < 0 ? wait : maxRetry;
    return longer(capped.compareTo(atLeast) < 0 ? atLeast : capped, ref);
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
