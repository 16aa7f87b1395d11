package dev.signet.core.age;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The few cryptographic functions that age is made of, all of them the JDK's. */
final class Primitives {

  static final int KEY = 32;
  static final int TAG = 16;

  private static final byte[] ZERO_NONCE = new byte[12];
  private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

  private Primitives() {}

  /** HKDF-SHA-256 to 32 bytes. */
  static byte[] hkdf(byte[] keyMaterial, byte[] salt, String info) {
    try {
      HKDFParameterSpec.Builder extract = HKDFParameterSpec.ofExtract().addIKM(keyMaterial);
      if (salt.length > 0) {
        extract = extract.addSalt(salt);
      }
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(extract.thenExpand(info.getBytes(StandardCharsets.US_ASCII), KEY));
    } catch (GeneralSecurityException e) {
      throw missing("HKDF-SHA256", e);
    }
  }

  static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw missing("HmacSHA256", e);
    }
  }

  /** The first half of HKDF; a salt or key material may be empty. */
  static byte[] extract(byte[] salt, byte[] keyMaterial) {
    return hmac(salt.length == 0 ? new byte[KEY] : salt, keyMaterial);
  }

  /** The second half, for no more than 32 bytes. */
  static byte[] expand(byte[] key, byte[] info, int length) {
    byte[] once = Arrays.copyOf(info, info.length + 1);
    once[info.length] = 1;
    return Arrays.copyOf(hmac(key, once), length);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] sha256(byte[] bytes) {
    return digest("SHA-256", bytes);
  }

  static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw missing(algorithm, e);
    }
  }

  static Cipher chaCha20Poly1305() {
    try {
      return Cipher.getInstance("ChaCha20-Poly1305");
    } catch (GeneralSecurityException e) {
      throw missing("ChaCha20-Poly1305", e);
    }
  }

  /** With a nonce of zeros, for keys that encrypt one message. */
  static byte[] wrap(byte[] key, byte[] plain) {
    return wrap(key, ZERO_NONCE, plain);
  }

  static byte[] wrap(byte[] key, byte[] nonce, byte[] plain) {
    try {
      Cipher cipher = chaCha20Poly1305();
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
      return cipher.doFinal(plain);
    } catch (GeneralSecurityException e) {
      throw missing("ChaCha20-Poly1305", e);
    }
  }

  /** Nothing, if it was not wrapped with that key. */
  static Optional<byte[]> unwrap(byte[] key, byte[] wrapped) {
    return unwrap(key, ZERO_NONCE, wrapped);
  }

  static Optional<byte[]> unwrap(byte[] key, byte[] nonce, byte[] wrapped) {
    try {
      Cipher cipher = chaCha20Poly1305();
      cipher.init(
          Cipher.DECRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
      return Optional.of(cipher.doFinal(wrapped));
    } catch (AEADBadTagException otherKey) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw missing("ChaCha20-Poly1305", e);
    }
  }

  /** The point of a scalar. */
  static byte[] x25519Public(byte[] scalar) {
    try {
      return agree(scalar, BASE_POINT);
    } catch (InvalidKeyException e) {
      throw missing("X25519", e);
    }
  }

  /** The shared secret; nothing, if the point is one of those that give the same to everybody. */
  static Optional<byte[]> x25519(byte[] scalar, byte[] point) {
    byte[] bigEndian = new byte[KEY];
    for (int i = 0; i < KEY; i++) {
      bigEndian[i] = point[KEY - 1 - i];
    }
    bigEndian[0] &= 0x7f;
    try {
      return Optional.of(agree(scalar, new BigInteger(1, bigEndian)));
    } catch (InvalidKeyException lowOrder) {
      return Optional.empty();
    }
  }

  private static byte[] agree(byte[] scalar, BigInteger u) throws InvalidKeyException {
    try {
      KeyFactory factory = KeyFactory.getInstance("X25519");
      PrivateKey own =
          factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, scalar));
      PublicKey other = factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
      KeyAgreement agreement = KeyAgreement.getInstance("X25519");
      agreement.init(own);
      agreement.doPhase(other, /* lastPhase= */ true);
      return agreement.generateSecret();
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw missing("X25519", e);
    }
  }

  static IllegalStateException missing(String algorithm, GeneralSecurityException e) {
    return new IllegalStateException("this JDK lacks " + algorithm, e);
  }
}
