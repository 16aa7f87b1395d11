package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/** The private key of an {@link SshEd25519Recipient}. */
public final class SshEd25519Identity implements Identity {

  private final SecretBytes scalar;
  private final SshEd25519Recipient recipient;

  private SshEd25519Identity(SecretBytes scalar, SshEd25519Recipient recipient) {
    this.scalar = scalar;
    this.recipient = recipient;
  }

  /** Its seed and public key; the caller zeroes the seed. */
  static SshEd25519Identity of(byte[] seed, byte[] publicKey) throws AgeKeyException {
    byte[] hash = Primitives.digest("SHA-512", seed);
    SecretBytes scalar = SecretBytes.wrap(Arrays.copyOf(hash, Primitives.KEY));
    Arrays.fill(hash, (byte) 0);
    SshEd25519Recipient recipient =
        SshEd25519Recipient.of(SshWire.write(SshWire.ascii(SshWire.ED25519), publicKey));
    if (!Arrays.equals(scalar.with(Primitives::x25519Public), recipient.point())) {
      scalar.close();
      throw new AgeKeyException("ssh: private and public key do not belong together");
    }
    return new SshEd25519Identity(scalar, recipient);
  }

  /** Who encrypts to this identity needs this. */
  public SshEd25519Recipient recipient() {
    return recipient;
  }

  Optional<SecretBytes> unwrap(Stanza stanza) throws AgeException {
    if (!stanza.type().equals(SshWire.ED25519)) {
      return Optional.empty();
    }
    if (stanza.arguments().size() != 2) {
      throw malformed("it needs two arguments");
    }
    byte[] share =
        StrictBase64.UNPADDED
            .decode(stanza.arguments().getLast())
            .filter(bytes -> bytes.length == Primitives.KEY)
            .orElseThrow(() -> malformed("its share is no point"));
    if (!stanza.arguments().getFirst().equals(SshWire.tag(recipient.wire()))) {
      return Optional.empty();
    }
    if (stanza.body().length != FileKey.SIZE + Primitives.TAG) {
      throw malformed("its body has another length");
    }
    byte[] secret =
        scalar
            .with(bytes -> Primitives.x25519(bytes, share))
            .orElseThrow(() -> malformed("its share is a point of low order"));
    byte[] key = SshEd25519Recipient.key(secret, share, recipient.point(), recipient.wire());
    try {
      // The tag says that it is for this key, so nothing else explains a failure.
      return Optional.of(
          SecretBytes.wrap(
              Primitives.unwrap(key, stanza.body())
                  .orElseThrow(() -> malformed("it cannot be decrypted"))));
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed ssh-ed25519 stanza: " + why);
  }

  @Override
  public void close() {
    scalar.close();
  }

  @Override
  public String toString() {
    return "SshEd25519Identity[hidden]";
  }
}
