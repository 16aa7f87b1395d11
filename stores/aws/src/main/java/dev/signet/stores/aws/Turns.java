package dev.signet.stores.aws;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Who reads a value to write another one in its place does so alone within this process: AWS keeps
 * nobody from writing over what was not read.
 */
final class Turns {

  private static final int LOCKS = 64;

  private final ReentrantLock[] locks =
      IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

  @FunctionalInterface
  interface Step {
    void run() throws StoreException;
  }

  void alone(String key, Step step) throws StoreException {
    ReentrantLock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(new Problem.Unreachable(), "interrupted while waiting to write");
    }
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }
}
