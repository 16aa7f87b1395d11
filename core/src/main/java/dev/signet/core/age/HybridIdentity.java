package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/** A private key, {@code AGE-SECRET-KEY-PQ-1…}; {@link HybridRecipient} says how it is used. */
public final class HybridIdentity implements Identity {

  static final String PREFIX = "AGE-SECRET-KEY-PQ-";

  private final SecretBytes seed;

  private HybridIdentity(SecretBytes seed) {
    this.seed = seed;
  }

  public static HybridIdentity generate(SecureRandom random) {
    byte[] seed = new byte[HybridKem.SEED];
    random.nextBytes(seed);
    return new HybridIdentity(SecretBytes.wrap(seed));
  }

  static HybridIdentity parse(byte[] text) throws AgeKeyException {
    Bech32.Decoded decoded = Bech32.decode(text);
    SecretBytes seed = SecretBytes.wrap(decoded.bytes());
    if (!decoded.prefix().equals(PREFIX) || seed.size() != HybridKem.SEED) {
      seed.close();
      throw new AgeKeyException("a key of another type or size");
    }
    return new HybridIdentity(seed);
  }

  /** Who encrypts to this identity needs this. */
  public HybridRecipient recipient() {
    try {
      return HybridRecipient.of(seed.with(bytes -> HybridKem.expand(bytes).publicKey()));
    } catch (AgeKeyException e) {
      throw new IllegalStateException("a public key that was made here is none", e);
    }
  }

  /** {@code AGE-SECRET-KEY-PQ-1…}, as it stands in an identity file. */
  public SecretBytes text() {
    return seed.with(bytes -> SecretBytes.wrap(Bech32.encode(PREFIX, bytes)));
  }

  Optional<SecretBytes> unwrap(Stanza stanza) throws AgeException {
    if (!stanza.type().equals(HybridRecipient.STANZA)) {
      return Optional.empty();
    }
    if (stanza.arguments().size() != 1) {
      throw malformed("it needs one argument");
    }
    byte[] text =
        StrictBase64.UNPADDED
            .decode(stanza.arguments().getFirst())
            .filter(bytes -> bytes.length == HybridKem.ENCAPSULATED)
            .orElseThrow(() -> malformed("its argument is no encapsulated key"));
    if (stanza.body().length != FileKey.SIZE + Primitives.TAG) {
      throw malformed("its body has another length");
    }
    byte[] secret =
        HybridKem.decapsulate(seed, text)
            .orElseThrow(() -> malformed("its share is a point of low order"));
    try {
      return HybridKem.open(secret, HybridRecipient.INFO, stanza.body()).map(SecretBytes::wrap);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed mlkem768x25519 stanza: " + why);
  }

  @Override
  public void close() {
    seed.close();
  }

  @Override
  public String toString() {
    return "HybridIdentity[hidden]";
  }
}
