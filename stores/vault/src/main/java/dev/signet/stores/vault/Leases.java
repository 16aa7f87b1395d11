package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Values that an engine made for one token, a user of a database for instance, which live as long
 * as their lease: one at a time for each path, read by everybody who asks for that path as the same
 * identity. So a user and its password come from one lease however many requests ask for them, and
 * looking again does not make another user.
 *
 * <p>A lease is renewed when it is used and was not heard of for half a minute. It is replaced when
 * the server does not know it any more, when its token was replaced, or when renewing leaves less
 * than two thirds of its time: whoever has it may come back as late as that. One that cannot be
 * renewed is replaced after two thirds of its time. The one before is left to run out; who began
 * with it gets it to the end.
 */
final class Leases implements AutoCloseable {

  private static final long TRUSTED = Duration.ofSeconds(30).toNanos();

  /** Where leases come from. */
  interface Engine {
    /** Empty where what is there has no lease. */
    Optional<Lease> read() throws StoreException;

    /** What is left after it was renewed by that much. */
    Duration renewed(String id, Duration by) throws StoreException;

    /** The number of the token that is used now. */
    long token() throws StoreException;
  }

  /** What was given out; {@code data} is JSON. */
  record Lease(String id, SecretBytes data, Duration life, boolean renewable) {}

  /** A copy of what a lease holds, the caller's. */
  record Held(String id, SecretBytes data) {}

  private static final class Slot {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Lease current;
    @Nullable Lease before;
    long token;
    long since;
    long heard;
    long ends;
    boolean renewable;
  }

  private final LongSupplier nanos;
  private final Map<String, Slot> slots = new ConcurrentHashMap<>();

  Leases(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether there is any. */
  boolean any() {
    return slots.values().stream().anyMatch(slot -> slot.current != null);
  }

  /** Whether there was one under that path. */
  boolean has(String path) {
    Slot slot = slots.get(path);
    return slot != null && slot.current != null;
  }

  /**
   * The lease of that path; empty where what is there has none.
   *
   * @param wanted the one that the caller has begun with, empty when it has not
   */
  Optional<Held> get(String path, String wanted, Engine engine) throws StoreException {
    Slot slot = slots.computeIfAbsent(path, _ -> new Slot());
    try {
      slot.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Unreachable(), "interrupted while waiting for a lease of " + path);
    }
    try {
      Optional<Held> begun = begun(slot, wanted);
      if (begun.isPresent()) {
        return begun;
      }
      Lease current = slot.current;
      if (current != null && good(slot, current, engine)) {
        return Optional.of(held(current));
      }
      Optional<Lease> fresh = engine.read();
      fresh.ifPresent(it -> replace(slot, it));
      if (fresh.isEmpty()) {
        slots.remove(path, slot);
        return Optional.empty();
      }
      slot.token = engine.token();
      return fresh.map(Leases::held);
    } finally {
      slot.lock.unlock();
    }
  }

  private static Optional<Held> begun(Slot slot, String wanted) {
    if (slot.current != null && slot.current.id().equals(wanted)) {
      return Optional.of(held(slot.current));
    }
    return slot.before != null && slot.before.id().equals(wanted)
        ? Optional.of(held(slot.before))
        : Optional.empty();
  }

  private static Held held(Lease lease) {
    return new Held(lease.id(), lease.data().copy());
  }

  private boolean good(Slot slot, Lease lease, Engine engine) throws StoreException {
    long now = nanos.getAsLong();
    long life = lease.life().toNanos();
    if (now >= slot.ends || slot.token != engine.token()) {
      return false;
    }
    if (now - slot.heard < Math.min(TRUSTED, life / 3)) {
      return true;
    }
    if (!slot.renewable) {
      return now - slot.since < life / 3 * 2;
    }
    try {
      long left = engine.renewed(lease.id(), lease.life()).toNanos();
      slot.heard = now;
      slot.ends = now + left;
      return left >= life / 3 * 2;
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Denied) {
        // It may read and not renew.
        slot.renewable = false;
        return now - slot.since < life / 3 * 2;
      }
      return e.problem() instanceof Problem.Unreachable || e.problem() instanceof Problem.Throttled;
    }
  }

  private void replace(Slot slot, Lease fresh) {
    if (slot.before != null) {
      slot.before.data().close();
    }
    slot.before = slot.current;
    slot.current = fresh;
    long now = nanos.getAsLong();
    slot.since = now;
    slot.heard = now;
    slot.ends = now + fresh.life().toNanos();
    slot.renewable = fresh.renewable();
  }

  @Override
  public void close() {
    for (Slot slot : slots.values()) {
      slot.lock.lock();
      try {
        if (slot.current != null) {
          slot.current.data().close();
        }
        if (slot.before != null) {
          slot.before.data().close();
        }
        slot.current = null;
        slot.before = null;
      } finally {
        slot.lock.unlock();
      }
    }
  }
}
