package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * A private key of the types that Go's crypto/x509 reads (PKCS#1, PKCS#8, SEC1), and as PKCS#8, the
 * one form in which External Secrets writes them: numbers minimal, optional parts present. Not
 * records, since those print themselves.
 */
sealed interface PrivateKeyDer permits PrivateKeyDer.Ec, PrivateKeyDer.Montgomery, RsaKey {
  /** The key in PKCS#8. */
  byte[] toPkcs8() throws GoError;

  /** A key in any of the three forms, told apart by trying them. */
  static PrivateKeyDer read(byte[] der, Meter meter) throws GoError {
    try {
      return pkcs1(der, meter);
    } catch (GoError notPkcs1) {
      try {
        return pkcs8(der, meter);
      } catch (GoError notPkcs8) {
        try {
          return ec(null, der, meter);
        } catch (GoError none) {
          throw new GoError("unable to parse private key type");
        }
      }
    }
  }

  static PrivateKeyDer pkcs8(byte[] der, Meter meter) throws GoError {
    Der info = Der.of(der, "x509: malformed private key").read(Der.SEQUENCE);
    info.smallInteger();
    Der algorithm = info.read(Der.SEQUENCE);
    String oid = algorithm.identifier();
    byte[] key = info.octets();
    return switch (oid) {
      case Oids.RSA -> embedded("RSA", () -> pkcs1(key, meter));
      case Oids.EC -> {
        Curve curve =
            algorithm.tag() == Der.OBJECT_IDENTIFIER ? named(algorithm.identifier()) : null;
        yield embedded("EC", () -> ec(curve, key, meter));
      }
      case Oids.ED25519 -> montgomery(oid, "Ed25519", algorithm, key);
      case Oids.X25519 -> montgomery(oid, "X25519", algorithm, key);
      default ->
          throw new GoError(
              "x509: PKCS#8 wrapping contained private key with unknown algorithm: " + oid);
    };
  }

  private static PrivateKeyDer montgomery(String oid, String name, Der algorithm, byte[] key)
      throws GoError {
    if (!algorithm.isEmpty()) {
      throw new GoError("x509: invalid " + name + " private key parameters");
    }
    byte[] seed = Der.of(key, "x509: invalid " + name + " private key").octets();
    if (seed.length != 32) {
      throw new GoError(
          oid.equals(Oids.ED25519)
              ? "x509: invalid Ed25519 private key length: " + seed.length
              : "crypto/ecdh: invalid private key size");
    }
    return new Montgomery(oid, seed);
  }

  /** Reads a key. */
  @FunctionalInterface
  interface Reading {
    PrivateKeyDer read() throws GoError;
  }

  private static PrivateKeyDer embedded(String type, Reading reading) throws GoError {
    try {
      return reading.read();
    } catch (GoError e) {
      throw new GoError(
          "x509: failed to parse " + type + " private key embedded in PKCS#8: " + e.raw());
    }
  }

  private static Curve named(String oid) throws GoError {
    Curve curve = Curve.ofOid(oid);
    if (curve == null) {
      throw new GoError("x509: unknown elliptic curve");
    }
    return curve;
  }

  private static PrivateKeyDer ec(@Nullable Curve given, byte[] der, Meter meter) throws GoError {
    Der key = Der.of(der, "x509: failed to parse EC private key").read(Der.SEQUENCE);
    long version = key.smallInteger();
    byte[] octets = key.octets();
    Curve curve = given;
    if (version != 1) {
      throw new GoError("x509: unknown EC private key version " + version);
    }
    if (curve == null) {
      curve = named(key.tag() == 0xA0 ? key.read(0xA0).identifier() : "");
    }
    BigInteger d = new BigInteger(1, octets);
    if ((d.bitLength() + 7) / 8 > curve.size) {
      throw new GoError("x509: invalid private key length");
    }
    if (!curve.isPrivate(d)) {
      throw new GoError("input overflows the modulus");
    }
    meter.steps(EC_STEPS);
    return new Ec(curve, d, curve.publicKey(d));
  }

  /** What a multiplication on a curve is charged. */
  long EC_STEPS = 2_000;

  private static PrivateKeyDer pkcs1(byte[] der, Meter meter) throws GoError {
    Der reader = Der.of(der, "x509: failed to parse RSA private key");
    Der key = reader.read(Der.SEQUENCE);
    if (!reader.isEmpty()) {
      throw reader.malformed();
    }
    long version = key.smallInteger();
    BigInteger n = key.integer();
    long e = key.smallInteger();
    BigInteger d = key.integer();
    List<BigInteger> primes = new ArrayList<>(List.of(key.integer(), key.integer()));
    List<BigInteger> crt = new ArrayList<>();
    while (crt.size() < 3 && key.tag() == Der.INTEGER) {
      crt.add(key.integer());
    }
    if (version > 1) {
      throw new GoError("x509: unsupported private key version");
    }
    if (key.tag() == Der.SEQUENCE) {
      Der more = key.read(Der.SEQUENCE);
      while (!more.isEmpty()) {
        Der prime = more.read(Der.SEQUENCE);
        primes.add(prime.integer());
        prime.integer();
        prime.integer();
        if (primes.size() > MOST_PRIMES) {
          throw more.malformed();
        }
      }
    }
    boolean positive = n.signum() > 0 && d.signum() > 0;
    for (BigInteger number : primes) {
      positive &= number.signum() > 0;
    }
    for (BigInteger number : crt) {
      positive &= number.signum() > 0;
    }
    if (!positive) {
      throw new GoError("x509: private key contains zero or negative value");
    }
    RsaKey rsa = new RsaKey(n, e, d, primes, crt);
    rsa.check(meter);
    return rsa;
  }

  /** More primes than any library makes. */
  int MOST_PRIMES = 16;

  /** A key on one of the NIST curves. */
  final class Ec implements PrivateKeyDer {
    private final Curve curve;
    private final BigInteger d;
    private final byte[] publicKey;

    Ec(Curve curve, BigInteger d, byte[] publicKey) {
      this.curve = curve;
      this.d = d;
      this.publicKey = publicKey;
    }

    @Override
    public byte[] toPkcs8() {
      byte[] key =
          Der.write(
              Der.SEQUENCE,
              Der.writeInteger(1),
              Der.write(Der.OCTET_STRING, BigIntegers.asUnsignedByteArray(curve.size, d)),
              Der.write(0xA1, Der.writeBits(publicKey)));
      return Der.write(
          Der.SEQUENCE,
          Der.writeInteger(0),
          Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.EC), Der.writeIdentifier(curve.oid)),
          Der.write(Der.OCTET_STRING, key));
    }
  }

  /** A key on Curve25519 or Ed25519. */
  final class Montgomery implements PrivateKeyDer {
    private final String oid;
    private final byte[] seed;

    Montgomery(String oid, byte[] seed) {
      this.oid = oid;
      this.seed = seed;
    }

    @Override
    public byte[] toPkcs8() {
      return Der.write(
          Der.SEQUENCE,
          Der.writeInteger(0),
          Der.write(Der.SEQUENCE, Der.writeIdentifier(oid)),
          Der.write(Der.OCTET_STRING, Der.write(Der.OCTET_STRING, seed)));
    }
  }
}
