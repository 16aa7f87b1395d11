package dev.signet.delivery.store;

import dev.signet.delivery.Problem;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Reading a value and writing it back, one after the other for the same value: stores that cannot
 * say which value a write replaces would else lose what somebody else of this process wrote.
 */
public final class Turns {

  private static final int MANY = 64;

  /** What is done while nobody else has that turn. */
  @FunctionalInterface
  public interface Work {
    void run() throws StoreException;
  }

  private final ReentrantLock[] locks =
      IntStream.range(0, MANY).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  /**
   * Waits for the turn.
   *
   * @param name of the value, the same whoever writes it
   */
  public void of(String name, Work work) throws StoreException {
    ReentrantLock lock = locks[Math.floorMod(name.hashCode(), MANY)];
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(new Problem.Unreachable(), "interrupted while waiting to write");
    }
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }
}
