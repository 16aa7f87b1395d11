package dev.signet.stores.aws;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * One identity at AWS, and the credentials it has: shared by everybody who asks as that identity.
 *
 * <ul>
 *   <li>One login at a time, the others wait for it. Credentials are used for two thirds of their
 *       life and replaced then. Where that fails because nobody answers, those at hand are used to
 *       their end.
 *   <li>Credentials that AWS calls expired before are replaced once, and not again within a minute.
 *   <li>A login that was refused is not tried again for ten seconds.
 * </ul>
 *
 * <p>The SDK holds credentials as strings, so they cannot be zeroed.
 */
final class Session {

  private static final long BETWEEN_FORCED = Duration.ofMinutes(1).toNanos();
  private static final long AFTER_REFUSAL = Duration.ofSeconds(10).toNanos();

  /** Who logs in. */
  @FunctionalInterface
  interface Issuer {
    Grant login() throws StoreException;
  }

  /**
   * Credentials that were given out.
   *
   * @param life zero for those that are asked for each time, because whoever gives them keeps them
   */
  record Grant(AwsCredentials credentials, Duration life) {}

  /**
   * Credentials to be used now.
   *
   * @param number tells them from the ones before
   */
  record Use(AwsCredentials credentials, long number) {}

  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Grant grant;
  private long number;
  private long since;
  private @Nullable Long forced;
  private @Nullable StoreException refusal;
  private long refused;

  /** Until when this service is asked for one value at a time, by this clock. */
  private final Map<String, Long> apart = new ConcurrentHashMap<>();

  Session(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether that service may be asked for several values with one call. */
  boolean together(String service) {
    Long until = apart.get(service);
    return until == null || nanos.getAsLong() - until >= 0;
  }

  /** Several at once are not asked for in that time. */
  void apart(String service, Duration time) {
    apart.put(service, nanos.getAsLong() + time.toNanos());
  }

  Use use(Issuer issuer) throws StoreException {
    lock();
    try {
      Grant held = grant;
      if (held == null || held.life().isZero()) {
        return login(issuer);
      }
      long age = nanos.getAsLong() - since;
      long life = held.life().toNanos();
      if (age < life / 3 * 2) {
        return new Use(held.credentials(), number);
      }
      try {
        return login(issuer);
      } catch (StoreException e) {
        boolean unanswered =
            e.problem() instanceof Problem.Unreachable || e.problem() instanceof Problem.Throttled;
        if (unanswered && age < life - BETWEEN_FORCED) {
          return new Use(held.credentials(), number);
        }
        throw e;
      }
    } finally {
      lock.unlock();
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
    refusal = null;
    grant = fresh;
    since = now;
    number++;
    return new Use(fresh.credentials(), number);
  }

  /** AWS says that those have expired: whether there are others to try it with now. */
  boolean replaced(long expired, Issuer issuer) throws StoreException {
    lock();
    try {
      if (number != expired) {
        return true;
      }
      long now = nanos.getAsLong();
      if (forced != null && now - forced < BETWEEN_FORCED) {
        return false;
      }
      forced = now;
      var _ = login(issuer);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void lock() throws StoreException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Unreachable(), "interrupted while waiting for a login to AWS");
    }
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
        var _ = all.next();
        all.remove();
      }
      return session;
    }
  }
}
