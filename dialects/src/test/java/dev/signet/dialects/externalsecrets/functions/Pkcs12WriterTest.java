package dev.signet.dialects.externalsecrets.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signet.core.SecretBytes;
import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Options;
import dev.signet.template.Signature;
import dev.signet.template.Template;
import dev.signet.template.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files against go-pkcs12 byte for byte, and against readers that know nothing of it. */
class Pkcs12WriterTest {
  private static final Map<String, byte[]> FILES = files();
  private static final String PASSWORD = "pä日";

  private static Map<String, byte[]> files() {
    Map<String, byte[]> files = new HashMap<>();
    VectorCase.readOne("/templatefunctions/pkcs12.json")
        .fields()
        .forEach(
            (name, value) ->
                files.put(name, String.valueOf(value).getBytes(StandardCharsets.UTF_8)));
    return Map.copyOf(files);
  }

  private static byte[] pem(String name) {
    return Objects.requireNonNull(FILES.get(name), name);
  }

  /** The certificates: root, intermediate, leaf and two more. */
  private static List<Certificate> certificates() throws GoError {
    return Certificate.parseAll(
        Pem.all(new String(pem("certificates"), StandardCharsets.ISO_8859_1)));
  }

  private static String raw(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** What the vectors' random source gives. */
  private static final class Counting implements RandomGenerator {
    private byte next;

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException("bytes only");
    }

    @Override
    public void nextBytes(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = next++;
      }
    }
  }

  /** Runs code with a writer inside a template, the only place where there is a meter. */
  private static byte[] written(Function.Body body) throws Exception {
    Functions functions =
        Functions.builder().add("write", new Function(Signature.of(GoType.STRING), body)).build();
    return Template.parse("t", "{{write}}", functions, Options.DEFAULT)
        .execute(Value.NIL, Rendering.LIMITS, Rendering.sources(1));
  }

  private static Pkcs12Writer writer(Call call) throws GoError {
    try (SecretBytes key = SecretBytes.wrap(new byte[32])) {
      return new Pkcs12Writer(Salts.of(key), call.meter(), raw(PASSWORD));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf.key", "rsa.key", "ed.key"})
  void keyStoresAreThoseOfGoWhereTheRandomBytesAre(String key) throws Exception {
    List<Certificate> all = certificates();
    List<Certificate> chain = List.of(all.get(2), all.get(1), all.get(0));
    byte[] file =
        written(
            (call, arguments) -> {
              byte[] der =
                  Pem.firstDer(new String(pem(key), StandardCharsets.ISO_8859_1), "no key");
              byte[] pkcs8 = PrivateKeyDer.read(der, call.meter()).toPkcs8();
              return Value.of(writer(call).keyStore(pkcs8, chain, new Counting()));
            });
    assertThat(file).isEqualTo(Base64.getDecoder().decode(pem("keystore-" + key)));
  }

  @Test
  void trustStoresAreThoseOfGoWhereTheRandomBytesAre() throws Exception {
    List<Certificate> all = certificates();
    byte[] file =
        written(
            (call, arguments) ->
                Value.of(
                    writer(call)
                        .trustStore(
                            List.of(all.get(0), all.get(1), all.get(2), all.get(3), all.get(4)),
                            new Counting())));
    assertThat(file).isEqualTo(Base64.getDecoder().decode(pem("truststore")));
  }

  @Test
  void subjectsArePrintedAsGoPrintsThem() throws GoError {
    List<String> subjects = new ArrayList<>();
    for (Certificate certificate : certificates()) {
      subjects.add(certificate.subject());
    }
    assertThat(subjects)
        .containsExactly(
            "O=Ex\\, \\\"Org\\\"\\ ,C=DE",
            "CN=Int\\ ,OU=b+OU=a,O=\\ lead,0.9.2342.19200300.100.1.1=#130137,"
                + "1.2.840.113549.1.9.1=#0c0b6140622e6578616d706c65,"
                + "0.9.2342.19200300.100.1.25=#13076578616d706c65,"
                + "0.9.2342.19200300.100.1.25=#1303636f6d",
            raw("CN=Lé日"),
            "",
            "CN=plain");
  }

  private static KeyStore jdk(String base64, String password) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    byte[] file = Base64.getDecoder().decode(base64);
    store.load(new ByteArrayInputStream(file), password.toCharArray());
    return store;
  }

  @Test
  void theJdkReadsAKeyStore() throws Exception {
    String base64 =
        Rendering.text(
            Rendering.FUNCTIONS,
            "{{pemToPkcs12Pass .certificates .key \"secret\"}}",
            Map.of("certificates", pem("certificates"), "key", pem("ed.key")));
    KeyStore store = jdk(base64, "secret");
    String alias = Collections.list(store.aliases()).getFirst();

    assertThat(store.size()).isEqualTo(1);
    assertThat(((PrivateKey) store.getKey(alias, "secret".toCharArray())).getEncoded())
        .isEqualTo(Pem.firstDer(new String(pem("ed.key"), StandardCharsets.ISO_8859_1), ""));
    assertThat(store.getCertificate(alias).getEncoded()).isEqualTo(certificates().getFirst().der());
  }

  @Test
  void theJdkTrustsATrustStore() throws Exception {
    StringBuilder named = new StringBuilder();
    for (Certificate certificate : certificates()) {
      // The JDK reads no certificate whose issuer has an empty name.
      named.append(certificate.subject().isEmpty() ? "" : certificate.pem());
    }
    String base64 =
        Rendering.text(
            Rendering.FUNCTIONS,
            "{{pemTruststoreToPKCS12Pass .certificates \"secret\"}}",
            Map.of("certificates", named.toString().getBytes(StandardCharsets.ISO_8859_1)));
    KeyStore store = jdk(base64, "secret");
    TreeSet<String> subjects = new TreeSet<>();
    for (String alias : Collections.list(store.aliases())) {
      assertThat(store.isCertificateEntry(alias)).isTrue();
      X509Certificate certificate = (X509Certificate) store.getCertificate(alias);
      subjects.add(certificate.getSubjectX500Principal().getName());
    }
    assertThat(subjects).hasSize(4).contains("CN=plain");
  }

  @Test
  void opensslReadsAKeyStoreWithItsChain(@TempDir Path folder) throws Exception {
    assumeTrue(hasOpenssl(), "openssl is not installed: skipped");
    String base64 =
        Rendering.text(
            Rendering.FUNCTIONS,
            "{{fullPemToPkcs12Pass .certificates .key \"secret\"}}",
            Map.of("certificates", pem("certificates"), "key", pem("rsa.key")));
    Path file = folder.resolve("store.p12");
    Files.write(file, Base64.getDecoder().decode(base64));
    String output =
        run("openssl", "pkcs12", "-in", file.toString(), "-passin", "pass:secret", "-nodes");

    assertThat(output.split("-----BEGIN CERTIFICATE-----", -1)).hasSize(6);
    assertThat(output).contains("-----BEGIN PRIVATE KEY-----");
  }

  private static boolean hasOpenssl() {
    try {
      return run("openssl", "version").startsWith("OpenSSL");
    } catch (IOException e) {
      return false;
    }
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
