package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Der.MalformedDerException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes RSA private keys.
 *
 * <pre>
 * RSA PRIVATE KEY  PKCS#1 (RFC 8017 A.1.2): SEQUENCE { version, n, e, d, p, q, d mod p-1,
 *                                                      d mod q-1, 1/q mod p }
 * PRIVATE KEY      PKCS#8 (RFC 5208): SEQUENCE { version, SEQUENCE { algorithm, … },
 *                                               OCTET STRING with the above, … }
 * </pre>
 *
 * <p>The first block that holds a sound key of any algorithm decides; unsound and foreign blocks
 * are passed over. Sound means that the numbers belong together, because a key that computes
 * nonsense is better refused when it is read. Keys of more than two primes, which no tool has made
 * for decades, are not supported. The text is bounded by {@link Pem#MAX_TEXT}.
 */
final class RsaPrivateKeys {

  private static final String PKCS1 = "RSA PRIVATE KEY";
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String SEC1 = "EC PRIVATE KEY";

  private RsaPrivateKeys() {}

  static OpeningKey read(byte[] pem) throws MalformedKeyException {
    List<Pem.Block> blocks = Pem.blocks(pem);
    try {
      for (Pem.Block block : blocks) {
        Optional<OpeningKey> key = read(block);
        if (key.isPresent()) {
          return key.get();
        }
      }
    } finally {
      blocks.forEach(block -> Arrays.fill(block.bytes(), (byte) 0));
    }
    throw new MalformedKeyException("data does not contain a valid RSA or ECDSA private key");
  }

  static OpeningKey of(RSAPrivateCrtKey key) {
    byte[] pkcs8 = key.getEncoded();
    try {
      byte[] pkcs1 = unwrapped(new Der(pkcs8));
      try {
        return of(pkcs1);
      } finally {
        Arrays.fill(pkcs1, (byte) 0);
      }
    } catch (MalformedDerException | MalformedKeyException | UnsoundKeyException e) {
      throw new IllegalStateException("cannot read the private key that was just made", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static Optional<OpeningKey> read(Pem.Block block) throws MalformedKeyException {
    try {
      return switch (block.type()) {
        case PKCS1 -> Optional.of(of(block.bytes()));
        case PKCS8 -> {
          byte[] pkcs1 = unwrapped(new Der(block.bytes()));
          try {
            yield Optional.of(of(pkcs1));
          } finally {
            Arrays.fill(pkcs1, (byte) 0);
          }
        }
        case SEC1 -> {
          Der key = new Der(block.bytes()).enter(Der.SEQUENCE);
          key.skip(Der.INTEGER);
          key.skip(Der.OCTET_STRING);
          throw notRsa();
        }
        default -> Optional.empty();
      };
    } catch (MalformedDerException | UnsoundKeyException e) {
      return Optional.empty();
    }
  }

  private static byte[] unwrapped(Der pkcs8) throws MalformedDerException, MalformedKeyException {
    Der key = pkcs8.enter(Der.SEQUENCE);
    key.skip(Der.INTEGER);
    KeyAlgorithm algorithm = KeyAlgorithm.of(key.enter(Der.SEQUENCE).objectIdentifier());
    return switch (algorithm) {
      case RSA -> key.octetString();
      case EC, X25519, ED25519 -> {
        key.skip(Der.OCTET_STRING);
        throw notRsa();
      }
      case UNKNOWN -> throw new MalformedDerException();
    };
  }

  private static OpeningKey of(byte[] pkcs1)
      throws MalformedDerException, MalformedKeyException, UnsoundKeyException {
    Der input = new Der(pkcs1);
    Der key = input.enter(Der.SEQUENCE);
    BigInteger version = key.integer();
    if (!input.isAtEnd() || version.signum() < 0 || version.bitLength() > 1) {
      throw new MalformedDerException();
    }
    BigInteger n = key.integer();
    BigInteger e = key.integer();
    BigInteger d = key.integer();
    BigInteger p = key.integer();
    BigInteger q = key.integer();
    BigInteger dp = key.integer();
    BigInteger dq = key.integer();
    BigInteger qInverse = key.integer();
    RsaPublicKey publicKey = RsaPublicKey.read(n, e);
    if (!key.isAtEnd() || !belongTogether(n, e, d, p, q, dp, dq, qInverse)) {
      throw new UnsoundKeyException();
    }
    try {
      PrivateKey jcaKey =
          KeyFactory.getInstance("RSA", "SunRsaSign")
              .generatePrivate(new RSAPrivateCrtKeySpec(n, e, d, p, q, dp, dq, qInverse));
      return OpeningKey.of(publicKey, jcaKey, SecretBytes.wrap(Pem.encode(PKCS1, pkcs1)));
    } catch (GeneralSecurityException refused) {
      throw new MalformedKeyException(
          "the JDK refuses the private key " + publicKey + ": " + refused.getMessage());
    }
  }

  private static boolean belongTogether(
      BigInteger n,
      BigInteger e,
      BigInteger d,
      BigInteger p,
      BigInteger q,
      BigInteger dp,
      BigInteger dq,
      BigInteger qInverse) {
    for (BigInteger number : List.of(d, p, q, dp, dq, qInverse)) {
      if (number.signum() <= 0 || number.bitLength() > n.bitLength()) {
        return false;
      }
    }
    if (p.equals(BigInteger.ONE) || q.equals(BigInteger.ONE) || !p.multiply(q).equals(n)) {
      return false;
    }
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    return d.mod(p1).equals(dp)
        && d.mod(q1).equals(dq)
        && e.multiply(dp).mod(p1).equals(BigInteger.ONE)
        && e.multiply(dq).mod(q1).equals(BigInteger.ONE)
        && q.multiply(qInverse).mod(p).equals(BigInteger.ONE);
  }

  private static MalformedKeyException notRsa() {
    return new MalformedKeyException("private key is not an RSA key");
  }

  /** Numbers that do not make a key, which is passed over like text that is none. */
  private static final class UnsoundKeyException extends Exception {
    UnsoundKeyException() {
      super("unsound key", null, false, false);
    }
  }
}
