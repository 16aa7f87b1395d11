package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * An SSH key, {@code ssh-ed25519 AAAA…}, used for X25519.
 *
 * <pre>
 * -> ssh-ed25519 tag share
 * ChaCha20-Poly1305(file key), nonce of zeros
 *
 * tag    = the first four bytes of SHA-256(public key as SSH writes it)
 * point  = the recipient's point on the Montgomery curve, u = (1 + y) / (1 - y)
 * tweak  = HKDF-SHA-256(nothing, salt = public key as SSH writes it, "…/ssh-ed25519")
 * key    = HKDF-SHA-256(X25519(tweak, X25519(ephemeral, point)), salt = share | point, "…")
 * </pre>
 */
public final class SshEd25519Recipient implements Recipient {

  static final String INFO = "age-encryption.org/v1/ssh-ed25519";

  private static final BigInteger PRIME = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(PRIME)).mod(PRIME);

  private final byte[] wire;
  private final byte[] point;

  private SshEd25519Recipient(byte[] wire, byte[] point) {
    this.wire = wire;
    this.point = point;
  }

  /** A public key as SSH writes it. */
  static SshEd25519Recipient of(byte[] wire) throws AgeKeyException {
    SshWire in = new SshWire(wire);
    String type = in.text();
    byte[] key = in.string();
    if (!type.equals(SshWire.ED25519) || key.length != Primitives.KEY || !in.isAtEnd()) {
      throw new AgeKeyException("invalid Ed25519 public key");
    }
    return new SshEd25519Recipient(wire.clone(), montgomery(key));
  }

  private static byte[] montgomery(byte[] edwards) throws AgeKeyException {
    byte[] bigEndian = new byte[Primitives.KEY];
    for (int i = 0; i < Primitives.KEY; i++) {
      bigEndian[i] = edwards[Primitives.KEY - 1 - i];
    }
    bigEndian[0] &= 0x7f;
    BigInteger y = new BigInteger(1, bigEndian).mod(PRIME);
    BigInteger square = y.multiply(y).mod(PRIME);
    // x² = (y² - 1) / (d y² + 1) must have a root; a product has one where the quotient has.
    BigInteger x2 =
        square.subtract(BigInteger.ONE).multiply(D.multiply(square).add(BigInteger.ONE));
    BigInteger euler = x2.modPow(PRIME.subtract(BigInteger.ONE).shiftRight(1), PRIME);
    if (y.equals(BigInteger.ONE) || euler.compareTo(BigInteger.ONE) > 0) {
      throw new AgeKeyException("invalid Ed25519 public key");
    }
    BigInteger u =
        BigInteger.ONE.add(y).multiply(BigInteger.ONE.subtract(y).modInverse(PRIME)).mod(PRIME);
    byte[] point = new byte[Primitives.KEY];
    for (int i = 0; i < Primitives.KEY; i++) {
      point[i] = u.shiftRight(8 * i).byteValue();
    }
    if (Primitives.x25519(new byte[Primitives.KEY], point).isEmpty()) {
      throw new AgeKeyException("a point of low order");
    }
    return point;
  }

  Stanza wrap(SecretBytes fileKey, SecureRandom random) {
    byte[] ephemeral = new byte[Primitives.KEY];
    random.nextBytes(ephemeral);
    byte[] share = Primitives.x25519Public(ephemeral);
    // Whoever made this recipient has shown that the point is none of low order.
    byte[] secret = Primitives.x25519(ephemeral, point).orElseThrow();
    byte[] key = key(secret, share, point, wire);
    try {
      return new Stanza(
          SshWire.ED25519,
          List.of(SshWire.tag(wire), StrictBase64.UNPADDED.text(share)),
          fileKey.with(bytes -> Primitives.wrap(key, bytes)));
    } finally {
      Arrays.fill(ephemeral, (byte) 0);
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  byte[] wire() {
    return wire;
  }

  byte[] point() {
    return point;
  }

  static byte[] key(byte[] agreed, byte[] share, byte[] point, byte[] wire) {
    byte[] info = SshWire.ascii(INFO);
    byte[] tweak = Primitives.expand(Primitives.extract(wire, new byte[0]), info, Primitives.KEY);
    // No multiple of a point of the great subgroup is of low order.
    byte[] secret = Primitives.x25519(tweak, agreed).orElseThrow();
    try {
      return Primitives.expand(
          Primitives.extract(Primitives.concat(share, point), secret), info, Primitives.KEY);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshEd25519Recipient that && Arrays.equals(wire, that.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  /** {@code ssh-ed25519 AAAA…}, without a comment. */
  @Override
  public String toString() {
    return SshWire.ED25519 + " " + StrictBase64.PADDED.text(wire);
  }
}
