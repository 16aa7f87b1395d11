package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** A private key, {@code AGE-SECRET-KEY-1…}; {@link X25519Recipient} says how it is used. */
public final class X25519Identity implements Identity {

  static final String PREFIX = "AGE-SECRET-KEY-";

  private final SecretBytes scalar;
  private final byte[] point;

  private X25519Identity(SecretBytes scalar) {
    this.scalar = scalar;
    this.point = scalar.with(Primitives::x25519Public);
  }

  public static X25519Identity generate(SecureRandom random) {
    byte[] scalar = new byte[Primitives.KEY];
    random.nextBytes(scalar);
    return new X25519Identity(SecretBytes.wrap(scalar));
  }

  static X25519Identity parse(byte[] text) throws AgeKeyException {
    Bech32.Decoded decoded = Bech32.decode(text);
    SecretBytes scalar = SecretBytes.wrap(decoded.bytes());
    if (!decoded.prefix().equals(PREFIX) || scalar.size() != Primitives.KEY) {
      scalar.close();
      throw new AgeKeyException("a key of another type or size");
    }
    return new X25519Identity(scalar);
  }

  /** Who encrypts to this identity needs this. */
  public X25519Recipient recipient() {
    try {
      return X25519Recipient.of(point);
    } catch (AgeKeyException e) {
      throw new IllegalStateException("a multiple of the base point of low order", e);
    }
  }

  /** {@code AGE-SECRET-KEY-1…}, as it stands in an identity file. */
  public SecretBytes text() {
    return scalar.with(bytes -> SecretBytes.wrap(Bech32.encode(PREFIX, bytes)));
  }

  Optional<SecretBytes> unwrap(Stanza stanza) throws AgeException {
    if (!stanza.type().equals(X25519Recipient.STANZA)) {
      return Optional.empty();
    }
    if (stanza.arguments().size() != 1) {
      throw malformed("it needs one argument");
    }
    byte[] share =
        StrictBase64.UNPADDED
            .decode(stanza.arguments().getFirst())
            .filter(bytes -> bytes.length == Primitives.KEY)
            .orElseThrow(() -> malformed("its share is no point"));
    if (stanza.body().length != FileKey.SIZE + Primitives.TAG) {
      throw malformed("its body has another length");
    }
    byte[] secret =
        scalar
            .with(bytes -> Primitives.x25519(bytes, share))
            .orElseThrow(() -> malformed("its share is a point of low order"));
    byte[] key = X25519Recipient.key(secret, share, point);
    try {
      return Primitives.unwrap(key, stanza.body()).map(SecretBytes::wrap);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed X25519 stanza: " + why);
  }

  @Override
  public void close() {
    scalar.close();
  }

  @Override
  public String toString() {
    return "X25519Identity[hidden]";
  }
}
