package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;

/**
 * The private half of a sealing key.
 *
 * <p>{@link #close} zeroes the PEM bytes that are held here and drops the key that was parsed from
 * them; what the JDK keeps in big integers until they are collected is out of reach. Safe for use
 * by several threads at once.
 */
public final class OpeningKey implements AutoCloseable {

  private static final RawRsa CLOSED =
      number -> {
        throw new IllegalStateException("the opening key was used after it was closed");
      };

  private final RsaPublicKey publicKey;
  private final String id;
  private final Optional<SecretBytes> pem;
  private volatile RawRsa rsa;

  OpeningKey(RsaPublicKey publicKey, RawRsa rsa, Optional<SecretBytes> pem) {
    if (publicKey.size() < Oaep.minSize()) {
      throw new IllegalArgumentException("the modulus of " + publicKey + " is too short for OAEP");
    }
    this.publicKey = publicKey;
    this.id = publicKey.fingerprint();
    this.rsa = rsa;
    this.pem = pem;
  }

  /** A key that is kept elsewhere, for instance in a token. */
  public static OpeningKey of(RsaPublicKey publicKey, RawRsa rsa) {
    return new OpeningKey(publicKey, rsa, Optional.empty());
  }

  /**
   * Reads the first private key of a PEM text, PKCS#1 or PKCS#8, for use by the JDK's own RSA. The
   * caller still owns, and zeroes, the text.
   */
  public static OpeningKey read(byte[] pem) throws MalformedKeyException {
    return read(pem, SessionKey.provider());
  }

  /** As {@link #read(byte[])}, with the RSA of that provider. */
  public static OpeningKey read(byte[] pem, Provider provider) throws MalformedKeyException {
    return RsaPrivateKeys.read(pem, provider);
  }

  /** The fingerprint of the public key. */
  public String id() {
    return id;
  }

  public RsaPublicKey publicKey() {
    return publicKey;
  }

  /** The key as upstream stores it, PKCS#1 in PEM, if it is kept here. The caller closes it. */
  public Optional<SecretBytes> toPem() {
    return pem.map(SecretBytes::copy);
  }

  /** Nothing, if this key does not open the item under that label. */
  Optional<SecretBytes> open(SealedItem item, byte[] label) throws GeneralSecurityException {
    byte[] encoded = rsa.power(item.wrapped(publicKey.size()));
    try {
      if (encoded.length != publicKey.size()) {
        throw new GeneralSecurityException("the provider returned a number of another length");
      }
      Optional<byte[]> message = new Oaep(RsaPublicKey.sha256()).decode(encoded, label);
      if (message.isEmpty()) {
        return Optional.empty();
      }
      try (SessionKey sessionKey = SessionKey.of(message.get())) {
        return item.openBody(sessionKey);
      }
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  @Override
  public void close() {
    rsa = CLOSED;
    pem.ifPresent(SecretBytes::close);
  }

  @Override
  public String toString() {
    return "OpeningKey[" + id + "]";
  }
}
