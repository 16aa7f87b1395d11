package dev.signet.core.sealing;

import dev.signet.core.GoBase64;
import dev.signet.core.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Seals values for the holder of one private key, each with a session key of its own, as {@link
 * SealedItem} lays out. Safe for use by several threads at once: it holds the parsed public key and
 * makes its ciphers anew, which costs a hundredth of the RSA operation.
 */
public final class Sealer {

  private final RsaPublicKey publicKey;
  private final PublicKey jcaKey;
  private final Provider provider;
  private final SecureRandom random;

  public Sealer(RsaPublicKey publicKey, SecureRandom random) {
    this.publicKey = publicKey;
    this.random = random;
    this.provider = SessionKey.provider();
    try {
      this.jcaKey =
          KeyFactory.getInstance("RSA", "SunRsaSign")
              .generatePublic(new RSAPublicKeySpec(publicKey.modulus(), publicKey.exponent()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses the public key " + publicKey, e);
    }
  }

  /** The ciphertext of a value that opens under {@code label} only; see {@link Scope#label}. */
  public byte[] seal(SecretBytes value, byte[] label) {
    int prefix = SealedItem.LENGTH_FIELD + publicKey.size();
    try (SessionKey sessionKey = SessionKey.random(random)) {
      byte[] sealed = value.with(bytes -> sessionKey.seal(bytes, prefix));
      sealed[0] = (byte) (publicKey.size() >> 8);
      sealed[1] = (byte) publicKey.size();
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding", provider);
      cipher.init(Cipher.WRAP_MODE, jcaKey, oaep(label), random);
      byte[] wrapped = cipher.wrap(sessionKey);
      System.arraycopy(wrapped, 0, sealed, SealedItem.LENGTH_FIELD, wrapped.length);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt for the public key " + publicKey, e);
    }
  }

  /** The text that stands in {@code spec.encryptedData}. */
  public String sealToBase64(SecretBytes value, byte[] label) {
    return GoBase64.STD.encodeToString(seal(value, label));
  }

  /** All spelled out: the JDK's defaults take SHA-1 for the mask, where others take SHA-256. */
  private static OAEPParameterSpec oaep(byte[] label) {
    return new OAEPParameterSpec(
        "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(label));
  }
}
