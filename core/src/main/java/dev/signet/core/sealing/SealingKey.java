package dev.signet.core.sealing;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Both halves of a sealing key, as a Secret of type {@code kubernetes.io/tls} holds them.
 *
 * @param name of that Secret; may be empty while it has none
 * @param created when that Secret was created
 * @param certificate what is handed out for sealing ({@code tls.crt})
 * @param openingKey what opens ({@code tls.key}); closed with this key
 */
public record SealingKey(
    String name, Instant created, SealingCertificate certificate, OpeningKey openingKey)
    implements AutoCloseable {

  /** What the controller makes unless told otherwise. */
  public static final int DEFAULT_BITS = 4096;

  private static final int SERIAL_BITS = 128;

  public SealingKey {
    requireNonNull(name, "name");
    requireNonNull(created, "created");
    requireNonNull(certificate, "certificate");
    requireNonNull(openingKey, "openingKey");
  }

  /**
   * Reads what a key Secret holds. Whether the halves belong together is not an error here: the
   * private key opens all the same. {@link #halvesMatch} tells.
   */
  public static SealingKey read(String name, Instant created, byte[] tlsCrt, byte[] tlsKey)
      throws MalformedKeyException {
    OpeningKey openingKey = OpeningKey.read(tlsKey);
    try {
      return new SealingKey(name, created, SealingCertificate.read(tlsCrt), openingKey);
    } catch (MalformedKeyException e) {
      openingKey.close();
      throw e;
    }
  }

  /**
   * Makes a key whose certificate is valid from now, to the second, for {@code validity}.
   *
   * @param commonName of issuer and subject, empty for none
   */
  public static SealingKey generate(
      String name,
      int bits,
      Duration validity,
      String commonName,
      Clock clock,
      SecureRandom random) {
    Instant now = clock.instant();
    KeyPair pair = keyPair(bits, random);
    var half = (RSAPublicKey) pair.getPublic();
    var publicKey = new RsaPublicKey(half.getModulus(), half.getPublicExponent());
    byte[] certificate =
        SelfSigned.certificate(
            publicKey,
            pair.getPrivate(),
            new BigInteger(SERIAL_BITS, random),
            now.truncatedTo(ChronoUnit.SECONDS),
            now.plus(validity).truncatedTo(ChronoUnit.SECONDS),
            commonName);
    try {
      return new SealingKey(
          name,
          now,
          SealingCertificate.ofDer(certificate),
          RsaPrivateKeys.of((RSAPrivateCrtKey) pair.getPrivate()));
    } catch (MalformedKeyException e) {
      throw new IllegalStateException("cannot read the certificate that was just made", e);
    }
  }

  private static KeyPair keyPair(int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
      generator.initialize(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("cannot make an RSA key of " + bits + " bits", e);
    }
  }

  /** The fingerprint of the private key. */
  public String id() {
    return openingKey.id();
  }

  /** Whether what is sealed with the certificate opens with the private key. */
  public boolean halvesMatch() {
    return certificate.publicKey().equals(openingKey.publicKey());
  }

  /** The same key under the name that its Secret got. */
  public SealingKey named(String newName, Instant newCreated) {
    return new SealingKey(newName, newCreated, certificate, openingKey);
  }

  @Override
  public void close() {
    openingKey.close();
  }
}
