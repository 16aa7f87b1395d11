package dev.signet.kube;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When the next request may be sent.
 *
 * <p>Two rules. After an answer that names a time to wait (429 with Retry-After) no request goes
 * out before it has passed; of several such times the latest counts. And a token bucket of the
 * {@link Rate} holds until an answer shows that the server itself has priority and fairness, which
 * knows better than any client what it can bear, unless the rate is said to hold always.
 *
 * <p>A server that asks for more than an hour is believed for an hour: by then somebody should be
 * told again.
 */
final class Pace {

  private static final Duration LONGEST = Duration.ofHours(1);

  private final Rate rate;
  private final double perNano;
  private final double burst;
  private final LongSupplier nanos;

  private double tokens;
  private long filledAt;
  private long closedUntil;
  private boolean serverPaces;

  Pace(Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.perNano = rate.qps() / 1e9;
    this.burst = rate.burst();
    this.nanos = nanos;
    this.tokens = burst;
    this.filledAt = nanos.getAsLong();
    this.closedUntil = filledAt;
  }

  /**
   * Takes the right to send one request now, or says how long to wait before asking again.
   *
   * @return zero if the request may go out now
   */
  synchronized Duration take() {
    long now = nanos.getAsLong();
    if (closedUntil - now > 0) {
      return Duration.ofNanos(closedUntil - now);
    }
    boolean unlimited = Double.isInfinite(perNano) || (serverPaces && !rate.always());
    if (unlimited) {
      return Duration.ZERO;
    }
    tokens = Math.min(burst, tokens + (now - filledAt) * perNano);
    filledAt = now;
    if (tokens >= 1) {
      tokens -= 1;
      return Duration.ZERO;
    }
    return Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano));
  }

  /** Blocks until a request may go out. */
  void await() throws InterruptedException {
    for (Duration wait = take(); !wait.isZero(); wait = take()) {
      Thread.sleep(wait);
    }
  }

  /** How long all requests have to wait because the server said so. */
  synchronized Duration closedFor() {
    long left = closedUntil - nanos.getAsLong();
    return left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
  }

  /** The server answered: not before that time has passed. */
  synchronized void throttled(Duration retryAfter) {
    Duration believed = retryAfter.compareTo(LONGEST) > 0 ? LONGEST : retryAfter;
    long until = nanos.getAsLong() + believed.toNanos();
    if (until - closedUntil > 0) {
      closedUntil = until;
    }
  }

  /** The server showed that it shares its time out by itself. */
  synchronized void serverPaces() {
    serverPaces = true;
  }
}
