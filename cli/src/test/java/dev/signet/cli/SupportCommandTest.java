package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@OnControlPlane
@Timeout(300)
class SupportCommandTest {

  private static final String TOKEN = "tok3n".repeat(12);

  @TempDir Path folder;

  @Test
  void theFileHoldsStatusesAndNothingSecret(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder).withKinds()) {
      Shell shell = stage.shell();
      shell.write(
          "app/a.yaml",
          """
          apiVersion: bitnami.com/v1alpha1
          kind: SealedSecret
          metadata: {name: looked-at}
          spec: {encryptedData: {k: %1$s}}
          ---
          apiVersion: external-secrets.io/v1
          kind: SecretStore
          metadata: {name: store}
          spec: {provider: {fake: {data: [{key: a, value: c4n4ry-of-the-store}]}}}
          ---
          apiVersion: v1
          kind: Secret
          metadata: {name: key, labels: {sealedsecrets.bitnami.com/sealed-secrets-key: active}}
          stringData: {tls.key: c4n4ry-of-the-key}
          """
              .formatted("Q0lQSEVS".repeat(8)));
      stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded();
      stage
          .api()
          .patch(
              namespace.path("bitnami.com/v1alpha1", "sealedsecrets/looked-at/status"),
              "application/merge-patch+json",
              """
              {"status": {"observedGeneration": 1, "conditions": [
                {"type": "Synced", "status": "False", "message": "refused %s by the webhook"}]}}
              """
                  .formatted(TOKEN))
          .orFail();

      Shell.Result result =
          stage.signet("support", "-w", "support.zip", "--operator-namespace", stage.namespace());

      assertThat(result.succeeded().out()).isEqualTo("wrote support.zip\n");
      assertThat(result.err()).isEmpty();
      Path file = shell.directory().resolve("support.zip");
      if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
      Map<String, String> files = files(file);
      assertThat(files)
          .containsKeys(
              "about.json", "events.json", "keys.json", "objects/sealedsecrets.json", "unread.txt");
      assertThat(Jsonl.row(files.getOrDefault("about.json", "")).text("server"))
          .isEqualTo(plane.url().toString());
      assertThat(files.get("objects/sealedsecrets.json"))
          .contains("looked-at", "refused (cut) by the webhook");
      assertThat(files.get("keys.json")).contains("\"name\": \"key\"");
      assertThat(files.toString()).doesNotContain("c4n4ry", TOKEN, "Q0lQSEVSQ0lQSEVS");
    }
  }

  @Test
  void whatMayNotBeReadIsNamed(ControlPlane plane, Namespace namespace) throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder).withKinds()) {
      stage.as("nobody-special");

      Shell.Result result = stage.signet("support", "--operator-namespace", stage.namespace());

      assertThat(result.succeeded().out()).isEqualTo("wrote signet-support.zip\n");
      assertThat(result.err())
          .contains(
              "not in it: sealedsecrets: ", "nobody-special may not list", "not in it: pods: ");
      Map<String, String> files = files(stage.shell().directory().resolve("signet-support.zip"));
      assertThat(files.get("unread.txt")).contains("sealing keys: ", "\"list\" on \"secrets\"");
      assertThat(files).doesNotContainKey("objects/sealedsecrets.json").containsKey("about.json");
    }
  }

  @Test
  void wrongInputIsRefused(@TempDir Path elsewhere) {
    Shell shell = new Shell(elsewhere);
    shell.signet("support", "--operator-label", "none").failed(2, "none is no label");
    shell.signet("support").failed(1, "no cluster: ");
    assertThat(elsewhere.resolve("work/signet-support.zip")).doesNotExist();
  }

  private static Map<String, String> files(Path zip) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (InputStream in = Files.newInputStream(zip);
        ZipInputStream entries = new ZipInputStream(in)) {
      for (ZipEntry each = entries.getNextEntry(); each != null; each = entries.getNextEntry()) {
        files.put(each.getName(), new String(entries.readAllBytes(), UTF_8));
      }
    }
    return files;
  }
}
