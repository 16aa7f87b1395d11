package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Who of several processes leads, by a Lease that the leader renews.
 *
 * <p>Times are measured here alone, by a clock that only goes forward; those that stand in the
 * Lease are for people. Two rules make the leads of two processes not overlap:
 *
 * <ul>
 *   <li>A leader believes in its lead for {@link Terms#renew} from the moment <em>before</em> it
 *       sent a renewal that succeeded. {@link #holds} asks the clock each time, so a process that
 *       was stopped and resumed knows before it does anything else.
 *   <li>Another process takes the Lease only after it has seen it unchanged for {@link
 *       Terms#lease}, which is longer, and began later: nobody can see a renewal before it was
 *       sent.
 * </ul>
 *
 * <p>Every write of the Lease has its resourceVersion as precondition, so of several that take it
 * at once one succeeds. What was sent before the lead ended can still arrive after it: a Lease does
 * not fence, which is why writes carry preconditions of their own.
 */
public final class Leadership {

  /**
   * How long things take.
   *
   * @param lease how long a Lease has to be unchanged before another process takes it
   * @param renew how long after a renewal its sender believes in it
   * @param retry the pause between two looks
   */
  public record Terms(Duration lease, Duration renew, Duration retry) {

    /** Those of most controllers. */
    public static final Terms USUAL =
        new Terms(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

    public Terms {
      if (retry.compareTo(renew) >= 0 || renew.compareTo(lease) >= 0 || !retry.isPositive()) {
        throw new IllegalArgumentException("retry < renew < lease is required");
      }
    }
  }

  /** Told when this process begins and ceases to lead, in turns, by one thread. */
  public interface Listener {
    void leads();

    void standsBy();

    /** The Lease could not be read or written; it is tried again. */
    void failed(ObjectsException why);
  }

  private final LeadershipLease lease;
  private final String me;
  private final Terms terms;
  private final LongSupplier nanos;
  private final Listener listener;

  private final CountDownLatch ended = new CountDownLatch(1);

  /** What the Lease said last, and when it was first seen to say so. */
  private Optional<LeadershipClaim> seen = Optional.empty();

  private long seenAt;
  private boolean leads;

  private volatile boolean held;
  private volatile long heldUntil;

  Leadership(LeadershipLease lease, String me, Terms terms, LongSupplier nanos, Listener listener) {
    this.lease = lease;
    this.me = me;
    this.terms = terms;
    this.nanos = nanos;
    this.listener = listener;
  }

  /** Whether this process leads at this very moment. */
  public boolean holds() {
    return held && nanos.getAsLong() - heldUntil < 0;
  }

  /** Takes part until {@link #close}, or until interrupted. */
  public void run() {
    try {
      do {
        step();
      } while (!ended.await(terms.retry().toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends {@link #run} soon; the lead, if there is one, is kept for {@link #release}. */
  public void close() {
    ended.countDown();
  }

  /** One look at the Lease, and one write where it is due. */
  void step() {
    long asked = nanos.getAsLong();
    try {
      attempt(asked);
    } catch (ObjectsException e) {
      if (e.problem() instanceof Problem.Conflict) {
        // Somebody was faster. What they wrote is read at the next step.
        forget();
      } else {
        listener.failed(e);
      }
    }
    if (leads && !holds()) {
      leads = false;
      listener.standsBy();
    }
  }

  private void forget() {
    seen = Optional.empty();
    held = false;
  }

  private void attempt(long asked) throws ObjectsException {
    if (leads && seen.isPresent()) {
      // The version is the precondition: if it holds nobody else had the Lease meanwhile.
      won(lease.replace(mine(seen.get()), /* taken= */ false), asked);
      return;
    }
    Optional<LeadershipClaim> now = lease.read();
    if (now.isEmpty()) {
      won(lease.create(new LeadershipClaim(me, seconds(), 0, "")), asked);
      return;
    }
    LeadershipClaim claim = now.get();
    if (!now.equals(seen)) {
      seen = now;
      seenAt = nanos.getAsLong();
    }
    if (claim.holder().equals(me)) {
      won(lease.replace(mine(claim), /* taken= */ false), asked);
    } else if (claim.holder().isEmpty() || nanos.getAsLong() - seenAt > patience(claim)) {
      LeadershipClaim taken =
          new LeadershipClaim(me, seconds(), claim.transitions() + 1, claim.version());
      won(lease.replace(taken, /* taken= */ true), asked);
    } else {
      held = false;
    }
  }

  /** The holder may count on more than we would give it. */
  private long patience(LeadershipClaim claim) {
    return Math.max(Duration.ofSeconds(claim.seconds()).toNanos(), terms.lease().toNanos());
  }

  private int seconds() {
    return (int) terms.lease().toSeconds();
  }

  private LeadershipClaim mine(LeadershipClaim before) {
    return new LeadershipClaim(me, seconds(), before.transitions(), before.version());
  }

  private void won(LeadershipClaim claim, long asked) {
    seen = Optional.of(claim);
    seenAt = nanos.getAsLong();
    heldUntil = asked + terms.renew().toNanos();
    held = true;
    if (!leads && holds()) {
      leads = true;
      listener.leads();
    }
  }

  /**
   * Gives the Lease back, so that another process need not wait for its end. Not while {@link #run}
   * runs.
   */
  public void release() {
    boolean mine = holds();
    held = false;
    if (mine && seen.isPresent()) {
      LeadershipClaim last = seen.get();
      try {
        seen =
            Optional.of(
                lease.replace(
                    new LeadershipClaim("", 1, last.transitions(), last.version()),
                    /* taken= */ false));
      } catch (ObjectsException e) {
        listener.failed(e);
      }
    }
    if (leads) {
      leads = false;
      listener.standsBy();
    }
  }
}
