package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when this process begins to lead: it waits for its caches, sees to the sealing keys
 * and lets the engine run. All of that ends when the lead does.
 */
final class Turns implements Leadership.Listener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.leadership");
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Engine engine;
  private final BooleanSupplier synced;
  private final KeyKeeper keys;
  private final AtomicBoolean resumed = new AtomicBoolean();
  private Optional<Thread> turn = Optional.empty();

  Turns(Engine engine, BooleanSupplier synced, KeyKeeper keys) {
    this.engine = engine;
    this.synced = synced;
    this.keys = keys;
  }

  @Override
  public synchronized void leads() {
    LOG.info("this process leads");
    begins();
  }

  /** As {@link #leads}, in a process that writes nothing. */
  synchronized void watches() {
    LOG.info("shadow mode: this process compares, and writes nothing");
    begins();
  }

  /** SealedSecrets had to wait and wait no more: keys that are due are made, then all runs. */
  void resume() {
    resumed.set(true);
    keys.wake();
  }

  private void begins() {
    turn = Optional.of(Thread.ofVirtual().name("turn").start(this::turn));
  }

  @Override
  public synchronized void standsBy() {
    LOG.info("this process stands by");
    end();
    engine.standBy();
  }

  @Override
  public void failed(ObjectsException why) {
    LOG.warn("cannot take part in choosing a leader: {}", why.getMessage());
  }

  private synchronized void end() {
    turn.ifPresent(Thread::interrupt);
    turn = Optional.empty();
  }

  private void turn() {
    try {
      while (!synced.getAsBoolean()) {
        Thread.sleep(LOOK);
      }
      var _ = keys.look();
      begin();
      while (true) {
        keys.rest();
        // Most of what a new key can open has been told by then; where keys cannot be watched, not.
        if (keys.look()) {
          begin();
        }
        if (resumed.getAndSet(false)) {
          engine.resume(StandingBack.kind());
        }
      }
    } catch (InterruptedException e) {
      // The lead is over.
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void begin() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    engine.lead();
  }

  @Override
  public synchronized void close() {
    end();
  }
}
