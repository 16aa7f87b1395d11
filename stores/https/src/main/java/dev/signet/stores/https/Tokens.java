package dev.signet.stores.https;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that stores are asked with: one for each identity, however many ask as it.
 *
 * <ul>
 *   <li>Who comes first logs in, the others wait for it; another identity waits for nobody.
 *   <li>A token is replaced when three quarters of its life are over, and when the store says that
 *       it is none any more ({@link #refused}).
 *   <li>Credentials that were refused are left alone for ten seconds: servers lock users out.
 *   <li>Those unused for longest are let go, with all that is known of them.
 * </ul>
 */
public final class Tokens {

  private static final int MOST = 256;
  private static final long LEFT_ALONE = Duration.ofSeconds(10).toNanos();

  /**
   * A token.
   *
   * @param life what is left of it
   */
  public record Token(String text, Duration life) {
    @Override
    public String toString() {
      return "Token[hidden]";
    }
  }

  /** Logs in. */
  @FunctionalInterface
  public interface Login {
    Token token() throws StoreException;
  }

  private static final class Held {
    final ReentrantLock lock = new ReentrantLock();
    @Nullable Token token;
    long renewed;
    @Nullable StoreException refusal;
    long refused;
    boolean forgotten;
    long forgottenAt;
  }

  private final LongSupplier nanos;
  private final Map<String, Held> identities =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

  /**
   * @param nanos a clock that only goes forward
   */
  public Tokens(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * The name of an identity, from all that makes it another: nothing can be told from it.
   *
   * @param parts in a fixed order
   */
  public static String identity(byte[]... parts) {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        all.update(MessageDigest.getInstance("SHA-256").digest(part));
      }
      return HexFormat.of().formatHex(all.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  /** The same of texts. */
  public static String identity(String... parts) {
    byte[][] bytes = new byte[parts.length][];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = parts[i].getBytes(StandardCharsets.UTF_8);
    }
    return identity(bytes);
  }

  /** The token of an identity. */
  public String of(String identity, Login login) throws StoreException {
    Held held = held(identity);
    held.lock.lock();
    try {
      long now = nanos.getAsLong();
      Token known = held.token;
      if (known != null && now - held.renewed < known.life().toNanos() / 4 * 3) {
        return known.text();
      }
      StoreException refusal = held.refusal;
      if (refusal != null && now - held.refused < LEFT_ALONE) {
        throw new StoreException(refusal.problem(), refusal.getMessage());
      }
      Token token = login.token();
      held.token = token;
      held.renewed = now;
      held.refusal = null;
      return token.text();
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Denied && held.refusal != e) {
        held.refusal = e;
        held.refused = nanos.getAsLong();
      }
      throw e;
    } finally {
      held.lock.unlock();
    }
  }

  /**
   * The store says that this is no token any more.
   *
   * @return whether it is worth asking again with another
   */
  public boolean refused(String identity, String token) {
    Held held = held(identity);
    held.lock.lock();
    try {
      Token known = held.token;
      if (known == null) {
        return false;
      }
      if (!known.text().equals(token)) {
        return true;
      }
      // Where its successor is refused as well, tokens are not the reason.
      long now = nanos.getAsLong();
      if (held.forgotten && now - held.forgottenAt < LEFT_ALONE) {
        return false;
      }
      held.forgotten = true;
      held.forgottenAt = now;
      held.token = null;
      return true;
    } finally {
      held.lock.unlock();
    }
  }

  private synchronized Held held(String identity) {
    Held held = identities.computeIfAbsent(identity, _ -> new Held());
    if (identities.size() > MOST) {
      identities.remove(identities.keySet().iterator().next());
    }
    return held;
  }
}
