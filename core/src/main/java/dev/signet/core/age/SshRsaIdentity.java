package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.security.auth.DestroyFailedException;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;

/** The private key of an {@link SshRsaRecipient}. */
public final class SshRsaIdentity implements Identity {

  private final PrivateKey key;
  private final SshRsaRecipient recipient;

  private SshRsaIdentity(PrivateKey key, SshRsaRecipient recipient) {
    this.key = key;
    this.recipient = recipient;
  }

  static SshRsaIdentity of(RSAPrivateCrtKeyParameters key) throws AgeKeyException {
    byte[] wire =
        SshWire.write(
            SshWire.ascii(SshWire.RSA),
            key.getPublicExponent().toByteArray(),
            key.getModulus().toByteArray());
    SshRsaRecipient recipient = SshRsaRecipient.of(wire);
    BigInteger product = key.getP().multiply(key.getQ());
    if (!product.equals(key.getModulus())) {
      throw new AgeKeyException("ssh: private and public key do not belong together");
    }
    try {
      PrivateKey own =
          KeyFactory.getInstance("RSA")
              .generatePrivate(
                  new RSAPrivateCrtKeySpec(
                      key.getModulus(),
                      key.getPublicExponent(),
                      key.getExponent(),
                      key.getP(),
                      key.getQ(),
                      key.getDP(),
                      key.getDQ(),
                      key.getQInv()));
      return new SshRsaIdentity(own, recipient);
    } catch (GeneralSecurityException e) {
      throw new AgeKeyException("ssh: invalid RSA private key");
    }
  }

  /** Who encrypts to this identity needs this. */
  public SshRsaRecipient recipient() {
    return recipient;
  }

  Optional<SecretBytes> unwrap(Stanza stanza) throws AgeException {
    if (!stanza.type().equals(SshWire.RSA)) {
      return Optional.empty();
    }
    if (stanza.arguments().size() != 1) {
      throw malformed("it needs one argument");
    }
    if (!stanza.arguments().getFirst().equals(SshWire.tag(recipient.wire()))) {
      return Optional.empty();
    }
    try {
      Cipher cipher = SshRsaRecipient.cipher();
      cipher.init(Cipher.DECRYPT_MODE, key, SshRsaRecipient.padding());
      SecretBytes fileKey = SecretBytes.wrap(cipher.doFinal(stanza.body()));
      if (fileKey.size() != FileKey.SIZE) {
        fileKey.close();
        throw malformed("it wraps no file key");
      }
      return Optional.of(fileKey);
    } catch (GeneralSecurityException e) {
      throw malformed("it cannot be decrypted");
    }
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed ssh-rsa stanza: " + why);
  }

  @Override
  public void close() {
    try {
      key.destroy();
    } catch (DestroyFailedException e) {
      // The JDK's RSA keys are immutable; docs/threat-model.md names what stays behind.
      return;
    }
  }

  @Override
  public String toString() {
    return "SshRsaIdentity[hidden]";
  }
}
