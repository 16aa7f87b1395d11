package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.KubesealHarness.Result;
import dev.signet.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the table of upstream's answers cannot show: values, many documents, bad surroundings. */
class KubesealTest {

  private static final String[] OPEN = {
    "--recovery-unseal", "--recovery-private-key", "key.pem", "-o", "yaml"
  };

  @TempDir Path folder;
  private KubesealHarness kubeseal;

  @BeforeEach
  void testFiles() {
    kubeseal =
        KubesealHarness.in(folder)
            .variable("SEALED_SECRETS_CERT", "cert.pem")
            .variable("KUBECONFIG", folder.resolve("kubeconfig").toString());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          000.yaml, --format yaml,                                                                                  production, s3cr3t-value
          001.yaml, --controller-name=sealed-secrets --controller-namespace=kube-system --format yaml,              default,    supersecretpassword
          002.json, --controller-namespace kube-system --controller-name sealed-secrets -o yaml,                    default,    s3cret
          003.yaml, --format yaml,                                                                                  production, s3cr3tP@ss
          004.yaml, --format=yaml,                                                                                  production, sk_live_xxx
          """)
  void whatKubectlPrintsIsSealedAndOpensAgain(
      String manifest, String arguments, String namespace, String value) {
    Result sealed = kubeseal.inputFile("kubectl/" + manifest).run(arguments.split(" ", -1));
    assertThat(sealed.err()).isEmpty();
    assertThat(sealed.out()).startsWith("---\napiVersion: bitnami.com/v1alpha1\n");
    assertThat(sealed.out()).doesNotContain(value).doesNotContain(base64(value));

    Result opened = kubeseal.input(sealed.out()).run(OPEN);
    assertThat(opened.err()).isEmpty();
    assertThat(opened.out()).contains(": " + base64(value) + "\n", "namespace: " + namespace);
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @Test
  void aRawValueOpensInTheObjectItWasSealedFor() {
    String raw = kubeseal.input("välue\n").run("--raw", "--name", "a", "-n", "b").out();
    String manifest =
        "{\"kind\":\"SealedSecret\",\"apiVersion\":\"bitnami.com/v1alpha1\",\"metadata\":{\"name\":\"a\","
            + "\"namespace\":\"@NAMESPACE@\"},\"spec\":{\"encryptedData\":{\"k\":\""
            + raw
            + "\"}}}";
    assertThat(kubeseal.input(manifest.replace("@NAMESPACE@", "b")).run(OPEN).out())
        .contains("k: " + base64("välue\n"));
    assertThat(kubeseal.input(manifest.replace("@NAMESPACE@", "c")).run(OPEN))
        .isEqualTo(new Result(1, "", "error: no key could decrypt secret (k)\n"));
  }

  @Test
  void manyDocumentsComeOutInTheOrderInWhichTheyWentIn() {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      input.append(secret("app-" + i, "v" + i)).append("---\n");
    }
    Result result = kubeseal.input(input.toString()).run("-o", "yaml");
    assertThat(result.err()).isEmpty();
    List<String> documents = Arrays.asList(result.out().split("(?m)^---\n"));
    assertThat(documents).hasSize(301);
    for (int i = 0; i < 300; i++) {
      assertThat(documents.get(i + 1)).contains("\n  name: app-" + i + "\n");
    }
    assertThat(kubeseal.input(documents.get(299)).run(OPEN).out()).contains(base64("v298"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 77})
  void documentsBeforeTheFirstBadOneAreWrittenAndItsErrorIsTheOneReported(int bad) {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      input.append(
          i == bad
              ? "metadata: {namespace: n}\nstringData: {k: v}\n"
              : i > bad + 2 ? "kind: Secret\n" : secret("app-" + i, "v"));
      input.append("---\n");
    }
    input.append("[\n");
    Result result = kubeseal.input(input.toString()).run("-o", "yaml");
    assertThat(result.err()).isEqualTo("error: missing metadata.name in input Secret\n");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out().split("(?m)^---\n", -1)).hasSize(bad + 1);

    Map<String, String> before = kubeseal.files();
    assertThat(kubeseal.input(input.toString()).run("-w", "out.yaml").exit()).isEqualTo(1);
    assertThat(kubeseal.files()).isEqualTo(before);
  }

  private static String secret(String name, String value) {
    return "kind: Secret\nmetadata: {name: "
        + name
        + ", namespace: n}\nstringData: {k: "
        + value
        + "}\n";
  }

  @Test
  void anExpiredCertificateSealsNothing() {
    kubeseal.at(Instant.parse("2036-11-20T00:00:00Z"));
    for (String[] mode : new String[][] {{}, {"--raw", "--name", "a"}, {"-w", "out.json"}}) {
      assertThat(kubeseal.inputFile("secret.yaml").run(mode))
          .isEqualTo(
              new Result(
                  1,
                  "",
                  "error: failed to encrypt using an expired certificate on November 19, 2036\n"));
    }
    assertThat(folder.resolve("out.json")).doesNotExist();
  }

  @Test
  void aCertificateThatIsNotYetValidSeals() {
    assertThat(kubeseal.at(Instant.EPOCH).inputFile("secret.yaml").run().exit()).isZero();
  }

  @Test
  void aHundredMegabytesAreRefusedInOneLine() {
    InputStream huge =
        new SequenceInputStream(
            new ByteArrayInputStream("kind: Secret\nstringData:\n  k: ".getBytes(UTF_8)),
            new Repeated('x', 100 << 20));
    Result result = kubeseal.input(huge).run("-w", "out.yaml");
    assertThat(result)
        .isEqualTo(
            new Result(1, "", "error: standard input: more bytes than the limit of 67108864\n"));
    assertThat(folder.resolve("out.yaml")).doesNotExist();
  }

  /** A stream of one letter, which no test has to hold in memory. */
  private static final class Repeated extends InputStream {
    private final int letter;
    private int left;

    Repeated(int letter, int count) {
      this.letter = letter;
      this.left = count;
    }

    @Override
    public int read() {
      return left-- > 0 ? letter : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      int count = Math.min(length, left);
      if (count <= 0) {
        return -1;
      }
      Arrays.fill(into, offset, offset + count, (byte) letter);
      left -= count;
      return count;
    }
  }

  @Test
  void anAliasBombIsRefusedInOneLine() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      String alias = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + (alias + ",").repeat(9) + alias + "]\n");
    }
    Result result = kubeseal.input(bomb.toString()).run("-w", "out.yaml");
    assertThat(result.err()).startsWith("error: standard input").contains("limit").hasLineCount(1);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(folder.resolve("out.yaml")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "flipped.json, no key could decrypt secret (password)",
    "moved.json, 'no key could decrypt secret (password, username)'",
    "cut.json, illegal base64 data at input byte 100 (password)"
  })
  void whatDoesNotOpenIsOneLineAndLeavesNoFile(String manifest, String error) {
    Result result =
        kubeseal
            .inputFile(manifest)
            .run("--recovery-unseal", "--recovery-private-key=key.pem", "-w", "out.yaml");
    assertThat(result).isEqualTo(new Result(1, "", "error: " + error + "\n"));
    assertThat(folder.resolve("out.yaml")).doesNotExist();
  }

  /** Upstream's own tests write a backup without kinds. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\"kind\": \"List\", ", "\"kind\": \"SecretList\", "})
  void aBackupIsAListWhateverItIsCalled(String kind) throws IOException {
    String key =
        kubeseal.read("key-secret.json").replaceAll("\"(kind|apiVersion)\": \"[^\"]*\",\\s*", "");
    Files.writeString(
        folder.resolve("list.json"), "{" + kind + "\"metadata\": {}, \"items\": [" + key + "]}");
    Result opened =
        kubeseal
            .inputFile("sealed.json")
            .run("--recovery-unseal", "--recovery-private-key", "list.json");
    assertThat(opened.err()).isEmpty();
    assertThat(opened.out()).contains("\"username\": \"YWRtaW4=\"");
  }

  @Test
  void recoveryRendersTemplatesAsUpstreamDoes() {
    String manifest =
        kubeseal
            .read("sealed.json")
            .replace(
                "\"template\": {",
                "\"template\": {\"data\": {\"url\": \"<{{ .username | b64enc }}>\"},");
    Result result = kubeseal.input(manifest).run(OPEN);
    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .contains(
            "  url: " + Base64.getEncoder().encodeToString("<YWRtaW4=>".getBytes(UTF_8)) + "\n");
  }

  @Test
  void aFolderAsInputIsAnError() {
    Result result = kubeseal.run("-f", ".");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ").contains("is a directory").hasLineCount(1);
  }

  @Test
  void aCertificateFromAFileUrlIsRead() {
    Result result =
        kubeseal.run("--fetch-cert", "--cert", folder.resolve("cert.pem").toUri().toString());
    assertThat(result).isEqualTo(new Result(0, kubeseal.read("cert.pem"), ""));
  }

  @Test
  void anInputThatBreaksOffIsAnError() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the cable is out");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThat(kubeseal.input(broken).run())
        .isEqualTo(new Result(1, "", "error: read standard input: the cable is out\n"));
  }

  @Test
  void aResultThatDoesNotArriveIsAFailure() throws IOException {
    Path full = Path.of("/dev/full");
    Needs.that(Files.exists(full), "/dev/full", "run on Linux");
    for (String[] mode : new String[][] {{}, {"--raw", "--name=a"}, {"--fetch-cert"}, {"--help"}}) {
      try (OutputStream out = new FileOutputStream(full.toFile())) {
        Result result = kubeseal.inputFile("secret.yaml").run(out, mode);
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).startsWith("error: cannot write to standard output");
      }
    }
  }

  @Test
  void aSecretThatWasOpenedIsWrittenForItsOwnerOnly() throws IOException {
    kubeseal
        .inputFile("sealed.json")
        .run("--recovery-unseal", "--recovery-private-key", "key.pem", "-w", "out.yaml");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("out.yaml"))))
        .isEqualTo("rw-------");
  }

  @Test
  void terminalsAreToldWhatIsExpected() {
    kubeseal.terminals("ie");
    assertThat(kubeseal.inputFile("secret.yaml").run().err())
        .isEqualTo("(tty detected: expecting json/yaml k8s resource in stdin)\n");
    assertThat(kubeseal.input("x").run("--raw", "--name", "a").err())
        .isEqualTo("(tty detected: expecting a secret to encrypt in stdin)\n");
    assertThat(kubeseal.run("--fetch-cert").err()).isEmpty();
    assertThat(kubeseal.run("-f", "secret.yaml", "--recovery-private-key", "x").err())
        .isEqualTo(
            "warning: ignoring --recovery-private-key because unseal command not chosen with"
                + " --recovery-unseal\n");
  }

  @Test
  void noErrorShowsAValue() {
    String canary = "c4n4ry-5ecret";
    for (String manifest :
        List.of(
            "stringData: {k: [" + canary + "]}",
            "data: {k: " + canary + "}",
            "data: " + canary,
            canary,
            "stringData: {k: \"" + canary,
            "{\"stringData\":{\"k\":\"" + canary + "\"",
            "metadata: {name: a}\nstringData: {k: " + canary + "\n---\n[")) {
      Result result = kubeseal.input(manifest).run();
      assertThat(result.exit()).as(manifest).isEqualTo(1);
      assertThat(result.out() + result.err()).doesNotContain(canary);
      assertThat(result.err()).startsWith("error: ").hasLineCount(1);
    }
  }
}
