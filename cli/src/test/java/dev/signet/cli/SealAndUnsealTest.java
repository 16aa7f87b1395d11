package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealAndUnsealTest {

  static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
        name: db
        namespace: production
      stringData:
        password: s3cr3t-value
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectWithAKey() {
    shell = new Shell(folder).withKey();
  }

  @Test
  void whatIsSealedOpensAgain() {
    String sealed = shell.run("signet", SECRET, "seal").succeeded().out();
    assertThat(sealed).startsWith("---\n").contains("kind: SealedSecret").doesNotContain("s3cr3t");

    String opened = shell.run("signet", sealed, "unseal").succeeded().out();
    assertThat(opened).contains("kind: Secret").contains("password: czNjcjN0LXZhbHVl");
  }

  @Test
  void filesAreReadAndWritten() {
    shell.write("secret.yaml", SECRET);
    assertThat(
            shell
                .signet("seal", "-f", "secret.yaml", "-w", "sealed.yaml", "-o", "json")
                .succeeded()
                .out())
        .isEmpty();
    assertThat(shell.read("sealed.yaml")).startsWith("{\n  \"kind\": \"SealedSecret\"");
    assertThat(shell.signet("unseal", "-f", "sealed.yaml").succeeded().out()).contains("czNjcjN0");
  }

  @Test
  void theScopeIsChosenOnTheCommandLine() {
    String sealed =
        shell.run("signet", SECRET, "seal", "--scope", "cluster-wide").succeeded().out();
    assertThat(sealed).contains("sealedsecrets.bitnami.com/cluster-wide: \"true\"");
    String moved =
        sealed.replace("name: db", "name: other").replace("namespace: production", "namespace: x");
    assertThat(shell.run("signet", moved, "unseal").succeeded().out()).contains("name: other");
  }

  @Test
  void aSecretWithoutNamespaceGoesWhereTheCommandSays() {
    String bare = SECRET.replace("  namespace: production\n", "");
    assertThat(shell.run("signet", bare, "seal").out()).contains("namespace: default");
    assertThat(shell.run("signet", bare, "seal", "-n", "team").out()).contains("namespace: team");
    shell
        .run("signet", SECRET, "seal", "-n", "team")
        .failed(
            1,
            "namespace mismatch: input secret is in namespace \"production\" but \"team\" was specified");
  }

  @Test
  void aCertificateMayComeFromAFileOrTheEnvironment() {
    String certificate = shell.signet("keys", "cert").succeeded().out();
    shell.write("cert.pem", certificate);
    Shell elsewhere = new Shell(folder.resolve("elsewhere"));
    elsewhere.write("cert.pem", certificate);
    String sealed = elsewhere.run("signet", SECRET, "seal", "--cert", "cert.pem").succeeded().out();
    assertThat(shell.run("signet", sealed, "unseal").succeeded().out()).contains("czNjcjN0");
    elsewhere.set("SEALED_SECRETS_CERT", "cert.pem");
    elsewhere.run("signet", SECRET, "seal").succeeded();
  }

  @Test
  void anExpiredCertificateSealsNothing() {
    shell.at(Instant.parse("2099-01-01T00:00:00Z"));
    shell
        .run("signet", SECRET, "seal")
        .failed(1, "failed to encrypt using an expired certificate on ");
  }

  @Test
  void withoutAKeyTheErrorSaysHowToGetOne() {
    Shell.Result result = new Shell(folder.resolve("new")).run("signet", SECRET, "seal");
    result.failed(1, "there is no sealing key");
    assertThat(result.err()).contains("signet keys new");
  }

  @Test
  void aCopyUnderAnotherNameIsRefused() {
    String sealed = shell.run("signet", SECRET, "seal").succeeded().out();
    shell
        .run("signet", sealed.replace("  name: db\n", "  name: stolen\n"), "unseal")
        .failed(1, "SealedSecret production/stolen: no key could decrypt secret (password)");
  }

  @Test
  void templatesAreRendered() {
    String sealed = shell.run("signet", SECRET, "seal").succeeded().out();
    assertThat(
            shell
                .run("signet", templated(sealed, "x://{{ .password }}@h"), "unseal", "-o", "json")
                .succeeded()
                .out())
        .contains("\"url\": \"" + base64("x://s3cr3t-value@h") + "\"");
    Shell.Result failed =
        shell.run("signet", templated(sealed, "{{ .password | fail }}"), "unseal");
    failed.failed(
        1,
        "SealedSecret production/db: template: url:1:15: executing \"url\" at <fail>: error calling"
            + " fail (url)");
    assertThat(failed.err()).doesNotContain("s3cr3t");
  }

  /** The SealedSecret with a template for its key {@code url}. */
  static String templated(String sealed, String text) {
    return sealed.replace("  template:\n", "  template:\n    data:\n      url: '" + text + "'\n");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
