package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * RSA-OAEP (RFC 8017, section 7.1) without a label and with one hash function for both of its
 * places, as Go's crypto/rsa has it; the JDK would use SHA-1 inside unless it is told.
 */
final class RsaDecryption {
  private static final String DECRYPTING = "error decrypting data with RSA: ";

  private RsaDecryption() {}

  static byte[] decrypt(Call call, String scheme, String hash, byte[] input, String pem)
      throws GoError {
    return switch (scheme) {
      case "None" -> input;
      case "RSA-OAEP" -> decrypt(call, hash, input, pem);
      default -> throw new GoError("decryption scheme " + scheme + " is not supported");
    };
  }

  private static byte[] decrypt(Call call, String hash, byte[] input, String pem) throws GoError {
    call.meter().memory(pem.length() * 3L + input.length);
    byte[] der = Pem.firstDer(pem, "failed to decode PEM block");
    PrivateKeyDer key;
    try {
      key = PrivateKeyDer.read(der, call.meter());
    } catch (GoError e) {
      throw new GoError("could not parse private key: " + e.raw());
    }
    if (!(key instanceof RsaKey rsa)) {
      throw new GoError("could not parse RSA private key");
    }
    int size = (rsa.bits() + 7) / 8;
    call.meter().steps((long) size * size / 8);
    call.meter().time();
    try {
      PrivateKey jca = rsa.toJca();
      if (input.length > size) {
        throw undecipherable();
      }
      byte[] padded = new byte[size];
      System.arraycopy(input, 0, padded, size - input.length, input.length);
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(Cipher.DECRYPT_MODE, jca, parameters(hash));
      byte[] plain = cipher.doFinal(padded);
      call.meter().time();
      return plain;
    } catch (GoError e) {
      throw new GoError(DECRYPTING + e.raw());
    } catch (GeneralSecurityException e) {
      throw new GoError(DECRYPTING + undecipherable().raw());
    }
  }

  private static GoError undecipherable() {
    return new GoError("crypto/rsa: decryption error");
  }

  /** SHA-256 where the name is none that is known. */
  private static OAEPParameterSpec parameters(String hash) {
    String digest =
        switch (hash) {
          case "SHA1" -> "SHA-1";
          case "SHA512" -> "SHA-512";
          default -> "SHA-256";
        };
    return new OAEPParameterSpec(
        digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT);
  }
}
