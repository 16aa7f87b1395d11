package dev.signet.core.sealing;

import dev.signet.core.sealing.Der.MalformedDerException;
import java.time.Instant;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The public half of a sealing key as it is handed out: an X.509 certificate (RFC 5280), of which
 * only the key and the dates mean anything. Nobody signs it but its own key, its name is empty by
 * default, and neither signature, chain, usage nor start date are looked at.
 *
 * <p>Read with {@link Der}, not with the JDK: {@code CertificateFactory} refuses an empty name and
 * takes longer to start than sealing takes. The text is bounded by {@link Pem#MAX_TEXT}.
 */
public final class SealingCertificate {

  static final String PEM_TYPE = "CERTIFICATE";

  private final byte[] der;
  private final RsaPublicKey publicKey;
  private final Instant notBefore;
  private final Instant notAfter;

  private SealingCertificate(
      byte[] der, RsaPublicKey publicKey, Instant notBefore, Instant notAfter) {
    this.der = der;
    this.publicKey = publicKey;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  /**
   * Reads the first certificate of a PEM text. As upstream, it is picky about those behind it too:
   * they must be certificates, of whatever key.
   */
  public static SealingCertificate read(byte[] pem) throws MalformedKeyException {
    List<X509> certificates = new ArrayList<>();
    for (Pem.Block block : Pem.blocks(pem)) {
      if (block.type().equals(PEM_TYPE) && !block.hasHeaders()) {
        certificates.add(X509.read(block.bytes()));
      }
    }
    if (certificates.isEmpty()) {
      throw new MalformedKeyException("data does not contain any valid RSA or ECDSA certificates");
    }
    return of(certificates.getFirst());
  }

  static SealingCertificate ofDer(byte[] der) throws MalformedKeyException {
    return of(X509.read(der));
  }

  private static SealingCertificate of(X509 certificate) throws MalformedKeyException {
    if (certificate.keyAlgorithm != KeyAlgorithm.RSA) {
      throw new MalformedKeyException(
          "expected RSA public key but found " + certificate.keyAlgorithm.text());
    }
    return new SealingCertificate(
        certificate.der, rsaKey(certificate.key), certificate.notBefore, certificate.notAfter);
  }

  public RsaPublicKey publicKey() {
    return publicKey;
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  /** The fingerprint of the public key. */
  public String fingerprint() {
    return publicKey.fingerprint();
  }

  public boolean expiredAt(Instant now) {
    return now.isAfter(notAfter);
  }

  /** What upstream answers when asked to seal with this certificate once it has expired. */
  public String expiryMessage() {
    var day = notAfter.atOffset(ZoneOffset.UTC);
    return "failed to encrypt using an expired certificate on "
        + englishName(day.getMonth())
        + " "
        + day.getDayOfMonth()
        + ", "
        + fourDigits(day.getYear());
  }

  /** This certificate alone, whatever stood around it where it was read. */
  public byte[] toPem() {
    return Pem.encode(PEM_TYPE, der);
  }

  /** The certificate's bytes. */
  public byte[] toDer() {
    return der.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SealingCertificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }

  @Override
  public String toString() {
    return "SealingCertificate[" + fingerprint() + ", " + notBefore + " to " + notAfter + "]";
  }

  /** Not {@code getDisplayName}: that loads the locale data of a whole world. */
  private static String englishName(Month month) {
    String name = month.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String fourDigits(int year) {
    String digits = Integer.toString(year);
    return "0".repeat(Math.max(0, 4 - digits.length())) + digits;
  }

  private static RsaPublicKey rsaKey(Der subjectPublicKey) throws MalformedKeyException {
    String part = "public key";
    try {
      Der key = subjectPublicKey.enter(Der.SEQUENCE);
      part = "modulus";
      var modulus = key.integer();
      part = "public exponent";
      var exponent = key.integer();
      return RsaPublicKey.read(modulus, exponent);
    } catch (MalformedDerException e) {
      throw new MalformedKeyException("x509: invalid RSA " + part);
    }
  }

  /**
   *
   *
   * <pre>
   * Certificate = SEQUENCE { tbs, signature algorithm, signature }
   * tbs = SEQUENCE { [0] version, serial, signature algorithm, issuer,
   *                  SEQUENCE { notBefore, notAfter }, subject,
   *                  SEQUENCE { SEQUENCE { key algorithm OID, parameters }, key BIT STRING }, … }
   * </pre>
   */
  private static final class X509 {

    private static final byte[] NULL = {5, 0};

    final byte[] der;
    final KeyAlgorithm keyAlgorithm;
    final Der key;
    final Instant notBefore;
    final Instant notAfter;

    private X509(
        byte[] der, KeyAlgorithm keyAlgorithm, Der key, Instant notBefore, Instant notAfter) {
      this.der = der;
      this.keyAlgorithm = keyAlgorithm;
      this.key = key;
      this.notBefore = notBefore;
      this.notAfter = notAfter;
    }

    static X509 read(byte[] der) throws MalformedKeyException {
      String part = "certificate";
      try {
        Der input = new Der(der);
        Der certificate = input.enter(Der.SEQUENCE);
        part = "tbs certificate";
        Der tbs = certificate.enter(Der.SEQUENCE);
        part = "version";
        tbs.skipIfNext(Der.explicit(0));
        part = "serial number";
        tbs.skip(Der.INTEGER);
        part = "signature algorithm identifier";
        tbs.skip(Der.SEQUENCE);
        part = "issuer";
        tbs.skip(Der.SEQUENCE);
        part = "validity";
        Der validity = tbs.enter(Der.SEQUENCE);
        Instant notBefore = time(validity);
        Instant notAfter = time(validity);
        // upstream says "issuer" for a malformed subject, too
        part = "issuer";
        tbs.skip(Der.SEQUENCE);
        part = "spki";
        Der keyInfo = tbs.enter(Der.SEQUENCE);
        part = "public key algorithm identifier";
        Der identifier = keyInfo.enter(Der.SEQUENCE);
        KeyAlgorithm algorithm = KeyAlgorithm.of(identifier.objectIdentifier());
        if (algorithm == KeyAlgorithm.RSA && !Arrays.equals(identifier.rest(), NULL)) {
          throw new MalformedKeyException("x509: RSA key missing NULL parameters");
        }
        part = "subjectPublicKey";
        Der key = keyInfo.wholeBytes();
        part = "algorithm identifier";
        certificate.skip(Der.SEQUENCE);
        part = "signature";
        certificate.skip(Der.BIT_STRING);
        if (!input.isAtEnd()) {
          throw new MalformedKeyException("x509: trailing data");
        }
        return new X509(der, algorithm, key, notBefore, notAfter);
      } catch (MalformedDerException e) {
        throw new MalformedKeyException("x509: malformed " + part);
      }
    }

    private static Instant time(Der validity) throws MalformedKeyException {
      boolean utc = validity.nextIs(Der.UTC_TIME);
      if (!utc && !validity.nextIs(Der.GENERALIZED_TIME)) {
        throw new MalformedKeyException("x509: unsupported time format");
      }
      try {
        return validity.time();
      } catch (MalformedDerException e) {
        throw new MalformedKeyException(
            utc ? "x509: malformed UTCTime" : "x509: malformed GeneralizedTime");
      }
    }
  }
}
