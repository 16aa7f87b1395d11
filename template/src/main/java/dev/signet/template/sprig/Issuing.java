package dev.signet.template.sprig;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Issues a certificate with the extensions that Go's x509.CreateCertificate writes for Sprig, in
 * its order: key usage, extended key usage, basic constraints, key identifiers, alternative names.
 * The identifier of an authority's key is the first 20 bytes of its SHA-256, as since Go 1.25.
 */
record Issuing(
    Call call, String commonName, long days, List<GeneralName> names, boolean authority) {

  /** The certificate in PEM; signed by itself where there is no signer. */
  String sign(KeyPair keys, @Nullable X509CertificateHolder signer, KeyPair signerKeys)
      throws GoError {
    call.meter().steps(10_000);
    Instant now = call.clock().instant().truncatedTo(ChronoUnit.SECONDS);
    X500Name subject = subject();
    SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded());
    byte[] serial = new byte[16];
    call.random().nextBytes(serial);
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              signer == null ? subject : signer.getSubject(),
              new BigInteger(1, serial),
              Date.from(now),
              Date.from(now.plus(lifetime())),
              subject,
              key);
      extend(builder, key, signer);
      ContentSigner contentSigner =
          new JcaContentSignerBuilder(algorithm(signerKeys.getPrivate()))
              .setSecureRandom(CallRandom.of(call))
              .build(signerKeys.getPrivate());
      String pem = new Pem("CERTIFICATE", builder.build(contentSigner).getEncoded()).encode();
      call.meter().time();
      return pem;
    } catch (IOException | OperatorCreationException | ArithmeticException e) {
      throw new GoError(
          "error creating certificate: x509: " + Utf8.encode(String.valueOf(e.getMessage())));
    }
  }

  /** Go's durations hold 292 years and wrap. */
  private Duration lifetime() {
    return Duration.ofNanos(Duration.ofDays(1).toNanos() * days);
  }

  private X500Name subject() {
    if (commonName.isEmpty()) {
      return new X500Name(new RDN[0]);
    }
    boolean printable = commonName.matches("[A-Za-z0-9 '()+,\\-./:=?]*");
    ASN1Encodable text =
        printable ? new DERPrintableString(commonName) : new DERUTF8String(Utf8.decode(commonName));
    return new X500Name(new RDN[] {new RDN(BCStyle.CN, text)});
  }

  private void extend(
      X509v3CertificateBuilder builder,
      SubjectPublicKeyInfo key,
      @Nullable X509CertificateHolder signer)
      throws IOException {
    int usage = KeyUsage.keyEncipherment | KeyUsage.digitalSignature;
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(authority ? usage | KeyUsage.keyCertSign : usage));
    KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (authority) {
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier(key)));
    }
    SubjectKeyIdentifier signerKey =
        signer == null ? null : SubjectKeyIdentifier.fromExtensions(signer.getExtensions());
    if (signer != null && signerKey != null && !signer.getSubject().equals(subject())) {
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(signerKey.getKeyIdentifier()));
    }
    if (!names.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          commonName.isEmpty(),
          new GeneralNames(names.toArray(new GeneralName[0])));
    }
  }

  private static byte[] identifier(SubjectPublicKeyInfo key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getPublicKeyData().getBytes());
      return Arrays.copyOf(digest, 20);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String algorithm(PrivateKey key) throws GoError {
    return switch (key) {
      case RSAPrivateKey rsa -> "SHA256withRSA";
      case ECPrivateKey ec -> {
        int bits = ec.getParams().getOrder().bitLength();
        yield bits <= 256 ? "SHA256withECDSA" : bits <= 384 ? "SHA384withECDSA" : "SHA512withECDSA";
      }
      case EdECPrivateKey ed -> "Ed25519";
      default ->
          throw new GoError(
              "error creating certificate: x509: certificate private key does not implement"
                  + " crypto.Signer");
    };
  }
}
