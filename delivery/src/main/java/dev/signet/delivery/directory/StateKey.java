package dev.signet.delivery.directory;

import dev.signet.core.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * What protects a state file: 32 random bytes from a key file, or a passphrase. Every write derives
 * a fresh AES key and nonce from it and a new random salt, so no pair is ever used twice.
 */
public sealed interface StateKey extends AutoCloseable {

  int KEY_SIZE = 32;

  /** scrypt's cost: about 128 MiB and a third of a second. */
  int SCRYPT_LOG_N = 17;

  /** The random bytes of a key file. */
  record File(SecretBytes bytes) implements StateKey {
    @Override
    public void close() {
      bytes.close();
    }
  }

  /** A passphrase in UTF-8. */
  record Passphrase(SecretBytes text) implements StateKey {
    @Override
    public void close() {
      text.close();
    }
  }

  @Override
  void close();

  /** {@code length} bytes that depend on the key and the salt; the caller zeroes them. */
  default byte[] derive(byte[] salt, int length) {
    byte[] master =
        switch (this) {
          case File(SecretBytes bytes) -> bytes.with(byte[]::clone);
          case Passphrase(SecretBytes text) ->
              text.with(chars -> SCrypt.generate(chars, salt, 1 << SCRYPT_LOG_N, 8, 1, KEY_SIZE));
        };
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(master)
                  .addSalt(salt)
                  .thenExpand(
                      "signet state v1".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                      length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks HKDF-SHA256", e);
    } finally {
      Arrays.fill(master, (byte) 0);
    }
  }
}
