package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * Whoever knows a passphrase; nobody else can be a recipient of the same file.
 *
 * @param text in UTF-8; the caller closes it
 * @param workFactor the binary logarithm of scrypt's cost
 */
public record PassphraseRecipient(SecretBytes text, int workFactor) implements Recipient {

  /** 256 MiB of memory and a good second. */
  public static final int USUAL_WORK_FACTOR = 18;

  public PassphraseRecipient {
    if (workFactor < 1 || workFactor > PassphraseIdentity.USUAL_LIMIT) {
      throw new IllegalArgumentException("a work factor of " + workFactor + " cannot be used");
    }
  }

  Stanza wrap(SecretBytes fileKey, SecureRandom random) {
    byte[] salt = new byte[Scrypt.SALT];
    random.nextBytes(salt);
    byte[] key = Scrypt.key(text, salt, workFactor);
    try {
      return new Stanza(
          Scrypt.STANZA,
          List.of(StrictBase64.UNPADDED.text(salt), Integer.toString(workFactor)),
          fileKey.with(bytes -> Primitives.wrap(key, bytes)));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
