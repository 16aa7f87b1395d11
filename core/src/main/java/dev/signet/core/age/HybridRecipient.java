package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/**
 * A public key that a quantum computer does not break, {@code age1pq1…}. A file for one is for no
 * recipient of another kind, which would undo that.
 *
 * <pre>
 * -> mlkem768x25519 encapsulated
 * HPKE({@link HybridKem}, file key)
 * </pre>
 */
public final class HybridRecipient implements Recipient {

  static final String STANZA = "mlkem768x25519";
  static final String INFO = "age-encryption.org/mlkem768x25519";
  static final String PREFIX = "age1pq";
  static final String LABEL = "postquantum";

  private final byte[] key;

  private HybridRecipient(byte[] key) {
    this.key = key;
  }

  static HybridRecipient of(byte[] key) throws AgeKeyException {
    if (!HybridKem.isPublicKey(key)) {
      throw new AgeKeyException("invalid MLKEM768-X25519 public key");
    }
    return new HybridRecipient(key.clone());
  }

  static HybridRecipient parse(String text) throws AgeKeyException {
    Bech32.Decoded decoded = Bech32.decode(text.getBytes(StandardCharsets.UTF_8));
    if (!decoded.prefix().equals(PREFIX)) {
      throw new AgeKeyException("unknown type " + decoded.prefix());
    }
    return of(decoded.bytes());
  }

  Stanza wrap(SecretBytes fileKey, SecureRandom random) {
    HybridKem.Encapsulated one = HybridKem.encapsulate(key, random);
    try {
      return new Stanza(
          STANZA,
          List.of(StrictBase64.UNPADDED.text(one.text())),
          fileKey.with(bytes -> HybridKem.seal(one.secret(), INFO, bytes)));
    } finally {
      Arrays.fill(one.secret(), (byte) 0);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HybridRecipient that && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }

  /** {@code age1pq1…} */
  @Override
  public String toString() {
    return Bech32.text(PREFIX, key);
  }
}
