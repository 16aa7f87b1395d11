package dev.signet.delivery.traffic;

import dev.signet.delivery.Problem;
import java.time.Duration;

/**
 * The calls to one store: how many, how fast, and whether at all. Told the time by every call; not
 * safe for use by several threads.
 */
final class Traffic {

  /** What becomes of a call that wants to go. */
  sealed interface Admission {

    /** It goes, and {@link Traffic#ended} has to follow. */
    record Go() implements Admission {}

    /**
     * Not yet.
     *
     * @param nanos when to ask again; {@link Long#MAX_VALUE} for when a call ends
     */
    record Wait(long nanos) implements Admission {}

    /** The store is down, and nobody asks it before that time. */
    record Parked(Duration left) implements Admission {}
  }

  private Limits limits;
  private AdaptiveRate rate;
  private final Breaker breaker = new Breaker();
  private int underWay;

  Traffic(Limits limits) {
    this.limits = limits;
    this.rate = new AdaptiveRate(limits.perSecond());
  }

  Limits limits() {
    return limits;
  }

  /** What was learnt is kept unless the rate is another now. */
  void limit(Limits changed) {
    if (changed.perSecond() != limits.perSecond()) {
      rate = new AdaptiveRate(changed.perSecond());
    }
    limits = changed;
  }

  double perSecond() {
    return rate.perSecond();
  }

  boolean parked() {
    return !breaker.closed();
  }

  /** How many objects at once it keeps busy: no more than it can serve within seconds. */
  int width() {
    if (parked()) {
      return 1;
    }
    return (int) Math.clamp(2 * rate.perSecond(), 1, limits.concurrency());
  }

  Admission admit(long now) {
    long parked = breaker.closedFor(now);
    if (parked > 0) {
      return new Admission.Parked(
          parked == Long.MAX_VALUE ? Breaker.FIRST : Duration.ofNanos(parked));
    }
    if (underWay >= limits.concurrency()) {
      return new Admission.Wait(Long.MAX_VALUE);
    }
    long wait = rate.closedFor(now);
    if (wait > 0) {
      return new Admission.Wait(wait);
    }
    breaker.take();
    rate.take(now);
    underWay++;
    return new Admission.Go();
  }

  /** How long nothing new should begin that will ask this store; zero when it may. */
  long closedFor(long now) {
    long parked = breaker.closedFor(now);
    return parked > 0 ? parked : rate.closedFor(now);
  }

  /** A call was answered; whether the store has come back by that. */
  boolean answered() {
    underWay--;
    rate.succeeded();
    return breaker.answered();
  }

  /** A call ended otherwise; whether the store has come back all the same. */
  boolean ended(Problem problem, long now) {
    underWay--;
    return switch (problem) {
      case Problem.Throttled(Duration silence) -> {
        rate.throttled(silence, now);
        yield breaker.answered();
      }
      case Problem.Unreachable _ -> {
        breaker.failed(now);
        yield false;
      }
      case Problem.NotFound _,
          Problem.Denied _,
          Problem.Malformed _,
          Problem.Conflict _,
          Problem.Refused _ ->
          breaker.answered();
    };
  }

  /** A call ended by a bug or an interruption. */
  void ended(long now) {
    underWay--;
    breaker.undecided(now);
  }

  /** It, or what it reads, was changed. */
  void repaired() {
    breaker.reset();
  }

  /** It could not even be opened. */
  void unopened(long now) {
    breaker.failed(now);
  }
}
