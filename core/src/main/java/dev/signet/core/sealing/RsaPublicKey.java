package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signet.core.GoBase64;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The public half of a sealing key.
 *
 * <p>Held to upstream's bounds: an odd modulus of at least 1024 bits and an odd exponent of at
 * least 3 that fits 31 bits; and to the JDK's: a modulus of at most 16384 bits.
 */
public record RsaPublicKey(BigInteger modulus, BigInteger exponent) {

  private static final int MIN_BITS = 1024;
  private static final int MAX_BITS = 16_384;

  public RsaPublicKey {
    String problem = problemOf(modulus, exponent);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** What {@code new} does, with a checked exception: for numbers that were read. */
  static RsaPublicKey read(BigInteger modulus, BigInteger exponent) throws MalformedKeyException {
    String problem = problemOf(modulus, exponent);
    if (!problem.isEmpty()) {
      throw new MalformedKeyException(problem);
    }
    return new RsaPublicKey(modulus, exponent);
  }

  /** In upstream's words where they exist; empty when there is none. */
  private static String problemOf(BigInteger modulus, BigInteger exponent) {
    int bits = modulus.bitLength();
    if (modulus.signum() <= 0) {
      return "x509: RSA modulus is not a positive number";
    }
    if (exponent.signum() <= 0) {
      return "x509: RSA public exponent is not a positive number";
    }
    if (bits < MIN_BITS) {
      return "crypto/rsa: "
          + bits
          + "-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)";
    }
    if (bits > MAX_BITS) {
      return bits + "-bit RSA keys are not supported: the limit is " + MAX_BITS + " bits";
    }
    if (!modulus.testBit(0)) {
      return "crypto/rsa: public modulus is even";
    }
    if (exponent.equals(BigInteger.ONE)) {
      return "crypto/rsa: public exponent too small or negative";
    }
    if (!exponent.testBit(0)) {
      return "crypto/rsa: public exponent is even";
    }
    return exponent.bitLength() > 31 ? "crypto/rsa: public exponent too large" : "";
  }

  /** The length of the modulus, and so of what is sealed with it, in bytes. */
  public int size() {
    return (modulus.bitLength() + 7) / 8;
  }

  /**
   * The name of the key: {@code SHA256:} and the unpadded Base64 of the hash of its OpenSSH form
   * (RFC 4253 6.6: the strings {@code ssh-rsa}, exponent, modulus).
   */
  public String fingerprint() {
    byte[] type = "ssh-rsa".getBytes(US_ASCII);
    byte[] e = exponent.toByteArray();
    byte[] n = modulus.toByteArray();
    ByteBuffer wire = ByteBuffer.allocate(12 + type.length + e.length + n.length);
    for (byte[] part : new byte[][] {type, e, n}) {
      wire.putInt(part.length).put(part);
    }
    return "SHA256:" + GoBase64.RAW_STD.encodeToString(sha256().digest(wire.array()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java runtime has SHA-256", missing);
    }
  }

  @Override
  public String toString() {
    return fingerprint();
  }
}
