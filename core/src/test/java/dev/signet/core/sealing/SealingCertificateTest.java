package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.testkit.Jsonl;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SealingCertificateTest {

  static List<Jsonl.Row> vectors() {
    return Jsonl.rows(SealingCertificateTest.class, "/sealed/readers.jsonl").stream()
        .filter(row -> row.text("what").equals("certificate"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsWhatUpstreamReads(Jsonl.Row row) throws MalformedKeyException {
    byte[] pem = row.text("pem").getBytes(US_ASCII);
    if (row.has("fingerprint")) {
      SealingCertificate certificate = SealingCertificate.read(pem);
      assertThat(certificate.fingerprint()).isEqualTo(row.text("fingerprint"));
      assertThat(certificate.notBefore()).isEqualTo(row.text("notBefore"));
      assertThat(certificate.notAfter()).isEqualTo(row.text("notAfter"));
      assertThat(certificate.expiryMessage())
          .isEqualTo("failed to encrypt using an expired certificate on " + row.text("expiry"));
    } else {
      assertThatThrownBy(() -> SealingCertificate.read(pem))
          .as(row.text("kind"))
          .isInstanceOf(MalformedKeyException.class)
          .message()
          .isEqualTo(
              row.optionalText("error")
                  .orElse("expected RSA public key but found " + foreign(row)));
    }
  }

  private static String foreign(Jsonl.Row row) {
    return row.text("kind").equals("ed25519") ? "an Ed25519 key" : "an ECDSA key";
  }

  static List<Jsonl.Row> keys() {
    return TestKeys.rows();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void keepsTheBytesOfUpstreamsCertificates(Jsonl.Row row) throws MalformedKeyException {
    byte[] pem = TestKeys.resource(row.text("certFile"));

    SealingCertificate certificate = SealingCertificate.read(pem);

    assertThat(certificate.toPem()).isEqualTo(pem);
    assertThat(certificate.fingerprint()).isEqualTo(row.text("fingerprint"));
    assertThat(certificate.publicKey().modulus().bitLength()).isEqualTo(row.integer("bits"));
    assertThat(SealingCertificate.read(certificate.toPem())).isEqualTo(certificate);
  }

  @Test
  void expiresAfterItsLastInstant() {
    SealingCertificate certificate = TestKeys.named("p2048").certificate();
    assertThat(certificate.expiredAt(certificate.notBefore().minusSeconds(1))).isFalse();
    assertThat(certificate.expiredAt(certificate.notAfter())).isFalse();
    assertThat(certificate.expiredAt(certificate.notAfter().plusNanos(1))).isTrue();
  }

  /** Reading must be quick in a process that does nothing else; so it starts neither of these. */
  @Test
  void readsWithoutBouncyCastleAndTheJdksCertificates() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(java, "-Xlog:class+load", "-cp", classPath, ReadOne.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String log = new String(process.getInputStream().readAllBytes(), US_ASCII);
    assertThat(process.waitFor()).isZero();
    assertThat(log)
        .contains(TestKeys.rows().getLast().text("fingerprint"))
        .contains(SealingCertificate.class.getName() + " ")
        .doesNotContain("org.bouncycastle", "CertificateFactory", "javax.crypto.Cipher");
  }

  static final class ReadOne {
    public static void main(String[] arguments) throws MalformedKeyException {
      byte[] pem = TestKeys.resource("keys/p4096-emptydn.cert.pem");
      System.out.println(SealingCertificate.read(pem).fingerprint());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 65537, crypto/rsa: 1023-bit keys are insecure"
        + " (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)",
    "0, 1, crypto/rsa: public exponent too small or negative",
    "0, 65536, crypto/rsa: public exponent is even",
    "0, 4294967297, crypto/rsa: public exponent too large",
    "0, -3, x509: RSA public exponent is not a positive number",
  })
  void weakPublicKeysAreRefused(int bitsMissing, BigInteger exponent, String message) {
    BigInteger modulus = BigInteger.ONE.setBit(1023 - bitsMissing);
    assertThatThrownBy(() -> RsaPublicKey.read(modulus, exponent))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessage(message);
  }

  @Test
  void evenNegativeAndHugeModuliAreRefused() {
    BigInteger f4 = BigInteger.valueOf(65_537);
    assertThatThrownBy(() -> new RsaPublicKey(BigInteger.ONE.shiftLeft(1023), f4))
        .hasMessage("crypto/rsa: public modulus is even");
    assertThatThrownBy(() -> new RsaPublicKey(BigInteger.ONE.negate(), f4))
        .hasMessage("x509: RSA modulus is not a positive number");
    assertThatThrownBy(() -> new RsaPublicKey(BigInteger.ONE.setBit(16_384), f4))
        .hasMessage("16385-bit RSA keys are not supported: the limit is 16384 bits");
    assertThat(new RsaPublicKey(BigInteger.ONE.setBit(16_383), f4).size()).isEqualTo(2048);
  }

  @Test
  void everyCutOfACertificateIsRefused() {
    byte[] der = TestKeys.named("p2048").certificate().toDer();
    for (int length = 0; length < der.length; length++) {
      byte[] cut = Pem.encode("CERTIFICATE", Arrays.copyOf(der, length));
      assertThatThrownBy(() -> SealingCertificate.read(cut))
          .isInstanceOf(MalformedKeyException.class);
    }
  }

  @FuzzTest
  void anyBytesAreACertificateOrRefused(byte[] der) {
    try {
      SealingCertificate certificate = SealingCertificate.read(Pem.encode("CERTIFICATE", der));
      assertThat(certificate.toDer()).isEqualTo(der);
      assertThat(certificate.publicKey().size()).isBetween(128, 2048);
      assertThat(certificate.expiryMessage()).isNotBlank();
    } catch (MalformedKeyException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }

  /** The signature is deterministic, so the same numbers must make the same certificate. */
  @ParameterizedTest
  @CsvSource({"p2048", "p4096", "p2048-pkcs8", "p4096-emptydn"})
  void makesCertificatesAsUpstreamDoesByteForByte(String name) throws Exception {
    SealingKey key = TestKeys.named(name);
    var upstream = ASN1Sequence.getInstance(key.certificate().toDer());
    var tbs = ASN1Sequence.getInstance(upstream.getObjectAt(0));
    RDN[] subject = X500Name.getInstance(tbs.getObjectAt(5)).getRDNs(BCStyle.CN);
    String commonName = subject.length == 0 ? "" : subject[0].getFirst().getValue().toString();

    byte[] made =
        SelfSigned.certificate(
            key.certificate().publicKey(),
            TestKeys.jca(key.openingKey()),
            ASN1Integer.getInstance(tbs.getObjectAt(1)).getValue(),
            key.certificate().notBefore(),
            key.certificate().notAfter(),
            commonName);

    assertThat(made).isEqualTo(key.certificate().toDer());
  }

  @Test
  void datesThatACertificateCannotSayAreRefused() {
    KeyPair pair = TestKeys.generate(1024);
    assertThatThrownBy(
            () ->
                SelfSigned.certificate(
                    TestKeys.publicHalf(pair),
                    pair.getPrivate(),
                    BigInteger.ONE,
                    Instant.parse("2026-01-01T00:00:00Z"),
                    Instant.parse("+10000-01-01T00:00:00Z"),
                    ""))
        .hasMessageContaining("its years are 1950 to 9999");
  }
}
