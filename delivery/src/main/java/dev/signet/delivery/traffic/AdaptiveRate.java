package dev.signet.delivery.traffic;

import java.time.Duration;

/**
 * How fast one store may be asked, learnt from its answers. It holds no thread and no clock: every
 * call is told the time, in nanoseconds of a clock that only goes forward and may overflow. Not
 * safe for use by several threads.
 *
 * <p>Two parts:
 *
 * <pre>
 *   pacing    A call may go when the one before it has used up its share of a second, 1/rate (the
 *             generic cell rate algorithm of ITU-T I.371). What was not used is kept for 100 ms at
 *             most, so that there are no bursts that a store which counts by the second would see.
 *   learning  Additive increase, multiplicative decrease, as TCP does it (Chiu and Jain, 1989:
 *             of the simple rules the one by which many who share a store without knowing of each
 *             other come to equal shares):
 *               "too many"  rate := 0.7 * rate, and silence for as long as the store asks for;
 *               success     rate := rate + step/rate, which is one step for each second of calls.
 * </pre>
 *
 * <p>A store without a rate of its own is not limited until it says "too many" for the first time.
 * Then the rate begins at 0.7 of what the last seconds carried. That several calls of one moment
 * are all refused is one piece of news, not several: the rate is lowered once a second at most.
 *
 * <p>What a store may do to us: asking for silence for ever (believed for an hour), refusing every
 * call (the rate ends at one call in twenty seconds and never at zero), refusing none (the rate
 * ends at what was set, else it is no limit).
 */
final class AdaptiveRate {

  static final double DECREASE = 0.7;

  private static final Duration LONGEST_SILENCE = Duration.ofHours(1);
  private static final long SECOND = 1_000_000_000L;
  private static final long KEPT = SECOND / 10;

  /** Over how long it is measured what a store without a limit carried. */
  private static final long MEASURED = 2 * SECOND;

  private final double most;
  private double rate;
  private double step;

  /** When the share of the last call is used up; meaningful once {@link #begun}. */
  private long next;

  private boolean begun;
  private long silentUntil;
  private boolean silent;
  private long lowered;
  private boolean everLowered;

  private long measuredSince;
  private long calls;
  private double measured;

  AdaptiveRate(double perSecond) {
    this.most = perSecond;
    this.rate = perSecond;
    this.step = step(perSecond);
  }

  /** A fiftieth of where it began a second: full speed is back after a minute at most. */
  private static double step(double from) {
    return Math.max(Limits.SLOWEST, from / 50);
  }

  /** Calls a second that go now; infinite when there is no limit. */
  double perSecond() {
    return rate;
  }

  /** How long the next call has to wait, zero when it may go. */
  long closedFor(long now) {
    long wait = 0;
    if (silent) {
      wait = Math.max(0, silentUntil - now);
      silent = wait > 0;
    }
    if (begun && !Double.isInfinite(rate)) {
      wait = Math.max(wait, next - KEPT - now);
    }
    return wait;
  }

  /** A call goes. */
  void take(long now) {
    measure(now);
    calls++;
    if (!begun || next - now < 0) {
      next = now;
    }
    begun = true;
    if (!Double.isInfinite(rate)) {
      next += (long) (SECOND / rate);
    }
  }

  private void measure(long now) {
    if (calls == 0 && measured == 0) {
      measuredSince = now;
    } else if (now - measuredSince >= MEASURED) {
      measured = calls * (double) SECOND / (now - measuredSince);
      measuredSince = now;
      calls = 0;
    }
  }

  /** A call was answered. */
  void succeeded() {
    if (rate < most) {
      rate = Math.min(most, rate + step / rate);
    }
  }

  /** The store said that these were too many. */
  void throttled(Duration silence, long now) {
    Duration believed = silence.compareTo(LONGEST_SILENCE) < 0 ? silence : LONGEST_SILENCE;
    long until = now + Math.max(0, believed.toNanos());
    if (!silent || until - silentUntil > 0) {
      silent = true;
      silentUntil = until;
    }
    if (everLowered && now - lowered < SECOND) {
      return;
    }
    everLowered = true;
    lowered = now;
    if (Double.isInfinite(rate)) {
      rate = carried(now);
      step = step(rate);
    }
    rate = Math.max(Limits.SLOWEST, rate * DECREASE);
    next = now + (long) (SECOND / rate);
  }

  /** What went through in the last seconds, by the second. */
  private double carried(long now) {
    double seconds = Math.max(0.1, (double) (now - measuredSince) / SECOND);
    return Math.max(Limits.SLOWEST, Math.max(measured, calls / Math.max(1, seconds)));
  }
}
