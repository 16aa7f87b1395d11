package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * An RSA private key with the checks of Go's crypto/rsa (1.26), in its order and words. Go checks
 * numbers with each other and does not test primes for being prime. Keys of more than two primes
 * are read and written as PKCS#1 has them.
 */
final class RsaKey implements PrivateKeyDer {
  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger LARGEST_EXPONENT = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final int LEAST_BITS = 1024;

  /** So many that the charge for them is beyond every limit. */
  private static final long MOST_WORDS = 1 << 20;

  private final BigInteger n;
  private final BigInteger e;
  private final BigInteger d;
  private final List<BigInteger> primes;
  private final List<BigInteger> crt;

  /**
   * A key that is not checked yet.
   *
   * @param crt the exponents for both primes and the coefficient; anything but three is computed
   */
  RsaKey(BigInteger n, long e, BigInteger d, List<BigInteger> primes, List<BigInteger> crt) {
    this.n = n;
    this.e = BigInteger.valueOf(e);
    this.d = d;
    this.primes = List.copyOf(primes);
    this.crt = new ArrayList<>(crt);
  }

  int bits() {
    return n.bitLength();
  }

  /** Refuses what Go refuses, and computes what is absent. */
  void check(Meter meter) throws GoError {
    charge(meter);
    modulus(n);
    if (primes.size() != 2) {
      below(d, n);
      checkPublic();
      computeAll();
      return;
    }
    BigInteger p = modulus(primes.get(0));
    BigInteger q = modulus(primes.get(1));
    below(d, n);
    if (crt.size() == 3) {
      below(crt.get(2), p);
    } else {
      BigInteger dp = d.mod(modulus(p.subtract(ONE)));
      BigInteger dq = d.mod(modulus(q.subtract(ONE)));
      if (!p.testBit(0)) {
        throw new GoError("crypto/rsa: p is even");
      }
      // As Go does: the inverse by Fermat, wrong where p is not prime, which shows below.
      BigInteger coefficient = q.modPow(p.subtract(BigInteger.TWO), p);
      crt.clear();
      crt.addAll(List.of(dp, dq, coefficient));
    }
    checkPublic();
    checkPrivate(p, q);
  }

  /** Quadratic in the size, and worse where an inverse is missing. */
  private void charge(Meter meter) {
    long words = n.bitLength() / 64 + 1L;
    for (BigInteger prime : primes) {
      words += prime.bitLength() / 64;
    }
    words = Math.min(words + d.bitLength() / 64, MOST_WORDS);
    meter.steps(words * words + (crt.size() == 3 ? 0 : words * words * words / 8));
  }

  private static BigInteger modulus(BigInteger value) throws GoError {
    if (value.compareTo(ONE) <= 0) {
      throw new GoError("modulus must be > 1");
    }
    return value;
  }

  private static void below(BigInteger value, BigInteger modulus) throws GoError {
    if ((value.bitLength() + 63) / 64 > (modulus.bitLength() + 63) / 64) {
      throw new GoError("input overflows the modulus size");
    }
    if (value.compareTo(modulus) >= 0) {
      throw new GoError("input overflows the modulus");
    }
  }

  private static void require(boolean good, String otherwise) throws GoError {
    if (!good) {
      throw new GoError("crypto/rsa: " + otherwise);
    }
  }

  private void checkPublic() throws GoError {
    require(n.testBit(0), "public modulus is even");
    require(e.compareTo(BigInteger.TWO) >= 0, "public exponent too small or negative");
    require(e.testBit(0), "public exponent is even");
    require(e.compareTo(LARGEST_EXPONENT) <= 0, "public exponent too large");
  }

  private void checkPrivate(BigInteger p, BigInteger q) throws GoError {
    require(p.compareTo(n) < 0 && q.compareTo(n) < 0, "invalid prime");
    require(p.multiply(q).mod(n).signum() == 0, "p * q != n");
    checkExponent(p, crt.get(0));
    checkExponent(q, crt.get(1));
    require(crt.get(2).multiply(q).mod(p).equals(ONE), "invalid CRT coefficient");
    require(d.mod(p.subtract(ONE)).equals(crt.get(0)), "d does not match dP");
    require(d.mod(q.subtract(ONE)).equals(crt.get(1)), "d does not match dQ");
    require(!p.equals(q), "p == q");
    boolean apart = p.subtract(q).abs().bitLength() > n.bitLength() / 2 - 100;
    require(apart, "|p - q| too small");
    require(d.bitLength() > n.bitLength() / 2, "d too small");
  }

  private void checkExponent(BigInteger prime, BigInteger exponent) throws GoError {
    BigInteger order = prime.subtract(ONE);
    require(order.compareTo(ONE) > 0, "invalid prime");
    boolean inverse = exponent.compareTo(order) < 0 && exponent.multiply(e).mod(order).equals(ONE);
    require(inverse, "invalid CRT exponent");
  }

  /** The values of a key of more than two primes. */
  private void computeAll() throws GoError {
    for (BigInteger prime : primes) {
      require(prime.compareTo(ONE) > 0, "prime factor is <= 1");
    }
    BigInteger p = primes.get(0);
    BigInteger q = primes.get(1);
    crt.clear();
    crt.add(d.mod(p.subtract(ONE)));
    crt.add(d.mod(q.subtract(ONE)));
    crt.add(inverse(q, p));
  }

  private static BigInteger inverse(BigInteger value, BigInteger modulus) throws GoError {
    require(value.gcd(modulus).equals(ONE), "prime factors are not relatively prime");
    return value.modInverse(modulus);
  }

  @Override
  public byte[] toPkcs8() throws GoError {
    return Der.write(
        Der.SEQUENCE,
        Der.writeInteger(0),
        Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.RSA), Der.writeNull()),
        Der.write(Der.OCTET_STRING, toPkcs1()));
  }

  private byte[] toPkcs1() throws GoError {
    List<byte[]> parts = new ArrayList<>();
    parts.add(Der.writeInteger(primes.size() > 2 ? 1 : 0));
    parts.add(Der.writeInteger(n));
    parts.add(Der.writeInteger(e));
    parts.add(Der.writeInteger(d));
    parts.add(Der.writeInteger(primes.get(0)));
    parts.add(Der.writeInteger(primes.get(1)));
    for (BigInteger number : crt) {
      parts.add(Der.writeInteger(number));
    }
    if (primes.size() > 2) {
      List<byte[]> more = new ArrayList<>();
      BigInteger product = primes.get(0).multiply(primes.get(1));
      for (BigInteger prime : primes.subList(2, primes.size())) {
        more.add(
            Der.write(
                Der.SEQUENCE,
                Der.writeInteger(prime),
                Der.writeInteger(d.mod(prime.subtract(ONE))),
                Der.writeInteger(inverse(product, prime))));
        product = product.multiply(prime);
      }
      parts.add(Der.write(Der.SEQUENCE, more.toArray(new byte[0][])));
    }
    return Der.write(Der.SEQUENCE, parts.toArray(new byte[0][]));
  }

  /** The key for the JCA, with its primes where it has just two. */
  PrivateKey toJca() throws GoError, GeneralSecurityException {
    if (bits() < LEAST_BITS) {
      throw new GoError(
          "crypto/rsa: "
              + bits()
              + "-bit keys are insecure"
              + " (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)");
    }
    KeyFactory factory = KeyFactory.getInstance("RSA");
    if (primes.size() != 2) {
      return factory.generatePrivate(new RSAPrivateKeySpec(n, d));
    }
    return factory.generatePrivate(
        new RSAPrivateCrtKeySpec(
            n, e, d, primes.get(0), primes.get(1), crt.get(0), crt.get(1), crt.get(2)));
  }

  /** Says what it is, never what it holds. */
  @Override
  public String toString() {
    return "RsaKey";
  }
}
