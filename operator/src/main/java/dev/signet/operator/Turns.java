package dev.signet.operator;

import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.kube.Leadership;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when this process begins to lead: it waits for its caches, makes the first sealing
 * key if there is none, and lets the engine run. All of that ends when the lead does.
 */
final class Turns implements Leadership.Listener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.leadership");
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration KEY_AGAIN = Duration.ofSeconds(30);

  private final Engine engine;
  private final BooleanSupplier synced;
  private final Optional<SealingKeys> keys;
  private Optional<Thread> turn = Optional.empty();

  /**
   * @param keys where a key is made when there is none; empty when none is to be made
   */
  Turns(Engine engine, BooleanSupplier synced, Optional<SealingKeys> keys) {
    this.engine = engine;
    this.synced = synced;
    this.keys = keys;
  }

  @Override
  public synchronized void leads() {
    LOG.info("this process leads");
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
      boolean hasKey = makeKey();
      begin();
      while (!hasKey) {
        Thread.sleep(KEY_AGAIN);
        hasKey = makeKey();
        if (hasKey) {
          begin();
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

  /** Whether there is a key, or none is wanted. */
  private boolean makeKey() throws InterruptedException {
    if (keys.isEmpty()) {
      return true;
    }
    try {
      if (keys.get().ring().size() == 0) {
        SealingKey key = keys.get().create();
        LOG.info("made the sealing key {}", key.name());
        while (keys.get().ring().size() == 0) {
          Thread.sleep(LOOK);
        }
      }
      return true;
    } catch (ObjectsException e) {
      LOG.warn("there is no sealing key and none could be made: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public synchronized void close() {
    end();
  }
}
