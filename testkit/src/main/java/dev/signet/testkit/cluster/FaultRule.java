package dev.signet.testkit.cluster;

import java.util.function.Predicate;

/** One fault for some requests, until it is used up or taken away. */
public final class FaultRule {

  private final Predicate<ApiRequest> which;
  private final Fault fault;
  private long seen;
  private long hits;
  private long every = 1;
  private long atMost = Long.MAX_VALUE;

  FaultRule(Predicate<ApiRequest> which, Fault fault) {
    this.which = which;
    this.fault = fault;
  }

  /** Only each n-th of the requests, from the n-th on. */
  public synchronized FaultRule every(long n) {
    every = n;
    return this;
  }

  /** Only so many times, then no more. */
  public synchronized FaultRule times(long n) {
    atMost = n;
    return this;
  }

  /** From now on it does nothing. */
  public synchronized void end() {
    atMost = 0;
  }

  /** How often it struck. */
  public synchronized long hits() {
    return hits;
  }

  Fault fault() {
    return fault;
  }

  synchronized boolean strikes(ApiRequest request) {
    if (!which.test(request)) {
      return false;
    }
    seen++;
    if (hits >= atMost || seen % every != 0) {
      return false;
    }
    hits++;
    return true;
  }
}
