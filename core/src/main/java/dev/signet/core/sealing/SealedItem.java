package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * The bytes of one sealed value.
 *
 * <pre>
 * length (2, big-endian) | wrapped session key (length bytes) | body
 *
 * wrapped session key = RSA-OAEP(session key), SHA-256 for label and MGF1, label of the scope
 * body                = AES-GCM(value), nonce of 12 zero bytes, no associated data, 16-byte tag last
 * </pre>
 *
 * <p>We seal with a session key of 32 bytes, which is used for nothing else: hence the fixed nonce.
 * We open with 16 and 24 as well, because upstream does. Nothing tells which key it was sealed
 * with. The wrapped key may lack leading zero bytes; see {@link #fits}.
 *
 * <p>Limits: the wrapped key has at most 65535 bytes by its length field and 2048 by {@link
 * RsaPublicKey}'s; the body is as long as the value, so that opening needs no more memory than was
 * put in, and whoever reads the ciphertext bounds it.
 *
 * <p>Source of the layout: bitnami-labs/sealed-secrets v0.40.0, pkg/crypto.
 */
final class SealedItem {

  static final int LENGTH_FIELD = 2;
  static final int TAG = 16;

  /**
   * How many leading zero bytes a wrapped key may lack. A wrapped key is a number that looks drawn
   * at random from all below the modulus, so this many zero bytes at its start turn up once in
   * 2^128: a shorter one belongs to a shorter key, and trying it on this one is a waste.
   */
  private static final int MAX_MISSING_ZEROS = 16;

  private final byte[] bytes;
  private final int bodyStart;

  private SealedItem(byte[] bytes, int bodyStart) {
    this.bytes = bytes;
    this.bodyStart = bodyStart;
  }

  /** Nothing, if the bytes end before the wrapped key does. Keeps the array. */
  static Optional<SealedItem> parse(byte[] bytes) {
    if (bytes.length < LENGTH_FIELD) {
      return Optional.empty();
    }
    int wrappedLength = ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    int bodyStart = LENGTH_FIELD + wrappedLength;
    return bytes.length < bodyStart
        ? Optional.empty()
        : Optional.of(new SealedItem(bytes, bodyStart));
  }

  /** Whether a key can have made this: the wrapped key is as long and, as a number, smaller. */
  boolean fits(RsaPublicKey key) {
    int missing = key.size() - wrappedLength();
    if (missing < 0 || missing > MAX_MISSING_ZEROS) {
      return false;
    }
    byte[] modulus = key.modulus().toByteArray();
    int sign = modulus.length - key.size();
    return missing > 0
        || Arrays.compareUnsigned(bytes, LENGTH_FIELD, bodyStart, modulus, sign, modulus.length)
            < 0;
  }

  /** The wrapped key as a number of that many bytes. */
  byte[] wrapped(int size) {
    byte[] number = new byte[size];
    System.arraycopy(bytes, LENGTH_FIELD, number, size - wrappedLength(), wrappedLength());
    return number;
  }

  /** Opens the body, if this is its session key. */
  Optional<SecretBytes> openBody(SessionKey sessionKey) {
    return sessionKey.open(bytes, bodyStart);
  }

  /** What tells this item from others: the hash of its wrapped key, which is random. */
  byte[] digest() {
    var sha256 = RsaPublicKey.sha256();
    sha256.update(bytes, LENGTH_FIELD, wrappedLength());
    return sha256.digest();
  }

  int wrappedLength() {
    return bodyStart - LENGTH_FIELD;
  }
}
