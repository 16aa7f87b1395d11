package dev.signet.delivery.traffic;

import java.time.Duration;

/**
 * How a store may be asked.
 *
 * @param perSecond the most calls a second, and the rate to begin with; infinite while nothing is
 *     known but what the store says itself
 * @param concurrency how many calls may be under way at once
 * @param deadline how long one call may take
 */
public record Limits(double perSecond, int concurrency, Duration deadline) {

  public static final Limits DEFAULT =
      new Limits(Double.POSITIVE_INFINITY, 16, Duration.ofSeconds(30));

  /** Slower than this no store is ever asked: one call in twenty seconds. */
  public static final double SLOWEST = 1.0 / 20;

  public Limits {
    if (!(perSecond >= SLOWEST) || concurrency < 1 || !deadline.isPositive()) {
      throw new IllegalArgumentException("limits must be positive, the rate at least " + SLOWEST);
    }
  }
}
