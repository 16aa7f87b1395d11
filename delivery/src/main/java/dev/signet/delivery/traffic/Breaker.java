package dev.signet.delivery.traffic;

import java.time.Duration;

/**
 * Whether a store is asked at all. A circuit breaker after Nygard (Release It!): after some
 * failures in a row nobody asks any more, now and then one call tries, and the first that gets an
 * answer lets all go on. Told the time by every call, as {@link AdaptiveRate}; not safe for use by
 * several threads.
 *
 * <pre>
 *              failures in a row                    wait is over
 *   CLOSED ─────────────────────────▶ OPEN ──────────────────────▶ TRYING (one call)
 *     ▲                                ▲   fails: wait doubles        │
 *     │                                └──────────────────────────────┤
 *     └──────────────── answered, or the store was changed ───────────┘
 * </pre>
 *
 * <p>A failure is that no answer came. A store that says "no such key", "not allowed" or "too many"
 * is alive. A call that began before it opened and ends afterwards counts for closing it, when it
 * was answered, and for nothing otherwise.
 */
final class Breaker {

  static final int FAILURES = 5;
  static final Duration FIRST = Duration.ofSeconds(5);
  static final Duration LONGEST = Duration.ofMinutes(5);

  private enum State {
    CLOSED,
    OPEN,
    TRYING
  }

  private State state = State.CLOSED;
  private int failures;
  private Duration wait = FIRST;
  private long until;

  /** How long nobody may ask; zero when somebody may. {@link Long#MAX_VALUE} while one tries. */
  long closedFor(long now) {
    return switch (state) {
      case CLOSED -> 0;
      case OPEN -> Math.max(0, until - now);
      case TRYING -> Long.MAX_VALUE;
    };
  }

  boolean closed() {
    return state == State.CLOSED;
  }

  /** A call goes, after {@link #closedFor} was zero. */
  void take() {
    if (state == State.OPEN) {
      state = State.TRYING;
    }
  }

  /** An answer came; whether that ended a failure. */
  boolean answered() {
    boolean recovered = state != State.CLOSED;
    reset();
    return recovered;
  }

  void failed(long now) {
    failures++;
    switch (state) {
      case CLOSED -> {
        if (failures >= FAILURES) {
          open(now);
        }
      }
      case TRYING -> later(now);
      case OPEN -> {
        if (until - now <= 0) {
          later(now);
        }
      }
    }
  }

  private void later(long now) {
    wait = wait.multipliedBy(2).compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST;
    open(now);
  }

  /** The call that tried ended without telling anything of the store. */
  void undecided(long now) {
    if (state == State.TRYING) {
      state = State.OPEN;
      until = now;
    }
  }

  private void open(long now) {
    state = State.OPEN;
    until = now + wait.toNanos();
  }

  /** What is wrong with it may be repaired. */
  void reset() {
    state = State.CLOSED;
    failures = 0;
    wait = FIRST;
  }
}
