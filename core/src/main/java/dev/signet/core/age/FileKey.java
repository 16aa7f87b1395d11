package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;

/** What the stanzas of a file wrap: 16 random bytes from which its other keys are derived. */
final class FileKey {

  static final int SIZE = 16;

  private static final byte[] NO_SALT = new byte[0];

  private FileKey() {}

  static SecretBytes generate(SecureRandom random) {
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    return SecretBytes.wrap(bytes);
  }

  static SecretBytes macKey(SecretBytes fileKey) {
    return SecretBytes.wrap(
        fileKey.with(bytes -> Primitives.hkdf(bytes, NO_SALT, /* info= */ "header")));
  }

  static SecretBytes payloadKey(SecretBytes fileKey, byte[] nonce) {
    return SecretBytes.wrap(
        fileKey.with(bytes -> Primitives.hkdf(bytes, nonce, /* info= */ "payload")));
  }
}
