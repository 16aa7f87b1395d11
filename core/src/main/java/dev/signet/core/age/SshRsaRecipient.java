package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * An SSH key, {@code ssh-rsa AAAA…}, of 2048 bits or more.
 *
 * <pre>
 * -> ssh-rsa tag
 * RSA-OAEP(file key): SHA-256 for the hash and for MGF1, label "age-encryption.org/v1/ssh-rsa"
 *
 * tag = the first four bytes of SHA-256(public key as SSH writes it)
 * </pre>
 */
public final class SshRsaRecipient implements Recipient {

  private static final int LEAST_BITS = 2048;
  private static final int MOST_BITS = 16384;

  private final byte[] wire;
  private final RSAPublicKey key;

  private SshRsaRecipient(byte[] wire, RSAPublicKey key) {
    this.wire = wire;
    this.key = key;
  }

  /** A public key as SSH writes it. */
  static SshRsaRecipient of(byte[] wire) throws AgeKeyException {
    SshWire in = new SshWire(wire);
    String type = in.text();
    byte[] exponent = in.string();
    byte[] modulus = in.string();
    if (!type.equals(SshWire.RSA) || exponent.length == 0 || modulus.length == 0 || !in.isAtEnd()) {
      throw new AgeKeyException("invalid RSA public key");
    }
    BigInteger n = new BigInteger(modulus);
    // As Go counts: whole bytes.
    if ((n.bitLength() + 7) / 8 < LEAST_BITS / 8) {
      throw new AgeKeyException("RSA key size is too small");
    }
    if (n.bitLength() > MOST_BITS) {
      throw new AgeKeyException("RSA key size is too large");
    }
    try {
      RSAPublicKeySpec spec = new RSAPublicKeySpec(n, new BigInteger(exponent));
      if (KeyFactory.getInstance("RSA").generatePublic(spec) instanceof RSAPublicKey key) {
        return new SshRsaRecipient(wire.clone(), key);
      }
      throw new AgeKeyException("invalid RSA public key");
    } catch (GeneralSecurityException e) {
      throw new AgeKeyException("invalid RSA public key");
    }
  }

  static Cipher cipher() throws GeneralSecurityException {
    return Cipher.getInstance("RSA/ECB/OAEPPadding");
  }

  static OAEPParameterSpec padding() {
    return new OAEPParameterSpec(
        "SHA-256",
        "MGF1",
        MGF1ParameterSpec.SHA256,
        new PSource.PSpecified(SshWire.ascii("age-encryption.org/v1/ssh-rsa")));
  }

  byte[] wire() {
    return wire;
  }

  Stanza wrap(SecretBytes fileKey, SecureRandom random) {
    try {
      Cipher cipher = cipher();
      cipher.init(Cipher.ENCRYPT_MODE, key, padding(), random);
      byte[] body = fileKey.with(cipher::doFinal);
      return new Stanza(SshWire.RSA, List.of(SshWire.tag(wire)), body);
    } catch (GeneralSecurityException e) {
      throw Primitives.missing("RSA-OAEP", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshRsaRecipient that && Arrays.equals(wire, that.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  /** {@code ssh-rsa AAAA…}, without a comment. */
  @Override
  public String toString() {
    return SshWire.RSA + " " + StrictBase64.PADDED.text(wire);
  }
}
