package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.KubesealHarness.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is merged into a file opens with what was there before. */
class KubesealMergeTest {

  private static final String MORE =
      "metadata: {name: x, labels: {l: one}, annotations: {a: two}}\nstringData: {new: value}\n";

  @TempDir Path folder;
  private KubesealHarness kubeseal;

  @BeforeEach
  void testFiles() {
    kubeseal =
        KubesealHarness.in(folder)
            .variable("SEALED_SECRETS_CERT", "cert.pem")
            .variable("KUBECONFIG", folder.resolve("kubeconfig").toString());
  }

  private void file(String name, String... how) {
    String[] arguments = new String[how.length + 2];
    System.arraycopy(how, 0, arguments, 0, how.length);
    arguments[how.length] = "-w";
    arguments[how.length + 1] = name;
    assertThat(
            kubeseal
                .input("metadata: {name: a, namespace: b}\nstringData: {old: before}\n")
                .run(arguments)
                .err())
        .isEmpty();
  }

  private String opened(String name) {
    Result opened =
        kubeseal
            .inputFile(name)
            .run("--recovery-unseal", "--recovery-private-key", "key.pem", "-o", "yaml");
    assertThat(opened.err()).isEmpty();
    return opened.out();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "strict, in.yaml, strict",
    "strict, in.json, cluster-wide",
    "namespace-wide, in.yaml, strict",
    "namespace-wide, in.json, cluster-wide",
    "cluster-wide, in.json, strict",
    "cluster-wide, in.yml, namespace-wide"
  })
  void theScopeAndTheFormatAreTheFiles(String scope, String name, String ofInput) {
    file(name, "--scope", scope);
    String input =
        ofInput.equals("strict")
            ? MORE
            : MORE.replace(
                "annotations: {",
                "annotations: {sealedsecrets.bitnami.com/" + ofInput + ": \"true\", ");
    assertThat(kubeseal.input(input).run("--merge-into", name)).isEqualTo(new Result(0, "", ""));

    assertThat(kubeseal.read(name)).startsWith(name.endsWith("json") ? "{\n" : "---\n");
    assertThat(opened(name))
        .contains("old: " + base64("before"), "new: " + base64("value"), "l: one", "a: two");
    assertThat(kubeseal.read(name).contains("sealedsecrets.bitnami.com/" + scope))
        .isEqualTo(!scope.equals("strict"));
  }

  @Test
  void anotherScopeIsRefusedAndTheFileIsAsItWas() {
    file("in.yaml", "--scope", "namespace-wide");
    String before = kubeseal.read("in.yaml");
    Result result = kubeseal.input(MORE).run("--merge-into", "in.yaml", "--scope", "cluster-wide");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("error: in.yaml is sealed namespace-wide, not cluster-wide: ")
        .hasLineCount(1);
    assertThat(kubeseal.read("in.yaml")).isEqualTo(before);
    assertThat(
            kubeseal.input(MORE).run("--merge-into", "in.yaml", "--scope", "namespace-wide").exit())
        .isZero();
  }

  @Test
  void upstreamsWayCanBeHad() {
    file("in.yaml");
    kubeseal.variable("SIGNET_KUBESEAL_MERGE", "upstream");
    assertThat(
            kubeseal.input(MORE).run("--merge-into", "in.yaml", "--scope", "cluster-wide").exit())
        .isZero();
    assertThat(kubeseal.read("in.yaml")).startsWith("{\n");
    assertThat(
            kubeseal
                .inputFile("in.yaml")
                .run("--recovery-unseal", "--recovery-private-key", "key.pem")
                .err())
        .isEqualTo("error: no key could decrypt secret (new)\n");
  }

  @Test
  void aTemplateIsKeptAndAnItemReplaced() throws IOException {
    file("in.yaml");
    Files.writeString(
        folder.resolve("in.yaml"),
        kubeseal
            .read("in.yaml")
            .replace("  template:\n", "  template:\n    data:\n      t: x{{ .old }}\n"));
    assertThat(
            kubeseal
                .input("stringData: {old: after}\n---\nstringData: {more: 2}\n")
                .run("--merge-into", "in.yaml", "-w", "out.yaml"))
        .isEqualTo(new Result(0, "", ""));
    assertThat(opened("in.yaml"))
        .contains("old: " + base64("after"), "more: " + base64("2"), "t: " + base64("xafter"));
    assertThat(folder.resolve("out.yaml")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"missing.yaml", "secret.yaml", "two-sealed.json", "cert.pem", "foreign.json"})
  void whatIsNoSealedSecretIsLeftAlone(String name) {
    var before = kubeseal.files();
    Result result = kubeseal.input(MORE).run("--merge-into", name);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ").contains(name).hasLineCount(1);
    assertThat(kubeseal.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                   | no secrets found. Ensure the input is valid and UTF-8 encoded
          'metadata: {name: a}'| secret.data is empty in input Secret, assuming this is an error and aborting. To work with empty data, --allow-empty-data can be used
          '['                  | standard input
          """)
  void inputThatCannotBeSealedChangesNothing(String input, String error) {
    file("in.yaml");
    String before = kubeseal.read("in.yaml");
    Result result = kubeseal.input(input).run("--merge-into", "in.yaml");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: " + error);
    assertThat(kubeseal.read("in.yaml")).isEqualTo(before);
  }

  @Test
  void theNamespaceIsTheFilesUnlessAnotherWasAskedFor() {
    file("in.yaml");
    String elsewhere = MORE.replace("name: x", "name: x, namespace: elsewhere");
    assertThat(kubeseal.input(elsewhere).run("--merge-into", "in.yaml").exit()).isZero();
    assertThat(opened("in.yaml")).contains("new: " + base64("value"), "namespace: b");
    assertThat(kubeseal.input(MORE).run("--merge-into", "in.yaml", "-n", "other").err())
        .isEqualTo(
            "error: namespace mismatch: input secret is in namespace \"b\" but \"other\" was"
                + " specified\n");
  }
}
