package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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
 * <p>An old token is left to run out rather than revoked: its leases end with it. The last one is
 * revoked with the store that it was for, or with the process if nothing hangs on it.
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

    /** Ends it, and all that hangs on it. */
    void revoke(String token) throws StoreException;

    /** Whether a login can bring another token. */
    boolean replaces();
  }

  /**
   * A token that was given out.
   *
   * @param accessor by which others name it; empty where that was not said
   * @param life zero for one that does not end
   */
  record Grant(SecretBytes token, String accessor, Duration life, boolean renewable) {}

  /**
   * A token to be used now.
   *
   * @param accessor by which others name it; empty where that was not said
   * @param left until it ends unless it is renewed; zero for one that does not end
   * @param number tells it from the ones before
   */
  record Use(String token, String accessor, Duration left, long number) {}

  /**
   * The token that is used now.
   *
   * @param left zero for one that does not end
   */
  record Standing(String accessor, Duration left) {}

  private static final Duration ENDING = Duration.ofSeconds(5);

  private final String name;
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
  private @Nullable Issuer issuer;

  /** Whether something hangs on the token that is to outlive this process. */
  private boolean kept;

  Session(LongSupplier nanos) {
    this("", nanos);
  }

  /**
   * @param name what its logins are for
   */
  Session(String name, LongSupplier nanos) {
    this.name = name;
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
    this.issuer = issuer;
    kept = false;
    life = fresh.life();
    since = now;
    number++;
    return used(fresh);
  }

  private Use used(Grant held) {
    return new Use(text(held), held.accessor(), left(), number);
  }

  private Duration left() {
    long left = life.toNanos() - (nanos.getAsLong() - since);
    return life.isZero() ? Duration.ZERO : Duration.ofNanos(Math.max(left, 1));
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

  Standing standing(Issuer issuer) throws StoreException {
    var _ = use(issuer);
    lock();
    try {
      return new Standing(grant == null ? "" : grant.accessor(), left());
    } finally {
      lock.unlock();
    }
  }

  void keep() {
    lock.lock();
    try {
      kept = true;
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

  /**
   * Revokes the token, if it came of a login.
   *
   * @param whole even if leases hang on it that somebody may use
   */
  private void end(boolean whole) {
    lock.lock();
    try {
      if (grant != null
          && issuer != null
          && issuer.replaces()
          && !kept
          && (whole || !leases.any())) {
        issuer.revoke(text(grant));
      }
    } catch (StoreException e) {
      // It runs out by itself.
    } finally {
      lock.unlock();
      close();
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
  static final class Pool implements AutoCloseable {

    private static final int MOST = 4096;

    private final LongSupplier nanos;
    private final Map<String, Session> sessions =
        new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

    Pool(LongSupplier nanos) {
      this.nanos = nanos;
    }

    /** There is nobody any more of that name: nothing is used that it got. */
    void gone(String name) {
      end(taken(session -> session.name.equals(name)), /* whole= */ true);
    }

    /** The process ends; who comes after it may still use what was delivered. */
    @Override
    public void close() {
      end(taken(_ -> true), /* whole= */ false);
    }

    private synchronized List<Session> taken(Predicate<Session> which) {
      List<Session> taken = sessions.values().stream().filter(which).toList();
      sessions.values().removeAll(taken);
      return taken;
    }

    private static void end(List<Session> sessions, boolean whole) {
      List<Thread> ending = new ArrayList<>();
      for (Session each : sessions) {
        ending.add(Thread.ofVirtual().start(() -> each.end(whole)));
      }
      long until = System.nanoTime() + ENDING.toNanos();
      try {
        for (Thread each : ending) {
          each.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /**
     * @param name what its logins are for
     */
    synchronized Session of(String key, String name) {
      Session session = sessions.computeIfAbsent(key, _ -> new Session(name, nanos));
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
