package dev.signet.dialects.externalsecrets.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Whatever the bytes, a function ends in bytes or in a {@link TemplateException}. */
class FunctionsFuzzTest {
  private static final int OUTPUT = 1 << 20;
  private static final Limits LIMITS =
      new Limits(60_000, Duration.ofSeconds(5), OUTPUT, 8 << 20, 100);

  private static void render(String text, byte[] input) {
    try {
      Template template = Template.parse("t", text, Rendering.FUNCTIONS, Options.DEFAULT);
      Value data = Value.stringMap(Map.of("in", input, "key", key()));
      byte[] output = template.execute(data, LIMITS, Rendering.sources(0));
      assertThat(output).hasSizeLessThanOrEqualTo(OUTPUT);
    } catch (TemplateException e) {
      assertThat(e).hasMessageStartingWith("template: t:");
    }
  }

  /** A key that goes with any certificate. */
  private static byte[] key() {
    return "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA8pHuoG1aRM8mMlpJJ6BGC8OewaJ107xkHhyPV6F/mM\n-----END PRIVATE KEY-----\n"
        .getBytes(StandardCharsets.US_ASCII);
  }

  @FuzzTest
  void pkcs12Files(byte[] input) {
    render("{{pkcs12cert .in}}", input);
    render("{{pkcs12key .in}}", input);
  }

  @FuzzTest
  void pem(byte[] input) {
    render("{{filterPEM \"CERTIFICATE\" .in}}", input);
    render("{{certSANs .in}}", input);
    render("{{filterCertChain \"root\" .in}}", input);
    render("{{pemToPkcs12 .in .in}}", input);
    render("{{rsaDecrypt \"RSA-OAEP\" \"SHA1\" \"x\" .in}}", input);
  }

  /** The bytes inside a block, where most of a fuzzer's changes would break the Base64. */
  @FuzzTest
  void certificates(byte[] input) {
    byte[] block = Pem.of("CERTIFICATE", input).encode().getBytes(StandardCharsets.ISO_8859_1);
    render("{{certSANs .in}}{{filterCertChain \"root\" .in}}", block);
    render("{{pemTruststoreToPKCS12 .in}}", block);
    render("{{fullPemToPkcs12 .in .key}}", block);
  }

  @FuzzTest
  void privateKeys(byte[] input) {
    byte[] block = Pem.of("PRIVATE KEY", input).encode().getBytes(StandardCharsets.ISO_8859_1);
    render("{{rsaDecrypt \"RSA-OAEP\" \"SHA256\" \"x\" .in}}", block);
    render("{{pemToPkcs12 .in .in}}", block);
  }

  @FuzzTest
  void jsonWebKeys(byte[] input) {
    render("{{jwkPublicKeyPem .in}}", input);
    render("{{jwkPrivateKeyPem .in}}", input);
  }

  @FuzzTest
  void yaml(byte[] input) {
    render("{{fromYaml .in | toYaml}}{{fromYaml .in}}", input);
    render("{{toYaml .in}}{{hexdec .in}}", input);
  }
}
