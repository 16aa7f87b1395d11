package dev.signet.core.sealing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;

/**
 * Makes certificates as the Sealed Secrets controller makes them, byte for byte: X.509 version 3,
 * SHA256withRSA, issuer and subject the same common name or none, and in this order KeyUsage
 * encipherOnly (critical), BasicConstraints CA (critical) and a SubjectKeyIdentifier of the first
 * 20 bytes of the key's SHA-256 (RFC 7093 2, method 1).
 *
 * <p>Put together from BouncyCastle's ASN.1 types, because its certificate builders refuse an empty
 * issuer. The only class here that loads BouncyCastle: sealing and opening must not pay for it.
 */
final class SelfSigned {

  private static final int VERSION_3 = 2;
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
              algorithm(PKCSObjectIdentifiers.rsaEncryption),
              new RSAPublicKey(key.modulus(), key.exponent()));
      var signatureAlgorithm = algorithm(PKCSObjectIdentifiers.sha256WithRSAEncryption);
      var name = name(commonName);
      var tbs =
          sequence(
              new DERTaggedObject(true, 0, new ASN1Integer(VERSION_3)),
              new ASN1Integer(serial),
              signatureAlgorithm,
              name,
              sequence(time(notBefore), time(notAfter)),
              name,
              publicKey,
              new DERTaggedObject(true, 3, extensions(publicKey)));
      var signature = new DERBitString(signature(signingKey, tbs));
      return sequence(tbs, signatureAlgorithm, signature).getEncoded(ASN1Encoding.DER);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate for " + key, e);
    }
  }

  private static byte[] signature(PrivateKey key, DERSequence tbs)
      throws IOException, GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(tbs.getEncoded(ASN1Encoding.DER));
    return signature.sign();
  }

  private static Extensions extensions(SubjectPublicKeyInfo key) throws IOException {
    byte[] hash = RsaPublicKey.sha256().digest(key.getPublicKeyData().getBytes());
    var identifier = new SubjectKeyIdentifier(Arrays.copyOf(hash, KEY_IDENTIFIER));
    return new Extensions(
        new Extension[] {
          Extension.create(Extension.keyUsage, true, new KeyUsage(KeyUsage.encipherOnly)),
          Extension.create(Extension.basicConstraints, true, new BasicConstraints(true)),
          Extension.create(Extension.subjectKeyIdentifier, false, identifier),
        });
  }

  private static AlgorithmIdentifier algorithm(ASN1ObjectIdentifier identifier) {
    return new AlgorithmIdentifier(identifier, DERNull.INSTANCE);
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
    ASN1Encodable value =
        DERPrintableString.isPrintableString(commonName)
            ? new DERPrintableString(commonName)
            : new DERUTF8String(commonName);
    return new X500Name(new RDN[] {new RDN(BCStyle.CN, value)});
  }

  private static DERSequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }
}
