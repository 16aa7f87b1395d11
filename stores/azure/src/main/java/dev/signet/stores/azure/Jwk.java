package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.PrivateKeyPem;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A private key as a JSON Web Key (RFC 7517, 7518 section 6): RSA or an elliptic curve out of PEM,
 * and everything that is no PEM as a symmetric key, which only managed HSMs take.
 */
final class Jwk {

  /** An uncompressed point begins with it. */
  private static final byte UNCOMPRESSED = 4;

  private Jwk() {}

  static Map<String, Object> of(SecretBytes value, String name, String identity)
      throws StoreException {
    try {
      return value.<Map<String, Object>, GeneralSecurityException>with(
          bytes -> {
            if (!new String(bytes, StandardCharsets.ISO_8859_1).contains("-----BEGIN ")) {
              return Map.of("kty", "oct", "k", text(bytes));
            }
            PrivateKey key = PrivateKeyPem.read(bytes);
            return switch (key) {
              case RSAPrivateCrtKey rsa -> rsa(rsa);
              case ECPrivateKey curve -> curve(curve, bytes);
              default -> throw new GeneralSecurityException("another kind of key");
            };
          });
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "could not load private key "
              + name
              + " for "
              + identity
              + ": it has to be RSA, or of P-256, P-384 or P-521 with its public key, in PEM");
    }
  }

  private static Map<String, Object> rsa(RSAPrivateCrtKey key) {
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kty", "RSA");
    jwk.put("n", text(key.getModulus()));
    jwk.put("e", text(key.getPublicExponent()));
    jwk.put("d", text(key.getPrivateExponent()));
    jwk.put("p", text(key.getPrimeP()));
    jwk.put("q", text(key.getPrimeQ()));
    jwk.put("dp", text(key.getPrimeExponentP()));
    jwk.put("dq", text(key.getPrimeExponentQ()));
    jwk.put("qi", text(key.getCrtCoefficient()));
    return jwk;
  }

  private static Map<String, Object> curve(ECPrivateKey key, byte[] pem)
      throws GeneralSecurityException {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    String curve =
        switch (bits) {
          case 256 -> "P-256";
          case 384 -> "P-384";
          case 521 -> "P-521";
          default -> throw new GeneralSecurityException("another curve");
        };
    int size = (bits + 7) / 8;
    byte[] point = point(pem, size);
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kty", "EC");
    jwk.put("crv", curve);
    jwk.put("x", text(Arrays.copyOfRange(point, 1, 1 + size)));
    jwk.put("y", text(Arrays.copyOfRange(point, 1 + size, 1 + 2 * size)));
    jwk.put("d", text(fixed(key.getS(), size)));
    return jwk;
  }

  /** The public key is the last thing in an EC key: a bit string of a point. */
  private static byte[] point(byte[] pem, int size) throws GeneralSecurityException {
    String text = new String(pem, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("PRIVATE KEY-----");
    byte[] der =
        Base64.getMimeDecoder()
            .decode(text.substring(at + "PRIVATE KEY-----".length(), text.indexOf("-----END", at)));
    int from = der.length - 1 - 2 * size;
    if (from < 1 || der[from] != UNCOMPRESSED || der[from - 1] != 0) {
      throw new GeneralSecurityException("there is no public key in it");
    }
    return Arrays.copyOfRange(der, from, der.length);
  }

  private static byte[] fixed(BigInteger number, int size) {
    byte[] bytes = number.toByteArray();
    byte[] exact = new byte[size];
    int length = Math.min(bytes.length, size);
    System.arraycopy(bytes, bytes.length - length, exact, size - length, length);
    return exact;
  }

  private static String text(BigInteger number) {
    return text(fixed(number, (number.bitLength() + 7) / 8));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether what a vault tells of a key is the public part of this one. */
  static boolean samePublic(Map<String, Object> jwk, SecretBytes there) {
    Map<String, @Nullable Object> known =
        there.<Map<String, @Nullable Object>, RuntimeException>with(
            json -> JsonTree.object(json).orElse(Map.of()));
    List<String> parts =
        String.valueOf(jwk.get("kty")).equals("RSA") ? List.of("n", "e") : List.of("crv", "x", "y");
    return !"oct".equals(jwk.get("kty"))
        && String.valueOf(known.get("kty")).replace("-HSM", "").equals(jwk.get("kty"))
        && parts.stream().allMatch(part -> String.valueOf(jwk.get(part)).equals(known.get(part)));
  }
}
