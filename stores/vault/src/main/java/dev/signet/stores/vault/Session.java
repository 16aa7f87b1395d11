package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One identity at one store, and the token it has: shared by everybody who asks as that identity.
 *
 * <ul>
 *   <li>One login at a time, the others wait for it. A token is used for two thirds of its life,
 *       then renewed, and replaced by a login when it cannot be renewed or would get less than a
 *       third of its life by that.
 *   <li>A refusal by the server ends a token only if the server does not know it any more, which is
 *       asked of the token itself; then there is one login, and no second one within a minute: a
 *       policy that denies a path denies it to the next token as well.
 *   <li>A login that was refused is not tried again with the same credentials for ten seconds:
 *       methods lock users out who fail too often.
 * </ul>
 *
 * <p>An old token is left to run out rather than revoked: its leases end with it.
 */
final class Session implements AutoCloseable {

  private static final long BETWEEN_FORCED = Duration.ofMinutes(1).toNanos();
  private static final long AFTER_REFUSAL = Duration.ofSeconds(10).toNanos();

  /** Who logs in, and what else is done with a token alone. */
  interface Issuer {
    Grant login() throws StoreException;

    /** What is left after it was renewed. */
    Duration renewed(String token) throws StoreException;

    /** Whether the server still knows it. */
    boolean known(String token) throws StoreException;

    /** Whether a login can bring another token. */
    boolean replaces();
  }

  /**
   * A token that was given out.
   *
   * @param life zero for one that does not end
   */
  record Grant(SecretBytes token, Duration life, boolean renewable) {}

  /**
   * A token to be used now.
   *
   * @param number tells it from the ones before
   */
  record Use(String token, long number) {}

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicReference<String> index = new AtomicReference<>("");
  private final Leases leases;
  private @Nullable Grant grant;
  private Duration life = Duration.ZERO;
  private long number;
  private long since;
  private @Nullable Long forced;
  private @Nullable StoreException refusal;
  private long refused;

  Session(LongSupplier nanos) {
    this.nanos = nanos;
    this.leases = new Leases(nanos);
  }

  Use use(Issuer issuer) throws StoreException {
    lock();
    try {
      Grant held = grant;
      if (held == null) {
        return login(issuer);
      }
      long age = nanos.getAsLong() - since;
      if (life.isZero() || age < life.toNanos() / 3 * 2) {
        return used(held);
      }
      if (held.renewable() && age < life.toNanos() && renewed(held, issuer)) {
        return used(held);
      }
      return login(issuer);
    } finally {
      lock.unlock();
    }
  }

  private boolean renewed(Grant held, Issuer issuer) {
    try {
      Duration left = issuer.renewed(text(held));
      if (left.multipliedBy(3).compareTo(held.life()) < 0) {
        return false;
      }
      since = nanos.getAsLong();
      life = left;
      return true;
    } catch (StoreException e) {
      // It still holds; whoever can be reached will say so.
      return e.problem() instanceof Problem.Unreachable || e.problem() instanceof Problem.Throttled;
    }
  }

  private Use login(Issuer issuer) throws StoreException {
    long now = nanos.getAsLong();
    if (refusal != null && now - refused < AFTER_REFUSAL) {
      throw new StoreException(refusal.problem(), refusal.getMessage());
    }
    Grant fresh;
    try {
      fresh = issuer.login();
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Denied || e.problem() instanceof Problem.Malformed) {
        refusal = e;
        refused = now;
      }
      throw e;
    }
    forget();
    refusal = null;
    grant = fresh;
    life = fresh.life();
    since = now;
    number++;
    return used(fresh);
  }

  private Use used(Grant held) {
    return new Use(text(held), number);
  }

  private static String text(Grant held) {
    return held.token().with(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The server denied something to that token: whether there is another one to try it with now. */
  boolean replaced(long denied, Issuer issuer) throws StoreException {
    lock();
    try {
      if (number != denied) {
        return true;
      }
      Grant held = grant;
      long now = nanos.getAsLong();
      if (held == null
          || !issuer.replaces()
          || (forced != null && now - forced < BETWEEN_FORCED)
          || issuer.known(text(held))) {
        return false;
      }
      forced = now;
      var _ = login(issuer);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it has a token that holds for some time. */
  boolean holds() throws StoreException {
    lock();
    try {
      return grant != null && !life.isZero() && nanos.getAsLong() - since < life.toNanos() / 3 * 2;
    } finally {
      lock.unlock();
    }
  }

  Leases leases() {
    return leases;
  }

  /** The state of the server that was seen last, for those who want to read what they wrote. */
  Optional<String> index() {
    return Optional.of(index.get()).filter(it -> !it.isEmpty());
  }

  void seen(String state) {
    index.set(state);
  }

  private void lock() throws StoreException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Unreachable(), "interrupted while waiting for a login to Vault");
    }
  }

  private void forget() {
    if (grant != null) {
      grant.token().close();
      grant = null;
    }
  }

  /** Forgets the token. Who still uses this logs in again. */
  @Override
  public void close() {
    lock.lock();
    try {
      forget();
    } finally {
      lock.unlock();
    }
    leases.close();
  }

  /** The sessions of a process by whose they are; those unused for longest are let go. */
  static final class Pool {

    private static final int MOST = 4096;

    private final LongSupplier nanos;
    private final Map<String, Session> sessions =
        new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

    Pool(LongSupplier nanos) {
      this.nanos = nanos;
    }

    synchronized Session of(String key) {
      Session session = sessions.computeIfAbsent(key, _ -> new Session(nanos));
      if (sessions.size() > MOST) {
        Iterator<Session> all = sessions.values().iterator();
        Session eldest = all.next();
        all.remove();
        eldest.close();
      }
      return session;
    }
  }
}
