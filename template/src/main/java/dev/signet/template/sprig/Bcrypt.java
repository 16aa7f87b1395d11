package dev.signet.template.sprig;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * bcrypt as Go's golang.org/x/crypto has it, for functions of templates. The cost is charged to the
 * execution's steps before any work is done: cost 31, a day of work, ends in the limit at once.
 */
public final class Bcrypt {
  public static final int DEFAULT_COST = 10;
  private static final int MAX_PASSWORD = 72;
  private static final long STEPS_PER_ROUND = 128;

  private Bcrypt() {}

  /** A {@code $2a$} hash with a salt of the execution's random source. */
  public static String hash(Call call, byte[] password, int cost) throws GoError {
    if (password.length > MAX_PASSWORD) {
      throw new GoError("bcrypt: password length exceeds 72 bytes");
    }
    int rounds = cost < 4 ? DEFAULT_COST : cost;
    if (rounds > 31) {
      throw new GoError(
          "crypto/bcrypt: cost " + rounds + " is outside allowed inclusive range 4..31");
    }
    call.meter().steps(STEPS_PER_ROUND << rounds);
    byte[] salt = new byte[16];
    call.random().nextBytes(salt);
    String hash = OpenBSDBCrypt.generate("2a", password, salt, rounds);
    call.meter().time();
    return hash;
  }
}
