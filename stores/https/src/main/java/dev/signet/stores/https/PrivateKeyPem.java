package dev.signet.stores.https;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A client's private key in PEM, as kubeconfigs hold it:
 *
 * <pre>
 * PRIVATE KEY      PKCS#8
 * RSA PRIVATE KEY  PKCS#1: becomes PKCS#8 with the algorithm rsaEncryption
 * EC PRIVATE KEY   SEC 1: becomes PKCS#8 with the curve that its field [0] names
 * </pre>
 */
public final class PrivateKeyPem {

  private static final int SEQUENCE = 0x30;
  private static final int CONTEXT_0 = 0xa0;
  private static final byte[] VERSION_0 = {2, 1, 0};

  /** AlgorithmIdentifier of rsaEncryption with its NULL. */
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** The OID of id-ecPublicKey. */
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private PrivateKeyPem() {}

  public static PrivateKey read(byte[] pem) throws GeneralSecurityException {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    for (String type : List.of("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")) {
      String begin = "-----BEGIN " + type + "-----";
      int from = text.indexOf(begin);
      int to = text.indexOf("-----END " + type + "-----");
      if (from < 0 || to < from) {
        continue;
      }
      byte[] der;
      try {
        der = Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
      } catch (IllegalArgumentException e) {
        throw new InvalidKeySpecException("the private key is no Base64");
      }
      byte[] pkcs8 =
          switch (type) {
            case "RSA PRIVATE KEY" -> wrapped(RSA, der);
            case "EC PRIVATE KEY" -> wrapped(encoded(SEQUENCE, EC, curve(der)), der);
            default -> der;
          };
      try {
        return key(pkcs8);
      } finally {
        Arrays.fill(der, (byte) 0);
        Arrays.fill(pkcs8, (byte) 0);
      }
    }
    throw new InvalidKeySpecException("there is no private key in PEM");
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException another) {
        // Of another algorithm, or broken: the last word is below.
      }
    }
    throw new InvalidKeySpecException("the private key is none of RSA, EC and EdDSA");
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return encoded(SEQUENCE, VERSION_0, algorithm, encoded(4, key));
  }

  private static byte[] encoded(int tag, byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** The content of [0] in {@code SEQUENCE { version, key, [0] curve, [1] public key }}. */
  private static byte[] curve(byte[] der) throws InvalidKeySpecException {
    int[] at = {0};
    int end = header(der, at, SEQUENCE);
    while (at[0] < end) {
      int tag = der[at[0]] & 0xff;
      int stop = header(der, at, tag);
      if (tag == CONTEXT_0) {
        return Arrays.copyOfRange(der, at[0], stop);
      }
      at[0] = stop;
    }
    throw new InvalidKeySpecException("the private key does not name its curve");
  }

  /** Goes to the content of an element, and says where it ends. */
  private static int header(byte[] der, int[] at, int tag) throws InvalidKeySpecException {
    try {
      if ((der[at[0]++] & 0xff) != tag) {
        throw new InvalidKeySpecException("the private key is malformed");
      }
      int length = der[at[0]++] & 0xff;
      if (length >= 0x80) {
        int bytes = length & 0x7f;
        if (bytes < 1 || bytes > 3) {
          throw new InvalidKeySpecException("the private key is malformed");
        }
        length = 0;
        for (int i = 0; i < bytes; i++) {
          length = (length << 8) | (der[at[0]++] & 0xff);
        }
      }
      if (at[0] + length > der.length) {
        throw new InvalidKeySpecException("the private key is cut off");
      }
      return at[0] + length;
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new InvalidKeySpecException("the private key is cut off");
    }
  }
}
