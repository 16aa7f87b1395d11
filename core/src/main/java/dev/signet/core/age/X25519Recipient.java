package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * A public key, {@code age1…}.
 *
 * <pre>
 * -> X25519 share
 * ChaCha20-Poly1305(file key), nonce of zeros
 *
 * share = ephemeral point
 * key   = HKDF-SHA-256(X25519(ephemeral, recipient), salt = share | recipient, "…/X25519")
 * </pre>
 */
public final class X25519Recipient implements Recipient {

  static final String STANZA = "X25519";
  static final String INFO = "age-encryption.org/v1/X25519";
  static final String PREFIX = "age";

  private final byte[] point;

  private X25519Recipient(byte[] point) {
    this.point = point;
  }

  /** A point that gives everybody the same shared secret is refused. */
  static X25519Recipient of(byte[] point) throws AgeKeyException {
    if (point.length != Primitives.KEY) {
      throw new AgeKeyException("a key of another size");
    }
    byte[] any = new byte[Primitives.KEY];
    if (Primitives.x25519(any, point).isEmpty()) {
      throw new AgeKeyException("a point of low order");
    }
    return new X25519Recipient(point.clone());
  }

  static X25519Recipient parse(String text) throws AgeKeyException {
    Bech32.Decoded decoded = Bech32.decode(text.getBytes(StandardCharsets.UTF_8));
    if (!decoded.prefix().equals(PREFIX)) {
      throw new AgeKeyException("unknown type " + decoded.prefix());
    }
    return of(decoded.bytes());
  }

  Stanza wrap(SecretBytes fileKey, SecureRandom random) {
    byte[] ephemeral = new byte[Primitives.KEY];
    random.nextBytes(ephemeral);
    byte[] share = Primitives.x25519Public(ephemeral);
    // Whoever made this recipient has shown that the point is none of low order.
    byte[] secret = Primitives.x25519(ephemeral, point).orElseThrow();
    byte[] key = key(secret, share, point);
    try {
      return new Stanza(
          STANZA,
          List.of(StrictBase64.UNPADDED.text(share)),
          fileKey.with(bytes -> Primitives.wrap(key, bytes)));
    } finally {
      Arrays.fill(ephemeral, (byte) 0);
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  static byte[] key(byte[] secret, byte[] share, byte[] recipient) {
    byte[] salt = Arrays.copyOf(share, share.length + recipient.length);
    System.arraycopy(recipient, 0, salt, share.length, recipient.length);
    return Primitives.hkdf(secret, salt, INFO);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X25519Recipient that && Arrays.equals(point, that.point);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(point);
  }

  /** {@code age1…} */
  @Override
  public String toString() {
    return Bech32.text(PREFIX, point);
  }
}
