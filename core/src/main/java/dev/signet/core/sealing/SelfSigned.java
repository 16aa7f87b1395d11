package dev.signet.core.sealing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes certificates as the Sealed Secrets controller makes them, byte for byte: X.509 version 3,
 * SHA256withRSA, issuer and subject the same common name or none, and in this order KeyUsage
 * encipherOnly (critical), BasicConstraints CA (critical) and a SubjectKeyIdentifier of the first
 * 20 bytes of the key's SHA-256 (RFC 7093 2, method 1).
 *
 * <p>The only class here that loads BouncyCastle: sealing and opening must not pay for it.
 */
final class SelfSigned {

  private static final int KEY_IDENTIFIER = 20;

  private SelfSigned() {}

  static byte[] certificate(
      RsaPublicKey key,
      PrivateKey signingKey,
      BigInteger serial,
      Instant notBefore,
      Instant notAfter,
      String commonName) {
    try {
      var publicKey =
          new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(
                  PKCSObjectIdentifiers.rsaEncryption, org.bouncycastle.asn1.DERNull.INSTANCE),
              new RSAPublicKey(key.modulus(), key.exponent()));
      byte[] hash = RsaPublicKey.sha256().digest(publicKey.getPublicKeyData().getBytes());
      X500Name name = name(commonName);
      var builder =
          new X509v3CertificateBuilder(
              name, serial, time(notBefore), time(notAfter), name, publicKey);
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.encipherOnly));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new SubjectKeyIdentifier(Arrays.copyOf(hash, KEY_IDENTIFIER)));
      ContentSigner signer = new JcaContentSignerBuilder("SHA256withRSA").build(signingKey);
      return builder.build(signer).getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a certificate for " + key, e);
    }
  }

  private static Time time(Instant instant) {
    int year = instant.atOffset(ZoneOffset.UTC).getYear();
    if (year < 1950 || year > 9999) {
      throw new IllegalArgumentException(
          "a certificate cannot say " + instant + ": its years are 1950 to 9999");
    }
    return new Time(Date.from(instant), Locale.ROOT);
  }

  /** A PrintableString where that can hold the name, else UTF-8, as Go encodes names. */
  private static X500Name name(String commonName) {
    if (commonName.isEmpty()) {
      return new X500Name(new RDN[0]);
    }
    ASN1ObjectIdentifier type = BCStyle.CN;
    ASN1Encodable value =
        DERPrintableString.isPrintableString(commonName)
            ? new DERPrintableString(commonName)
            : new DERUTF8String(commonName);
    return new X500Name(new RDN[] {new RDN(type, value)});
  }
}
