package dev.signet.core.sealing;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import javax.crypto.Cipher;

/**
 * The private operation of one RSA key, without any padding: what every provider has, from the JDK
 * over OpenSSL's kin to a PKCS#11 token, while not all of them know OAEP with a label. Safe for use
 * by several threads at once.
 */
@FunctionalInterface
public interface RawRsa {

  /**
   * Raises {@code number} to the private exponent.
   *
   * @param number big-endian, as long as the modulus and smaller than it
   * @return big-endian, as long as the modulus; the caller zeroes it
   * @throws GeneralSecurityException when the provider cannot work, whatever the number
   */
  byte[] power(byte[] number) throws GeneralSecurityException;

  /** Uses {@code RSA/ECB/NoPadding} of a JCA provider, which must be able to use the key. */
  static RawRsa of(PrivateKey key, Provider provider) {
    return number -> {
      try {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding", provider);
        cipher.init(Cipher.DECRYPT_MODE, key);
        return cipher.doFinal(number);
      } catch (RuntimeException e) {
        // ProviderException from most, types of their own from others.
        throw new GeneralSecurityException("the provider " + provider.getName() + " failed", e);
      }
    };
  }
}
