package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The payload of an age file: STREAM (Hoang, Reyhanitabar, Rogaway, Vizár) over ChaCha20-Poly1305.
 *
 * <pre>
 * nonce (16) | chunk ... | last chunk
 *
 * chunk = ChaCha20-Poly1305(64 KiB of plain text), tag of 16 bytes last
 * nonce of a chunk = counter (11, big-endian) | 1 for the last one, else 0
 * key   = HKDF-SHA-256(file key, salt = nonce, "payload")
 * </pre>
 *
 * <p>All chunks but the last are full, and the last is not empty unless it is the only one. So a
 * payload has one form, and a file that was cut off, even between chunks, is told from a whole one.
 * A chunk is handed out once it is known to be genuine, so memory is bounded by two of them.
 */
final class Chunks {

  static final int PLAIN = 64 * 1024;
  static final int SEALED = PLAIN + Primitives.TAG;
  static final int NONCE = 16;

  private final Cipher cipher = Primitives.chaCha20Poly1305();
  private final SecretKeySpec key;
  private final byte[] nonce = new byte[12];

  Chunks(SecretBytes fileKey, byte[] payloadNonce) {
    try (SecretBytes derived = FileKey.payloadKey(fileKey, payloadNonce)) {
      this.key = derived.with(bytes -> new SecretKeySpec(bytes, "ChaCha20"));
    }
  }

  boolean atFirst() {
    for (int i = 0; i < nonce.length - 1; i++) {
      if (nonce[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Seals the next chunk and returns its length. */
  int seal(byte[] plain, int length, boolean last, byte[] into) {
    try {
      return apply(Cipher.ENCRYPT_MODE, plain, length, last, into);
    } catch (GeneralSecurityException e) {
      throw Primitives.missing("ChaCha20-Poly1305", e);
    }
  }

  /** Opens the next chunk and returns its length; -1, if it is not that chunk. */
  int open(byte[] sealed, int length, boolean last, byte[] into) {
    if (length < Primitives.TAG) {
      return -1;
    }
    try {
      return apply(Cipher.DECRYPT_MODE, sealed, length, last, into);
    } catch (InvalidKeyException | InvalidAlgorithmParameterException e) {
      throw Primitives.missing("ChaCha20-Poly1305", e);
    } catch (GeneralSecurityException notGenuine) {
      return -1;
    }
  }

  private int apply(int mode, byte[] from, int length, boolean last, byte[] into)
      throws GeneralSecurityException {
    nonce[nonce.length - 1] = (byte) (last ? 1 : 0);
    cipher.init(mode, key, new IvParameterSpec(nonce));
    return cipher.doFinal(from, 0, length, into, 0);
  }

  /** Goes on to the chunk after the one that was sealed or opened. */
  void advance() {
    for (int i = nonce.length - 2; i >= 0; i--) {
      if (++nonce[i] != 0) {
        return;
      }
    }
    throw new IllegalStateException("a payload of more than 2^88 chunks");
  }

  static void zero(byte[] bytes) {
    Arrays.fill(bytes, (byte) 0);
  }
}
