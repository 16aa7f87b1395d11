package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
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
  private boolean closed;

  /**
   * @param nanos a clock that only goes forward, as {@link System#nanoTime} is
   */
  public WorkQueue(Pace pace, LongSupplier nanos) {
    this.agenda = new Agenda(pace);
    this.nanos = nanos;
  }

  /** Wants a run of that object as soon as its urgency allows. */
  public void add(Ref ref, Urgency urgency) {
    lock.lock();
    try {
      if (!closed) {
        agenda.add(ref, urgency);
        moved.signal();
      }
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
        long now = nanos.getAsLong();
        Optional<Ref> next = agenda.poll(now);
        if (next.isPresent()) {
          return next;
        }
        OptionalLong due = agenda.nextDue();
        if (due.isPresent()) {
          moved.awaitNanos(Math.clamp(due.getAsLong() - now, 1, LONGEST_WAIT));
        } else {
          moved.await();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the run of an object that {@link #take} gave out. */
  public void finish(Ref ref, Next next) {
    lock.lock();
    try {
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
