package dev.signet.stores.https;

import dev.signet.delivery.store.StoreException;
import java.util.concurrent.locks.ReentrantLock;

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

  private final ReentrantLock[] locks = new ReentrantLock[MANY];

  public Turns() {
    for (int i = 0; i < MANY; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /**
   * Waits for the turn.
   *
   * @param name of the value, the same whoever writes it
   */
  public void of(String name, Work work) throws StoreException {
    ReentrantLock lock = locks[Math.floorMod(name.hashCode(), MANY)];
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }
}
