package dev.signet.delivery.traffic;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The {@link Traffic} of one store for many threads, with somebody who waits. */
public final class StoreGate {

  /** What is done with the store once the gate is open. */
  @FunctionalInterface
  public interface Call<T> {
    T run() throws StoreException;
  }

  /** Told of what happens to calls. */
  @FunctionalInterface
  interface Listener {
    void ended(String store, String result);
  }

  /** Longer than this no call waits here: it gives its place to others and comes back. */
  private static final long LONGEST_WAIT = Duration.ofSeconds(30).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final String name;
  private final Traffic traffic;
  private final LongSupplier nanos;
  private final Runnable recovered;
  private final Listener listener;
  private long throttled;
  private long shared;

  /**
   * @param name how messages name the store
   * @param nanos a clock that only goes forward
   * @param recovered called when a store that was down answers again
   */
  StoreGate(String name, Limits limits, LongSupplier nanos, Runnable recovered, Listener listener) {
    this.name = name;
    this.traffic = new Traffic(limits);
    this.nanos = nanos;
    this.recovered = recovered;
    this.listener = listener;
  }

  /** How fast, and how much at once. */
  public void limit(Limits limits) {
    lock.lock();
    try {
      if (!traffic.limits().equals(limits)) {
        traffic.limit(limits);
        moved.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How long nothing should begin that will ask this store, in nanoseconds. */
  long closedFor() {
    lock.lock();
    try {
      return traffic.closedFor(nanos.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  int width() {
    lock.lock();
    try {
      return traffic.width();
    } finally {
      lock.unlock();
    }
  }

  /** How long whoever waits for a call does so, its turn included. */
  Duration deadline() {
    lock.lock();
    try {
      return traffic.limits().deadline().plusNanos(LONGEST_WAIT);
    } finally {
      lock.unlock();
    }
  }

  StoreGates.State state() {
    lock.lock();
    try {
      return new StoreGates.State(traffic.perSecond(), traffic.parked(), throttled, shared);
    } finally {
      lock.unlock();
    }
  }

  /** A read was served by the call of another. */
  void shared() {
    lock.lock();
    try {
      shared++;
    } finally {
      lock.unlock();
    }
  }

  /** It, or what it reads, was changed: what was wrong with it may be repaired. */
  public void repaired() {
    lock.lock();
    try {
      traffic.repaired();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Fails while the store is down; asks for no turn otherwise. */
  public void orParked() throws StoreException {
    lock.lock();
    try {
      long closed = traffic.parked() ? traffic.closedFor(nanos.getAsLong()) : 0;
      if (closed > 0) {
        throw parked(Duration.ofNanos(Math.min(closed, Breaker.FIRST.toNanos())));
      }
    } finally {
      lock.unlock();
    }
  }

  /** It could not be opened. */
  public void unopened(Problem problem) {
    if (problem instanceof Problem.Unreachable) {
      lock.lock();
      try {
        traffic.unopened(nanos.getAsLong());
      } finally {
        lock.unlock();
      }
    }
  }

  private StoreException parked(Duration left) {
    return new StoreException(
        new Problem.Throttled(left),
        name
            + " did not answer several times, and is not asked now; one call tries it every while");
  }

  /** Does it when it is its turn. */
  public <T> T pass(Call<T> call) throws StoreException {
    admit();
    boolean told = false;
    try {
      T result = call.run();
      told = true;
      end("success", () -> traffic.answered());
      return result;
    } catch (StoreException e) {
      told = true;
      end(
          e.problem() instanceof Problem.NotFound ? "success" : "error",
          () -> {
            throttled += e.problem() instanceof Problem.Throttled ? 1 : 0;
            return traffic.ended(e.problem(), nanos.getAsLong());
          });
      throw e;
    } finally {
      if (!told) {
        end(
            "error",
            () -> {
              traffic.ended(nanos.getAsLong());
              return false;
            });
      }
    }
  }

  private void admit() throws StoreException {
    lock.lock();
    try {
      long begun = nanos.getAsLong();
      while (true) {
        long now = nanos.getAsLong();
        switch (traffic.admit(now)) {
          case Traffic.Admission.Go _ -> {
            return;
          }
          case Traffic.Admission.Parked(Duration left) -> throw parked(left);
          case Traffic.Admission.Wait(long wait) -> {
            long patience = LONGEST_WAIT - (now - begun);
            boolean tooLong = wait != Long.MAX_VALUE && wait > patience;
            if (patience <= 0 || tooLong) {
              throw new StoreException(
                  new Problem.Throttled(tooLong ? Duration.ofNanos(wait) : Duration.ZERO),
                  name + " is asked as often as it may be; this has to wait for its turn");
            }
            var _ = moved.awaitNanos(Math.min(wait, patience));
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Throttled(Duration.ZERO), "interrupted while waiting for " + name);
    } finally {
      lock.unlock();
    }
  }

  @FunctionalInterface
  private interface End {
    boolean recovers();
  }

  private void end(String result, End end) {
    boolean back;
    lock.lock();
    try {
      back = end.recovers();
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    listener.ended(name, result);
    if (back) {
      recovered.run();
    }
  }
}
