package dev.signet.delivery.queue;

import java.time.Duration;

/** When an object that was just reconciled is due again. */
public sealed interface Next {

  /** Not before it changes. */
  record Never() implements Next {}

  /** After about that time; it counts as a success. */
  record In(Duration delay) implements Next {}

  /**
   * After the backoff, which grows with every failure in a row.
   *
   * @param atLeast what the other side asked for; zero when it did not
   */
  record Failed(Duration atLeast) implements Next {}
}
