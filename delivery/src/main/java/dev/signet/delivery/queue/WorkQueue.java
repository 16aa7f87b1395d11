package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The {@link Agenda} for many threads, with somebody who waits. */
public final class WorkQueue {

  /** The agenda's due times are a matter of its clock, so a wait is never trusted for longer. */
  private static final long LONGEST_WAIT = Duration.ofSeconds(10).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Agenda agenda;
  private final LongSupplier nanos;

  /** Since when those who wait do so; of several wishes the last. */
  private final Map<Ref, Long> wished = new HashMap<>();

  /** Since when those who run had waited. */
  private final Map<Ref, Long> waited = new HashMap<>();

  private boolean closed;

  /**
   * @param nanos a clock that only goes forward, as {@link System#nanoTime} is
   */
  public WorkQueue(Pace pace, LongSupplier nanos) {
    this(pace, Lanes.NONE, nanos);
  }

  /**
   * @param lanes what objects have to share
   * @param nanos a clock that only goes forward, as {@link System#nanoTime} is
   */
  public WorkQueue(Pace pace, Lanes lanes, LongSupplier nanos) {
    this.agenda = new Agenda(pace, lanes);
    this.nanos = nanos;
  }

  /** Wants a run of that object as soon as its urgency allows. */
  public void add(Ref ref, Urgency urgency) {
    addAll(List.of(ref), urgency);
  }

  /** Wants a run of each; to them it is the same moment. */
  public void addAll(Collection<Ref> refs, Urgency urgency) {
    lock.lock();
    try {
      if (!closed) {
        long now = nanos.getAsLong();
        for (Ref ref : refs) {
          agenda.add(ref, urgency);
          wished.put(ref, now);
          moved.signal();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Those of a lane that wait because they failed wait no more. */
  public void wake(Ref lane) {
    lock.lock();
    try {
      agenda.wake(lane);
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Since when an object that runs now had wished to, by this queue's clock: when it was last
   * added, or when its time came. Empty for one that does not run.
   */
  public OptionalLong since(Ref ref) {
    lock.lock();
    try {
      Long since = waited.get(ref);
      return since == null ? OptionalLong.empty() : OptionalLong.of(since);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next object to run. No other caller gets the same one before {@link #finish};
   * empty when the queue is closed.
   */
  public Optional<Ref> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        Optional<Ref> next = polled();
        if (next.isPresent()) {
          return next;
        }
        OptionalLong wait = untilNext();
        if (wait.isPresent()) {
          moved.awaitNanos(Math.clamp(wait.getAsLong(), 1, LONGEST_WAIT));
        } else {
          moved.await();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #take} without waiting: empty when nothing is to run now. */
  public Optional<Ref> poll() {
    lock.lock();
    try {
      return closed ? Optional.empty() : polled();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Ref> polled() {
    long now = nanos.getAsLong();
    Optional<Ref> next = agenda.poll(now);
    if (next.isPresent()) {
      Long since = wished.remove(next.get());
      waited.put(next.get(), since == null ? now : since);
    }
    return next;
  }

  /**
   * How long until something is to run though nothing else happens, in nanoseconds; empty when
   * nothing is.
   */
  public OptionalLong idleFor() {
    lock.lock();
    try {
      return untilNext();
    } finally {
      lock.unlock();
    }
  }

  private OptionalLong untilNext() {
    OptionalLong due = agenda.nextDue();
    OptionalLong opening = agenda.nextOpening();
    if (due.isEmpty()) {
      return opening;
    }
    long wait = Math.max(0, due.getAsLong() - nanos.getAsLong());
    return OptionalLong.of(Math.min(wait, opening.orElse(Long.MAX_VALUE)));
  }

  /** Ends the run of an object that {@link #take} gave out. */
  public void finish(Ref ref, Next next) {
    lock.lock();
    try {
      waited.remove(ref);
      agenda.finish(ref, next, nanos.getAsLong());
      moved.signal();
      if (agenda.depth().running() == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets everything that is not running. */
  public void clear() {
    lock.lock();
    try {
      agenda.clear();
      wished.clear();
    } finally {
      lock.unlock();
    }
  }

  /** No object is given out any more. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public Depth depth() {
    lock.lock();
    try {
      return agenda.depth();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing runs; whether that came true in time. */
  boolean awaitIdle(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.toNanos();
      while (agenda.depth().running() > 0 && left > 0) {
        left = idle.awaitNanos(left);
      }
      return agenda.depth().running() == 0;
    } finally {
      lock.unlock();
    }
  }
}
