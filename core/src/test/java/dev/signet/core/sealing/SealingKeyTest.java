package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingKeyTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");
  private static final Duration TEN_YEARS = Duration.ofDays(3650);

  private static SealingKey generate(int bits, String commonName) {
    return SealingKey.generate(
        "key", bits, TEN_YEARS, commonName, Clock.fixed(NOW, ZoneOffset.UTC), new SecureRandom());
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 2048})
  void aMadeKeyReadsBackWithTheSameDatesAndSealsForItself(int bits) throws Exception {
    try (SealingKey made = generate(bits, "")) {
      assertThat(made.created()).isEqualTo(NOW);
      assertThat(made.halvesMatch()).isTrue();

      byte[] tlsKey = made.openingKey().toPem().orElseThrow().with(byte[]::clone);
      SealingKey read = SealingKey.read("key", NOW, made.certificate().toPem(), tlsKey);

      assertThat(read.certificate()).isEqualTo(made.certificate());
      assertThat(read.certificate().publicKey().modulus().bitLength()).isEqualTo(bits);
      assertThat(read.certificate().notBefore()).isEqualTo("2026-03-04T05:06:07Z");
      assertThat(read.certificate().notAfter()).isEqualTo("2036-03-01T05:06:07Z");
      assertThat(read.id()).isEqualTo(made.id()).isEqualTo(made.certificate().fingerprint());

      byte[] sealed =
          new Sealer(made.certificate().publicKey(), new SecureRandom())
              .seal(SecretBytes.copyOf("v".getBytes(UTF_8)), new byte[0]);
      Opened opened =
          KeyRing.of(List.of(read), KeyOrder.SECRET_CREATION).open(sealed, new byte[0], Hint.NONE);
      assertThat(opened.value().with(byte[]::clone)).isEqualTo("v".getBytes(UTF_8));
    }
  }

  @Test
  void aMadeCertificateIsWhatTheJdkTakesItFor() throws Exception {
    try (SealingKey made = generate(1024, "Sealing key, Zürich")) {
      X509Certificate jdk =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(made.certificate().toPem()));
      jdk.verify(jdk.getPublicKey());
      assertThat(jdk.getVersion()).isEqualTo(3);
      assertThat(jdk.getSigAlgName()).isEqualTo("SHA256withRSA");
      assertThat(jdk.getSerialNumber().signum()).isEqualTo(1);
      assertThat(jdk.getSerialNumber().bitLength()).isBetween(65, 128);
      assertThat(jdk.getSubjectX500Principal()).isEqualTo(jdk.getIssuerX500Principal());
      assertThat(jdk.getSubjectX500Principal().getName()).isEqualTo("CN=Sealing key\\, Zürich");
      assertThat(jdk.getNotBefore().toInstant()).isEqualTo(made.certificate().notBefore());
      assertThat(jdk.getNotAfter().toInstant()).isEqualTo(made.certificate().notAfter());
      assertThat(jdk.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
      assertThat(jdk.getCriticalExtensionOIDs())
          .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19");
      assertThat(jdk.getNonCriticalExtensionOIDs()).containsExactly("2.5.29.14");
      // an OCTET STRING of the BIT STRING 03 02 00 01: encipherOnly
      assertThat(jdk.getExtensionValue("2.5.29.15"))
          .isEqualTo(HexFormat.of().parseHex("040403020001"));
    }
  }

  @Test
  void aNamelessCertificateIsSignedByItsKey() throws Exception {
    try (SealingKey nameless = generate(1024, "")) {
      var certificate = ASN1Sequence.getInstance(nameless.certificate().toDer());
      var tbs = ASN1Sequence.getInstance(certificate.getObjectAt(0));
      assertThat(X500Name.getInstance(tbs.getObjectAt(3)).getRDNs()).isEmpty();
      assertThat(X500Name.getInstance(tbs.getObjectAt(5)).getRDNs()).isEmpty();
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(TestKeys.jca(nameless.certificate().publicKey()));
      signature.update(tbs.getEncoded());
      assertThat(signature.verify(ASN1BitString.getInstance(certificate.getObjectAt(2)).getBytes()))
          .isTrue();
    }
  }

  @Test
  void openSslTakesAMadeKeyForWhatItIs(@TempDir Path folder) throws Exception {
    try (SealingKey made = generate(2048, "")) {
      String text =
          new String(
              OpenSsl.run(folder, made.certificate().toPem(), "x509 -noout -text"), US_ASCII);
      assertThat(text)
          .contains(
              "Version: 3 (0x2)",
              "sha256WithRSAEncryption",
              "Not Before: Mar  4 05:06:07 2026 GMT",
              "Not After : Mar  1 05:06:07 2036 GMT",
              "Encipher Only",
              "CA:TRUE",
              "X509v3 Subject Key Identifier");
      byte[] tlsKey = made.openingKey().toPem().orElseThrow().with(byte[]::clone);
      assertThat(new String(OpenSsl.run(folder, tlsKey, "rsa -noout -check"), US_ASCII))
          .contains("RSA key ok");
    }
  }

  @Test
  void halvesOfDifferentKeysAreReadAndTold() throws MalformedKeyException {
    SealingKey key =
        SealingKey.read(
            "key",
            NOW,
            TestKeys.resource("keys/p2048.cert.pem"),
            TestKeys.resource("keys/p4096.key.pem"));
    assertThat(key.halvesMatch()).isFalse();
    assertThat(key.id()).isEqualTo(TestKeys.named("p4096").id());
  }

  @Test
  void aBadHalfIsRefused() {
    byte[] good = TestKeys.resource("keys/p2048.key.pem");
    assertThatThrownBy(() -> SealingKey.read("key", NOW, good, good))
        .hasMessage("data does not contain any valid RSA or ECDSA certificates");
    assertThatThrownBy(() -> SealingKey.read("key", NOW, new byte[0], new byte[0]))
        .hasMessage("data does not contain a valid RSA or ECDSA private key");
  }

  @Test
  void sizesThatMakeNoKeyAreRefused() {
    assertThatThrownBy(() -> generate(100, "")).isInstanceOf(IllegalArgumentException.class);
  }
}
