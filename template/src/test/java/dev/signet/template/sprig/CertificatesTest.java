package dev.signet.template.sprig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.x509.Extension;
import org.junit.jupiter.api.Test;

class CertificatesTest {
  private static final Template.Sources SOURCES =
      new Template.Sources(
          InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.5Z")),
          ZoneOffset.UTC,
          new Random(7));

  private static String render(String text) throws TemplateException {
    Template template = Template.parse("t", text, Sprig.functions(), Options.DEFAULT);
    byte[] bytes = template.execute(Value.NIL, Limits.DEFAULT, SOURCES);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static X509Certificate certificate(String pem) throws Exception {
    byte[] bytes = pem.getBytes(StandardCharsets.US_ASCII);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
  }

  @Test
  void anAuthoritySignsACertificate() throws Exception {
    String[] pems =
        render(
                "{{$k := genPrivateKey \"ecdsa\"}}{{$ca := genCAWithKey \"my ca\" 365 $k}}"
                    + "{{$c := genSignedCertWithKey \"höst\" (list \"10.0.0.1\" \"::1\")"
                    + " (list \"a.example\") 30 $ca $k}}{{$ca.Cert}}|{{$c.Cert}}|{{$c.Key}}")
            .split("\\|", -1);
    X509Certificate authority = certificate(pems[0]);
    X509Certificate signed = certificate(pems[1]);

    authority.verify(authority.getPublicKey());
    signed.verify(authority.getPublicKey());
    assertThat(authority.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(authority.getSubjectX500Principal().getName()).isEqualTo("CN=my ca");
    assertThat(signed.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
    assertThat(signed.getSubjectX500Principal().getName()).isEqualTo("CN=höst");
    assertThat(signed.getBasicConstraints()).isEqualTo(-1);
    assertThat(signed.getNotBefore().toInstant()).isEqualTo(Instant.parse("2026-03-04T05:06:07Z"));
    assertThat(signed.getNotAfter().toInstant()).isEqualTo(Instant.parse("2026-04-03T05:06:07Z"));
    assertThat(signed.getSubjectAlternativeNames())
        .containsExactly(
            List.of(2, "a.example"), List.of(7, "10.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(signed.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(signed.getExtensionValue(Extension.authorityKeyIdentifier.getId())).isNotNull();
    assertThat(pems[2]).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
  }

  @Test
  void everyKeyThatIsWrittenCanBeReadAgain() throws Exception {
    for (String type : List.of("ecdsa", "ed25519")) {
      String[] pems =
          render(
                  "{{$k := genPrivateKey \"%s\"}}{{$c := genSelfSignedCertWithKey \"x\" nil nil 1 $k}}{{$c.Cert}}|{{eq $c.Key $k}}"
                      .formatted(type))
              .split("\\|", -1);
      X509Certificate certificate = certificate(pems[0]);
      certificate.verify(certificate.getPublicKey());
      assertThat(pems[1]).isEqualTo("true");
    }
  }

  @Test
  void rsaKeysAreInPkcs1AndGoThroughBuildCustomCert() throws Exception {
    String output =
        render(
            "{{$c := genSelfSignedCert \"x\" nil nil 1}}"
                + "{{$b := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key)}}"
                + "{{eq $b $c}} {{$c.Key}}");
    assertThat(output).startsWith("true -----BEGIN RSA PRIVATE KEY-----\n");
  }

  @Test
  void whatIsNoKeyIsRefusedInGosWords() {
    assertThatThrownBy(() -> render("{{genCAWithKey \"x\" 1 \"junk\"}}"))
        .hasMessageEndingWith(
            "error calling genCAWithKey: parsing private key: no PEM data in input");
    assertThatThrownBy(() -> render("{{genSelfSignedCert \"x\" (list \"1.2.3\") nil 1}}"))
        .hasMessageEndingWith("error parsing ip: 1.2.3");
    assertThatThrownBy(() -> render("{{genSelfSignedCert \"x\" nil (list 1) 1}}"))
        .hasMessageEndingWith("error processing alternate dns name: 1 is not a string");
    assertThatThrownBy(() -> render("{{buildCustomCert \"!\" \"\"}}"))
        .hasMessageEndingWith("unable to decode base64 certificate");
  }

  @Test
  void encryptionUnderAPasswordReversesItself() throws TemplateException {
    assertThat(render("{{encryptAES \"pass\" \"sécret\" | decryptAES \"pass\"}}"))
        .isEqualTo("sécret");
  }
}
