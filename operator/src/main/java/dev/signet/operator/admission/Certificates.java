package dev.signet.operator.admission;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate of the webhook and the authority that vouches for it, as the Secret holds them:
 * PEM under upstream's names {@code ca.crt}, {@code ca.key}, {@code tls.crt}, {@code tls.key}.
 *
 * <p>Keys are P-256. A certificate lasts a year and is made anew when a third of that is left; an
 * authority lasts ten, and when it could not outlive one more certificate a new one is put before
 * it in {@code ca.crt}, so that callers trust both while replicas change over. A certificate that
 * somebody else made may have any key that PEM can hold.
 *
 * @param authorities of {@code ca.crt}, the one that signs first
 * @param authorityKey empty where somebody else signs
 * @param chain of {@code tls.crt}, the server's own first
 */
record Certificates(
    List<X509Certificate> authorities,
    Optional<PrivateKey> authorityKey,
    List<X509Certificate> chain,
    PrivateKey key) {

  private static final Duration SERVER = Duration.ofDays(365);
  private static final Duration AUTHORITY = Duration.ofDays(3650);

  /** Clocks differ. */
  private static final Duration EARLIER = Duration.ofHours(1);

  private static final String CA = "ca.crt";
  private static final String CA_KEY = "ca.key";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";

  private static final int SERIAL_BITS = 127;
  private static final String SIGNATURE = "SHA256withECDSA";

  Certificates {
    authorities = List.copyOf(authorities);
    chain = List.copyOf(chain);
  }

  /** New ones; an authority of before is trusted on until it ends. */
  static Certificates make(
      List<String> hosts, Optional<Certificates> before, Instant now, SecureRandom random)
      throws GeneralSecurityException {
    try {
      Optional<Certificates> signing = before.filter(it -> it.canSign(now));
      KeyPair pair = pair(random);
      if (signing.isPresent()) {
        Certificates old = signing.get();
        return old.with(pair, hosts, now, random);
      }
      KeyPair authority = pair(random);
      X500Name name =
          new X500Name("CN=signet-webhook-ca-" + Long.toHexString(now.getEpochSecond()));
      X509v3CertificateBuilder builder =
          builder(name, name, authority.getPublic(), now, AUTHORITY, random)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage,
                  true,
                  new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
      List<X509Certificate> authorities = new ArrayList<>();
      authorities.add(signed(builder, authority.getPrivate()));
      before.ifPresent(
          it ->
              it.authorities().stream()
                  .filter(old -> old.getNotAfter().toInstant().isAfter(now))
                  .limit(2)
                  .forEach(authorities::add));
      return new Certificates(
              authorities, Optional.of(authority.getPrivate()), List.of(), pair.getPrivate())
          .with(pair, hosts, now, random);
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException("cannot make the webhook's certificate", e);
    }
  }

  private Certificates with(KeyPair pair, List<String> hosts, Instant now, SecureRandom random)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    X509Certificate authority = authorities.getFirst();
    List<GeneralName> names = new ArrayList<>();
    for (String host : hosts) {
      names.add(
          new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host));
    }
    X509v3CertificateBuilder builder =
        builder(
                X500Name.getInstance(authority.getSubjectX500Principal().getEncoded()),
                // Names of hosts may be longer than a common name may.
                new X500Name("CN=signet-webhook"),
                pair.getPublic(),
                now,
                SERVER,
                random)
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
            .addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
            .addExtension(
                Extension.authorityKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(authority.getPublicKey()))
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(names.toArray(GeneralName[]::new)));
    X509Certificate server = signed(builder, authorityKey.orElseThrow());
    return new Certificates(authorities, authorityKey, List.of(server), pair.getPrivate());
  }

  private static boolean isAddress(String host) {
    return host.matches("[0-9.]+|.*:.*");
  }

  private static KeyPair pair(SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      Instant now,
      Duration lasts,
      SecureRandom random)
      throws GeneralSecurityException, IOException {
    return new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
            Date.from(now.minus(EARLIER)),
            Date.from(now.plus(lasts)),
            subject,
            key)
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    byte[] der = builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)).getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** What a Secret holds; empty when it holds no certificate. */
  static Optional<Certificates> read(Material data) throws GeneralSecurityException {
    Optional<Item> chain = data.get(CERTIFICATE);
    Optional<Item> key = data.get(KEY);
    if (chain.isEmpty() || key.isEmpty() || chain.get().value().size() == 0) {
      return Optional.empty();
    }
    List<X509Certificate> own = certificates(chain.get().value());
    if (own.isEmpty()) {
      throw new GeneralSecurityException(CERTIFICATE + " holds no certificate");
    }
    Optional<Item> signs = data.get(CA_KEY);
    return Optional.of(
        new Certificates(
            data.get(CA).isEmpty() ? List.of() : certificates(data.get(CA).get().value()),
            signs.isEmpty() ? Optional.empty() : Optional.of(key(signs.get().value(), CA_KEY)),
            own,
            key(key.get().value(), KEY)));
  }

  private static List<X509Certificate> certificates(SecretBytes pem)
      throws GeneralSecurityException {
    List<X509Certificate> all = new ArrayList<>();
    for (Certificate each :
        pem.with(
            bytes ->
                CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes)))) {
      all.add((X509Certificate) each);
    }
    return all;
  }

  private static PrivateKey key(SecretBytes pem, String name) throws GeneralSecurityException {
    try {
      Object read =
          pem.with(
              bytes ->
                  new PEMParser(
                          new InputStreamReader(
                              new ByteArrayInputStream(bytes), StandardCharsets.US_ASCII))
                      .readObject());
      PrivateKeyInfo info =
          switch (read) {
            case PrivateKeyInfo it -> it;
            case PEMKeyPair it -> it.getPrivateKeyInfo();
            case null, default ->
                throw new GeneralSecurityException(name + " holds no private key in PEM");
          };
      return new JcaPEMKeyConverter().getPrivateKey(info);
    } catch (IOException e) {
      // Without the cause: it may quote what it read.
      throw new GeneralSecurityException(name + " holds no private key in PEM");
    }
  }

  /** As a Secret holds them. */
  Material data() {
    Material data = new Material();
    put(data, CA, authorityPem());
    authorityKey.ifPresent(it -> put(data, CA_KEY, pem("PRIVATE KEY", it.getEncoded())));
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    chain.forEach(each -> pem.writeBytes(pem(each)));
    put(data, CERTIFICATE, pem.toByteArray());
    put(data, KEY, pem("PRIVATE KEY", key.getEncoded()));
    return data;
  }

  /** Whom callers are to trust. */
  byte[] authorityPem() {
    ByteArrayOutputStream pem = new ByteArrayOutputStream();
    authorities.forEach(each -> pem.writeBytes(pem(each)));
    return pem.toByteArray();
  }

  private static void put(Material data, String name, byte[] value) {
    data.put(name, new Item(SecretBytes.wrap(value), Origin.of("made here", "")));
  }

  private static byte[] pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  private static byte[] pem(String type, byte[] der) {
    return ("-----BEGIN "
            + type
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + type
            + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether callers that trust the authorities could go on calling by these names for long. */
  boolean goodFor(List<String> hosts, Instant now) {
    try {
      X509Certificate server = chain.getFirst();
      if (authorities.isEmpty() || authorityKey.isEmpty()) {
        return false;
      }
      server.verify(authorities.getFirst().getPublicKey());
      Instant from = server.getNotBefore().toInstant();
      Instant until = server.getNotAfter().toInstant();
      Duration third = Duration.between(from, until).dividedBy(3);
      return !now.isBefore(from)
          && now.isBefore(until.minus(third))
          && now.isBefore(authorities.getFirst().getNotAfter().toInstant())
          && names(server).containsAll(hosts);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean canSign(Instant now) {
    return authorityKey.filter(it -> it.getAlgorithm().equals("EC")).isPresent()
        && !authorities.isEmpty()
        && !now.isBefore(authorities.getFirst().getNotBefore().toInstant())
        && now.plus(SERVER).isBefore(authorities.getFirst().getNotAfter().toInstant());
  }

  private static List<String> names(X509Certificate certificate) throws GeneralSecurityException {
    List<String> names = new ArrayList<>();
    if (certificate.getSubjectAlternativeNames() != null) {
      for (List<?> each : certificate.getSubjectAlternativeNames()) {
        names.add(String.valueOf(each.get(1)));
      }
    }
    return names;
  }
}
