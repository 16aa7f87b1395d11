package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyTest {

  static final String STORE =
      """
      apiVersion: external-secrets.io/v1
      kind: SecretStore
      metadata:
        name: demo
        namespace: production
      spec:
        provider:
          fake:
            data:
            - key: database
              value: '{"username": "postgres", "password": "from-the-store"}'
      """;

  static final String EXTERNAL =
      """
      apiVersion: external-secrets.io/v1beta1
      kind: ExternalSecret
      metadata:
        name: fetched
        namespace: production
      spec:
        refreshInterval: 1h
        secretStoreRef:
          name: demo
          kind: SecretStore
        dataFrom:
        - extract:
            key: database
      """;

  private static final String TEMPLATE = "x://{{ .password }}@h/{{ randAlpha 12 }}";

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectWithAKey() {
    shell = new Shell(folder).withKey();
  }

  private String sealed(String secret) {
    return shell.run("signet", secret, "seal").succeeded().out();
  }

  private String value(String secret, String key) {
    return shell.signet("get", "secret", secret, "--reveal", key).succeeded().out();
  }

  @Test
  void bothDialectsAndPlainSecretsAreDelivered() {
    shell.write("app/sealed.yaml", sealed(SealAndUnsealTest.SECRET));
    shell.write("app/store/store.yaml", STORE + "---\n" + EXTERNAL);
    shell.write(
        "app/plain.yaml",
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: plain, namespace: production}
        stringData: {a: b}
        """);

    Shell.Result result = shell.signet("apply", "-f", "app").succeeded();

    assertThat(result.out())
        .contains("SealedSecret    production/db       delivered")
        .contains("ExternalSecret  production/fetched  delivered")
        .contains("SecretStore     production/demo     ready")
        .contains("Secret          production/plain    applied");
    assertThat(value("production/db", "password")).isEqualTo("s3cr3t-value");
    assertThat(value("production/fetched", "password")).isEqualTo("from-the-store");
    assertThat(value("production/plain", "a")).isEqualTo("b");
  }

  /** Made anew, they would never settle; and who applies again wants no other password. */
  @Test
  void whatAGeneratorMakesStaysUntilItsIntervalHasPassed() {
    String from =
        """
          - sourceRef:
              generatorRef:
                apiVersion: generators.external-secrets.io/v1alpha1
                kind: Password
                name: made
        """;
    shell.write(
        "app/all.yaml",
        STORE
            + """
            ---
            apiVersion: generators.external-secrets.io/v1alpha1
            kind: Password
            metadata: {name: made, namespace: production}
            spec: {length: 40, secretKeys: [drawn]}
            ---
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: generated, namespace: production}
            spec:
              dataFrom:
            """
            + from
            + "---\n"
            + EXTERNAL
            + from);
    shell.signet("apply", "-f", "app").succeeded();
    String generated = value("production/generated", "drawn");
    assertThat(generated).isNotEqualTo(value("production/fetched", "drawn"));
    assertThat(value("production/fetched", "password")).isEqualTo("from-the-store");

    shell.at(Shell.NOW.plus(Duration.ofMinutes(50)));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/generated", "drawn")).isEqualTo(generated);

    shell.at(Shell.NOW.plus(Duration.ofMinutes(70)));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/generated", "drawn")).isNotEqualTo(generated);
  }

  @Test
  void aTreeOfFiveHundredManifestsIsDeliveredWhole() {
    StringBuilder secrets = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      secrets
          .append("---\n")
          .append(
              SealAndUnsealTest.SECRET
                  .replace("name: db", "name: db-" + i)
                  .replace("s3cr3t-value", "value of db-" + i));
    }
    String[] documents = sealed(secrets.toString()).split("---\n");
    for (int i = 0; i < 500; i++) {
      shell.write("tree/" + i % 25 + "/db-" + i + ".yaml", documents[i + 1]);
    }
    Shell.Result result = shell.signet("apply", "-f", "tree", "-o", "json").succeeded();
    assertThat(result.out().split("\"delivered\": true", -1)).hasSize(501);
    assertThat(value("production/db-499", "password")).isEqualTo("value of db-499");
  }

  @Test
  void anUnchangedTreeIsLeftAlone() {
    shell.write("app/sealed.yaml", sealed(SealAndUnsealTest.SECRET));
    shell.write("app/store.yaml", STORE + "---\n" + EXTERNAL);
    shell.signet("apply", "-f", "app").succeeded();
    String before = shell.signet("get", "secret", "production/db", "-o", "yaml").out();
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(shell.signet("get", "secret", "production/db", "-o", "yaml").out())
        .contains("resourceVersion")
        .isEqualTo(before);
    assertThat(shell.signet("get", "events").out().split("SealedSecret unsealed successfully", -1))
        .hasSize(2);
  }

  @Test
  void templatesAreRenderedOnceAndAgainWhenTheirFileChanges() {
    String file = SealAndUnsealTest.templated(sealed(SealAndUnsealTest.SECRET), TEMPLATE);
    shell.write("app/sealed.yaml", file);
    shell.signet("apply", "-f", "app").succeeded();
    String first = value("production/db", "url");
    assertThat(first).matches("x://s3cr3t-value@h/[A-Za-z]{12}");
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/db", "url")).isEqualTo(first);
    assertThat(shell.signet("explain", "production/db").succeeded().out())
        .contains("spec.template.data");

    shell.write("app/sealed.yaml", file.replace("@h/", "@i/"));
    shell.signet("apply", "-f", "app").succeeded();
    String second = value("production/db", "url");
    assertThat(second).matches("x://s3cr3t-value@i/[A-Za-z]{12}");

    shell.write("app/sealed.yaml", file.replace("randAlpha 12", "mustFromJson .password"));
    Shell.Result failed = shell.signet("apply", "-f", "app");
    assertThat(failed.code()).isEqualTo(3);
    assertThat(failed.err())
        .contains(
            "SealedSecret production/db: template: url:1:25: executing \"url\" at <mustFromJson"
                + " .password>: error calling mustFromJson (url)")
        .doesNotContain("invalid character");
    assertThat(value("production/db", "url")).isEqualTo(second);
  }

  @Test
  void aSealedFileUnderAnotherNameIsRefusedAndTheConditionSaysWhichScopeWasTried() {
    String file = sealed(SealAndUnsealTest.SECRET);
    shell.write("app/a.yaml", file.replace("  name: db\n", "  name: stolen\n"));
    shell.write("app/b.yaml", file.replace("namespace: production", "namespace: elsewhere"));

    Shell.Result result = shell.signet("apply", "-f", "app");

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains(
            "SealedSecret production/stolen: no key could decrypt secret (password): tried scope"
                + " strict (name and namespace production/stolen) with 1 key")
        .contains("(name and namespace elsewhere/db)");
    assertThat(shell.signet("get", "resources", "-o", "json").succeeded().out())
        .contains("tried scope strict (name and namespace production/stolen)")
        .contains("\"message\": \"no key could decrypt secret (password)\"");
    assertThat(shell.signet("get", "secrets").out()).doesNotContain("stolen");
  }

  @Test
  void theLastGoodSecretSurvivesABrokenSource() throws IOException {
    Path file = shell.write("app/sealed.yaml", sealed(SealAndUnsealTest.SECRET));
    shell.write("app/store.yaml", STORE + "---\n" + EXTERNAL);
    shell.signet("apply", "-f", "app").succeeded();

    String broken = shell.read("app/sealed.yaml").replaceFirst("password: AQ", "password: AR");
    java.nio.file.Files.writeString(file, broken);
    shell.write("app/store.yaml", STORE.replace("key: database", "key: gone") + "---\n" + EXTERNAL);
    Shell.Result result = shell.signet("apply", "-f", "app");

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains("SealedSecret production/db: no key could decrypt secret (password)")
        .contains("ExternalSecret production/fetched: error processing spec.dataFrom[0].extract");
    assertThat(value("production/db", "password")).isEqualTo("s3cr3t-value");
    assertThat(value("production/fetched", "password")).isEqualTo("from-the-store");
  }

  @Test
  void whatIsNotUnderstoodIsRefusedByName() {
    shell.write("app/store.yaml", STORE);
    record Refused(String change, String message) {}
    for (Refused each :
        List.of(
            new Refused(
                "  target: {manifest: {apiVersion: v1, kind: ConfigMap, some: 1}}\n",
                "spec.target.manifest.some"),
            new Refused("  syncWindows: {kind: allow, some: 1}\n", "spec.syncWindows.some"),
            new Refused("  somethingNew: 1\n", "spec.somethingNew"))) {
      shell.write("app/external.yaml", EXTERNAL + each.change());
      Shell.Result result = shell.signet("apply", "-f", "app");
      assertThat(result.code()).isEqualTo(3);
      assertThat(result.err()).contains("does not understand " + each.message());
      assertThat(shell.signet("get", "resources").out()).contains(each.message());
      assertThat(shell.signet("get", "secrets").out()).doesNotContain("fetched");
    }
  }

  @Test
  void kindsOfLaterVersionsAreNamedNotPassedOver() {
    shell.write(
        "app/csi.yaml",
        """
        apiVersion: secrets-store.csi.x-k8s.io/v1
        kind: SecretProviderClass
        metadata: {name: a}
        spec: {}
        """);
    Shell.Result result = shell.signet("apply", "-f", "app");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains(
            "SecretProviderClass default/a: this version does not deliver SecretProviderClass yet");
  }

  @Test
  void aBrokenFileDoesNotHideTheOthers() {
    shell.write("app/a.yaml", "a: [b\n");
    shell.write("app/b.yaml", sealed(SealAndUnsealTest.SECRET));
    Shell.Result result = shell.signet("apply", "-f", "app");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("a.yaml:").doesNotContain("Exception");
    assertThat(value("production/db", "password")).isEqualTo("s3cr3t-value");
  }

  @Test
  void aFolderThatDoesNotExistIsAnError() {
    shell
        .signet("apply", "-f", "nowhere")
        .failed(1, "cannot read nowhere: no such file or directory");
  }
}
