package dev.signet.core.sealing;

import java.security.Provider;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Whose RSA opens: the JDK's first, for it is there; and another one, which is faster but costs
 * time and memory to load, from the moment when the JDK's has worked so much that loading would
 * have paid. Who opens little never loads it, whatever program that is, and nobody pays more than
 * about twice what knowing the future would have cost.
 *
 * <p>Work is counted in private operations of RSA 2048; one of RSA 4096 is eight of these, as the
 * cost grows with the third power of the length. The thread that passes the mark loads while the
 * others go on with the JDK's. It is tried once.
 */
public final class RsaProviders {

  /** The third power of the bytes of a modulus of 2048 bits. */
  private static final int UNIT_BITS = 24;

  private final long mark;
  private final Supplier<Optional<Provider>> other;
  private final AtomicLong work = new AtomicLong();
  private final AtomicBoolean tried = new AtomicBoolean();
  private volatile Optional<Provider> loaded = Optional.empty();

  private RsaProviders(long mark, Supplier<Optional<Provider>> other) {
    this.mark = mark;
    this.other = other;
  }

  /** The JDK's, always. */
  public static RsaProviders jdk() {
    return new RsaProviders(Long.MAX_VALUE, Optional::empty);
  }

  /**
   * The JDK's for so much work, then the other one.
   *
   * @param operations of RSA 2048
   * @param other loads it, if it can be had; does not throw
   */
  public static RsaProviders after(long operations, Supplier<Optional<Provider>> other) {
    return new RsaProviders(operations, other);
  }

  /** The other one, if it is its turn, for an operation with a modulus of so many bytes. */
  Optional<Provider> next(int size) {
    if (tried.get()) {
      return loaded;
    }
    long cost = ((long) size * size * size) >> UNIT_BITS;
    if (work.addAndGet(cost) > mark && tried.compareAndSet(false, true)) {
      loaded = other.get();
    }
    return loaded;
  }

  /** The name of the provider that is used now. */
  public String name() {
    return loaded.orElseGet(SessionKey::provider).getName();
  }
}
