package dev.signet.testkit.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Waits for what other processes do: asks again and again, until a deadline. */
public final class Eventually {

  private static final Duration PAUSE = Duration.ofMillis(20);

  private Eventually() {}

  /** One look. An {@link IOException} counts as "not yet" and is the cause when time is up. */
  public interface Look<T> {
    Optional<T> once() throws IOException;
  }

  /** One look at something that is so or not. */
  public interface Check {
    boolean once() throws IOException;
  }

  /**
   * What the look found.
   *
   * @param what ends the sentence "in vain waited 10 s for"
   * @throws IllegalStateException when it found nothing within that time
   */
  public static <T> T find(Duration within, String what, Look<T> look) {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      Optional<IOException> failure = Optional.empty();
      try {
        Optional<T> found = look.once();
        if (found.isPresent()) {
          return found.get();
        }
      } catch (IOException e) {
        failure = Optional.of(e);
      }
      if (System.nanoTime() > end) {
        String message = "in vain waited " + within.toMillis() / 1000.0 + " s for " + what;
        throw failure
            .map(cause -> new IllegalStateException(message + ": " + cause, cause))
            .orElseGet(() -> new IllegalStateException(message));
      }
      pause(PAUSE);
    }
  }

  /** Returns once the check is true. */
  public static void holds(Duration within, String what, Check check) {
    var _ = find(within, what, () -> check.once() ? Optional.of(Boolean.TRUE) : Optional.empty());
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting", e);
    }
  }
}
