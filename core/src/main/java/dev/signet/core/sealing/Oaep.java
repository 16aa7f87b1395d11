package dev.signet.core.sealing;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * EME-OAEP decoding (RFC 8017 7.1.2 step 3) with SHA-256 for both the label and MGF1.
 *
 * <pre>
 * encoded = 00 | seed ^ MGF1(db) (32) | db ^ MGF1(seed)       as long as the modulus
 * db      = SHA-256(label) (32) | 00 … 00 | 01 | message
 * </pre>
 *
 * <p>Whoever can tell <em>why</em> decoding failed, above all whether the first byte was the
 * problem, can decrypt anything by asking often enough (Manger, CRYPTO 2001). So all checks are
 * made on every input, in the same steps whatever the bytes are, and end in one bit: no branch, no
 * index and no exception depends on the content before that bit is known. The number of hash
 * computations depends on the length alone. A message is copied out only when the bit says so.
 *
 * <p>Ours, because some providers of the RSA operation take no label and others know no OAEP at
 * all; see {@link RawRsa}. One instance serves one thread.
 */
final class Oaep {

  private static final int HASH = 32;

  private final MessageDigest sha256;

  Oaep(MessageDigest sha256) {
    this.sha256 = sha256;
  }

  /** The shortest modulus, in bytes, that leaves room for an empty message. */
  static int minSize() {
    return 2 * HASH + 2;
  }

  /**
   * Decodes in place.
   *
   * @param encoded what the private operation returned, at least {@link #minSize} bytes; it is
   *     overwritten with something that must be zeroed
   * @return the message, which the caller zeroes, or nothing
   */
  Optional<byte[]> decode(byte[] encoded, byte[] label) {
    byte[] labelHash = sha256.digest(label);
    int db = 1 + HASH;
    int dbLength = encoded.length - db;
    mask(encoded, db, dbLength, 1, HASH);
    mask(encoded, 1, HASH, db, dbLength);

    int bad = encoded[0];
    for (int i = 0; i < HASH; i++) {
      bad |= encoded[db + i] ^ labelHash[i];
    }
    int looking = ~0;
    int message = 0;
    for (int i = db + HASH; i < encoded.length; i++) {
      int octet = encoded[i] & 0xff;
      int found = looking & allOnesIfZero(octet ^ 1);
      message |= found & (i + 1);
      looking &= ~found;
      bad |= looking & octet;
    }
    bad |= looking;

    return bad == 0
        ? Optional.of(Arrays.copyOfRange(encoded, message, encoded.length))
        : Optional.empty();
  }

  /** {@code ~0} for 0, 0 for every other number from 0 to 255. */
  private static int allOnesIfZero(int octet) {
    return (octet - 1) >> 31;
  }

  /** Adds MGF1 (RFC 8017 B.2.1) of one part of {@code bytes} to another part. */
  private void mask(byte[] bytes, int seed, int seedLength, int target, int targetLength) {
    byte[] counter = new byte[4];
    for (int done = 0, n = 0; done < targetLength; done += HASH, n++) {
      counter[2] = (byte) (n >> 8);
      counter[3] = (byte) n;
      sha256.update(bytes, seed, seedLength);
      byte[] block = sha256.digest(counter);
      int length = Math.min(HASH, targetLength - done);
      for (int i = 0; i < length; i++) {
        bytes[target + done + i] ^= block[i];
      }
      Arrays.fill(block, (byte) 0);
    }
  }
}
