package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code signet render --deliver}: what secret resources make, as manifests. */
final class RenderDeliveredTest {

  private static final String PASSWORD = "password: ZnJvbS10aGUtc3RvcmU=";

  private static final String CONFIG_MAP =
      """
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata: {name: settings, namespace: production}
      spec:
        secretStoreRef: {name: demo}
        target: {manifest: {apiVersion: v1, kind: ConfigMap}}
        data: [{secretKey: user, remoteRef: {key: database, property: username}}]
      """;

  private static final String WORKLOAD =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: app, namespace: production}
      spec: {replicas: 3}
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectWithAKey() {
    shell = new Shell(folder).withKey();
  }

  private String stream(String... documents) {
    return String.join("---\n", documents);
  }

  @Test
  void resourcesAreReplacedByWhatTheyMake() {
    shell.write(
        "app/sealed.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").succeeded().out());
    shell.write("app/all.yaml", stream(ApplyTest.STORE, ApplyTest.EXTERNAL, CONFIG_MAP, WORKLOAD));

    String out = shell.signet("render", "-f", "app", "--deliver").succeeded().out();

    assertThat(out)
        .contains("name: db", "name: fetched", PASSWORD, "kind: ConfigMap", "user: postgres")
        .contains("replicas: 3")
        .doesNotContain("SealedSecret", "ExternalSecret", "SecretStore", "uid:", "owner")
        .doesNotContain("resourceVersion", "reconcile.external-secrets.io");
    assertThat(out.split("^---$|\n---\n", -1)).hasSize(4);
  }

  @Test
  void theStateIsAsItWas() throws IOException {
    byte[] before = Files.readAllBytes(folder.resolve("work/.signet/state"));
    shell.run("signet", stream(ApplyTest.STORE, ApplyTest.EXTERNAL), "render", "--deliver");
    assertThat(Files.readAllBytes(folder.resolve("work/.signet/state"))).isEqualTo(before);
    assertThat(shell.signet("get", "secrets").succeeded().out()).doesNotContain("fetched");
  }

  /** From a store into ciphertext, without a plain text in between. */
  @Test
  void whatIsFetchedCanBeSealed() {
    String certificate = shell.signet("keys", "cert").succeeded().out();
    shell.write("cert.pem", certificate);
    String out =
        shell
            .run(
                "signet",
                stream(ApplyTest.STORE, ApplyTest.EXTERNAL),
                "render",
                "--deliver",
                "--sealed-with",
                "cert.pem")
            .succeeded()
            .out();
    assertThat(out).contains("kind: SealedSecret", "name: fetched").doesNotContain(PASSWORD);
    assertThat(shell.run("signet", out, "unseal").succeeded().out()).contains(PASSWORD);
  }

  @Test
  void whatPushesPassesAndKeepsItsStore() {
    String push =
        """
        apiVersion: external-secrets.io/v1alpha1
        kind: PushSecret
        metadata: {name: pushed, namespace: production}
        spec:
          secretStoreRefs: [{name: demo}]
          selector: {secret: {name: fetched}}
          data: [{match: {secretKey: password, remoteRef: {remoteKey: there}}}]
        """;
    String out =
        shell
            .run("signet", stream(ApplyTest.STORE, ApplyTest.EXTERNAL, push), "render", "--deliver")
            .succeeded()
            .out();
    assertThat(out)
        .contains("kind: PushSecret", "kind: SecretStore", PASSWORD)
        .doesNotContain("kind: ExternalSecret");
  }

  @Test
  void nothingIsPrintedWhereOneIsNotDelivered() {
    String wrong = ApplyTest.EXTERNAL.replace("key: database", "key: datbase");
    Shell.Result result =
        shell.run("signet", stream(ApplyTest.STORE, wrong, WORKLOAD), "render", "--deliver");
    assertThat(result.code()).isEqualTo(ExitCode.NOT_DELIVERED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .contains("ExternalSecret production/fetched", "datbase")
        .contains("nothing was printed: 1 not delivered");

    Shell.Result missing = shell.signet("render", "-f", "nowhere", "--deliver");
    assertThat(missing.code()).isEqualTo(ExitCode.NOT_DELIVERED);
    assertThat(missing.err()).contains("nowhere");
  }
}
