package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * The key that a passphrase stands for.
 *
 * <pre>
 * -> scrypt salt log2(N)
 * ChaCha20-Poly1305(file key), nonce of zeros
 *
 * key = scrypt(passphrase, "age-encryption.org/v1/scrypt" | salt, N, r = 8, p = 1)
 * </pre>
 *
 * <p>It takes N KiB of memory. The file says N, so whoever reads sets a limit; beyond that, what
 * this process does not have is refused before it is asked for, and one is computed at a time.
 */
final class Scrypt {

  static final String STANZA = "scrypt";
  static final int SALT = 16;

  private static final byte[] LABEL =
      "age-encryption.org/v1/scrypt".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK_SIZE = 8;

  private Scrypt() {}

  static synchronized byte[] key(SecretBytes passphrase, byte[] salt, int workFactor) {
    byte[] labelled = Arrays.copyOf(LABEL, LABEL.length + salt.length);
    System.arraycopy(salt, 0, labelled, LABEL.length, salt.length);
    return passphrase.with(
        bytes -> SCrypt.generate(bytes, labelled, 1 << workFactor, BLOCK_SIZE, 1, Primitives.KEY));
  }

  static long memory(int workFactor) {
    return (128L * BLOCK_SIZE) << workFactor;
  }
}
