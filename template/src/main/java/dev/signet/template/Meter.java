package dev.signet.template;

import java.util.function.LongSupplier;

/**
 * Counts what an execution uses and ends it when that is too much. Memory is counted when it is
 * asked for and never given back, so the count bounds what can be alive.
 */
public final class Meter {
  private static final int STEPS_BETWEEN_CLOCKS = 256;
  private final Limits limits;
  private final LongSupplier nanos;
  private final long start;
  private final long allowedNanos;
  private long steps;
  private long memory;
  private long nextClock = STEPS_BETWEEN_CLOCKS;

  Meter(Limits limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.allowedNanos = limits.time().toNanos();
  }

  /** Charges for work; one step is what a simple action costs. */
  public void steps(long count) {
    if (count < 0 || count > limits.steps() - steps) {
      throw new LimitExceeded(Limits.Name.STEPS, Long.toString(limits.steps()));
    }
    steps += count;
    if (steps >= nextClock) {
      nextClock = steps + STEPS_BETWEEN_CLOCKS;
      time();
    }
  }

  /** Looks at the clock. Functions that may run for milliseconds call it before and after. */
  public void time() {
    if (nanos.getAsLong() - start > allowedNanos) {
      throw new LimitExceeded(Limits.Name.TIME, limits.time().toString());
    }
  }

  /** Charges for memory before it is allocated. */
  public void memory(long bytes) {
    memory += bytes;
    if (memory > limits.memory() || bytes < 0 || memory < 0) {
      throw new LimitExceeded(Limits.Name.MEMORY, limits.memory() + " bytes");
    }
  }

  /** Charges for a collection of that many elements. */
  public void elements(long count) {
    steps(count / 8 + 1);
    memory(Math.multiplyHigh(count, 24) != 0 ? Long.MAX_VALUE : count * 24);
  }

  /** Refuses values nested so deep that following them would end the thread. */
  public void depth(int depth) {
    if (depth > Limits.VALUE_DEPTH) {
      throw new LimitExceeded(Limits.Name.NESTING, "values " + Limits.VALUE_DEPTH + " deep");
    }
  }
}
