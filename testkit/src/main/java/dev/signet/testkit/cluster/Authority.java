package dev.signet.testkit.cluster;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority with P-256 keys, whose certificates are valid from an hour ago for ten
 * years: a control plane for people may stay up, and clocks of tests step.
 */
final class Authority {

  private static final Duration PAST = Duration.ofHours(1);
  private static final Duration FUTURE = Duration.ofDays(3650);

  private final Identity identity;

  Authority(Identity identity) {
    this.identity = identity;
  }

  static Authority create(String commonName) {
    KeyPair pair = keyPair();
    X500Name name = name(commonName, List.of());
    return new Authority(
        sign(
            pair,
            name,
            pair,
            name,
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
              builder.addExtension(
                  Extension.keyUsage,
                  true,
                  new KeyUsage(
                      KeyUsage.digitalSignature | KeyUsage.keyCertSign | KeyUsage.cRLSign));
            }));
  }

  Identity identity() {
    return identity;
  }

  X509Certificate certificate() {
    return identity.certificate();
  }

  /** A client: the common name is the user, the organizations are the groups. */
  Identity client(String user, List<String> groups) {
    return issue(name(user, groups), List.of());
  }

  /** A server, which may be a client too; hosts are DNS names or IPv4 addresses. */
  Identity server(String commonName, List<String> hosts) {
    return issue(name(commonName, List.of()), hosts);
  }

  private Identity issue(X500Name subject, List<String> hosts) {
    KeyPair issuer = new KeyPair(certificate().getPublicKey(), identity.key());
    X500Name issuerName =
        X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
    return sign(
        issuer,
        issuerName,
        keyPair(),
        subject,
        builder -> {
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
          KeyPurposeId[] purposes =
              hosts.isEmpty()
                  ? new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth}
                  : new KeyPurposeId[] {
                    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                  };
          builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
          if (!hosts.isEmpty()) {
            GeneralName[] names =
                hosts.stream().map(Authority::generalName).toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
          }
        });
  }

  private static GeneralName generalName(String host) {
    boolean address = host.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private interface Extensions {
    void addTo(X509v3CertificateBuilder builder) throws CertIOException;
  }

  private static Identity sign(
      KeyPair issuer, X500Name issuerName, KeyPair subject, X500Name name, Extensions extensions) {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            issuerName,
            new BigInteger(120, new SecureRandom()).setBit(120),
            Date.from(now.minus(PAST)),
            Date.from(now.plus(FUTURE)),
            name,
            subject.getPublic());
    try {
      extensions.addTo(builder);
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate());
      return new Identity(
          subject.getPrivate(),
          new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
    } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate for " + name, e);
    }
  }

  static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no P-256", e);
    }
  }

  private static X500Name name(String commonName, List<String> organizations) {
    X500NameBuilder builder = new X500NameBuilder(BCStyle.INSTANCE);
    organizations.forEach(organization -> builder.addRDN(BCStyle.O, organization));
    return builder.addRDN(BCStyle.CN, commonName).build();
  }
}
