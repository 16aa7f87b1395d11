package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import javax.security.auth.DestroyFailedException;

/**
 * The private half of a sealing key.
 *
 * <p>A key that the JDK parsed can be used by another provider's RSA too. That one parses it anew,
 * once, and is believed after its first result was checked with the public key. When it refuses the
 * key, fails or errs, the JDK's RSA does the work, then and from then on: which provider is there
 * decides how long opening takes, never what opens, nor with which error.
 *
 * <p>{@link #close} zeroes the PEM bytes that are held here, drops the key that was parsed from
 * them and has another provider destroy its copy; what the JDK keeps in big integers until they are
 * collected is out of reach. Safe for use by several threads at once.
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

  /** What another provider makes its own of; nothing if the key is kept elsewhere or closed. */
  private volatile Optional<PrivateKey> parsed;

  private volatile Optional<Other> other = Optional.empty();

  /** The key as another provider has it. */
  private record Other(PrivateKey key, RawRsa rsa) {

    static Other of(PrivateKey parsed, Provider provider) throws GeneralSecurityException {
      try {
        KeyFactory factory = KeyFactory.getInstance("RSA", provider);
        PrivateKey key = (PrivateKey) factory.translateKey(parsed);
        return new Other(key, RawRsa.of(key, provider));
      } catch (RuntimeException e) {
        throw new GeneralSecurityException(provider.getName() + " refuses the key", e);
      }
    }

    void close() {
      try {
        key.destroy();
      } catch (DestroyFailedException | RuntimeException e) {
        // Not every provider can, and none has to twice.
      }
    }
  }

  private OpeningKey(
      RsaPublicKey publicKey, RawRsa rsa, Optional<PrivateKey> parsed, Optional<SecretBytes> pem) {
    if (publicKey.size() < Oaep.minSize()) {
      throw new IllegalArgumentException("the modulus of " + publicKey + " is too short for OAEP");
    }
    this.publicKey = publicKey;
    this.id = publicKey.fingerprint();
    this.rsa = rsa;
    this.parsed = parsed;
    this.pem = pem;
  }

  /** A key that the JDK parsed from that text, which is closed with it. */
  static OpeningKey of(RsaPublicKey publicKey, PrivateKey parsed, SecretBytes pem) {
    return new OpeningKey(
        publicKey, RawRsa.of(parsed, SessionKey.provider()), Optional.of(parsed), Optional.of(pem));
  }

  /** A key that is kept elsewhere, for instance in a token. */
  public static OpeningKey of(RsaPublicKey publicKey, RawRsa rsa) {
    return new OpeningKey(publicKey, rsa, Optional.empty(), Optional.empty());
  }

  /**
   * Reads the first private key of a PEM text, PKCS#1 or PKCS#8. The caller still owns, and zeroes,
   * the text.
   */
  public static OpeningKey read(byte[] pem) throws MalformedKeyException {
    return RsaPrivateKeys.read(pem);
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

  /**
   * Nothing, if this key does not open the item under that label.
   *
   * @param item one that {@linkplain SealedItem#fits fits}: no provider is asked for more
   * @param providers whose RSA may be used, if the key is not kept elsewhere
   */
  Optional<SecretBytes> open(SealedItem item, byte[] label, RsaProviders providers)
      throws GeneralSecurityException {
    byte[] encoded = power(item.wrapped(publicKey.size()), providers);
    try {
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

  private byte[] power(byte[] number, RsaProviders providers) throws GeneralSecurityException {
    Optional<PrivateKey> key = parsed;
    if (key.isPresent()) {
      Optional<Provider> provider = providers.next(publicKey.size());
      if (provider.isPresent()) {
        try {
          return powerOfOther(number, key.get(), provider.get());
        } catch (GeneralSecurityException e) {
          parsed = Optional.empty();
        }
      }
    }
    return sized(rsa.power(number));
  }

  private byte[] powerOfOther(byte[] number, PrivateKey key, Provider provider)
      throws GeneralSecurityException {
    Optional<Other> known = other;
    if (known.isPresent()) {
      return sized(known.get().rsa().power(number));
    }
    Other fresh = Other.of(key, provider);
    byte[] result = sized(fresh.rsa().power(number));
    BigInteger back = new BigInteger(1, result).modPow(publicKey.exponent(), publicKey.modulus());
    if (!back.equals(new BigInteger(1, number))) {
      throw new GeneralSecurityException(provider.getName() + " miscalculates");
    }
    other = Optional.of(fresh);
    return result;
  }

  private byte[] sized(byte[] number) throws GeneralSecurityException {
    if (number.length != publicKey.size()) {
      Arrays.fill(number, (byte) 0);
      throw new GeneralSecurityException("the provider returned a number of another length");
    }
    return number;
  }

  @Override
  public void close() {
    rsa = CLOSED;
    parsed = Optional.empty();
    other.ifPresent(Other::close);
    pem.ifPresent(SecretBytes::close);
  }

  @Override
  public String toString() {
    return "OpeningKey[" + id + "]";
  }
}
