package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.SealingCertificate;
import dev.signet.testkit.Canary;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Marked values go through the operator, the right way and every wrong way; afterwards nothing that
 * it logged, counted or sent may hold the mark, but the Secrets themselves.
 */
@OnControlPlane
@Timeout(120)
class CanaryTest {

  private static final String MARK = "CANARY/9c2e+d4f6-pl41n";

  @Test
  void noValueIsSaidAnywhereButInASecret(ControlPlane plane, Namespace namespace, FaultProxy proxy)
      throws IOException {
    proxy.keepBodies();
    try (Stage stage = new Stage(plane, namespace)) {
      Operator operator = stage.start(stage.settings(), proxy.url(), plane.admin());
      SealingCertificate certificate = stage.certificate();
      String sealed = stage.sealed(certificate, "app", Map.of("k", MARK));
      stage.applySealed(sealed);
      // Templates that fail on the value, a value that is no key, one that is too large for JSON.
      stage.applySealed(
          stage
              .sealed(certificate, "template", Map.of("k", MARK))
              .replace(
                  "\"template\":{",
                  "\"template\":{\"data\":{\"x\":\"{{ fail .k }}\",\"y\":\"{{ .k.nothing }}\"},"));
      stage.applySealed(sealed.replace("\"app\"", "\"moved\""));
      stage.applyExternal(
          "secretstores",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
           "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "%s"}]}}}}
          """
              .formatted(MARK));
      // What needs the store before the operator has seen it fails once more.
      stage.awaitCondition(stage.externalPath("secretstores/fake"), "Ready", "True");
      for (String what :
          List.of(
              "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"remote\"}}]",
              "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"remote\", \"property\": \"p\"}}]",
              "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"remote\", \"decodingStrategy\": \"Base64\"}}]",
              "\"dataFrom\": [{\"extract\": {\"key\": \"remote\"}}]")) {
        stage.applyExternal(
            "externalsecrets",
            """
            {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "external-%s"},
             "spec": {"secretStoreRef": {"name": "fake"}, %s}}
            """
                .formatted(Integer.toHexString(what.hashCode()), what));
      }
      stage.awaitValues("app", "{k=" + MARK + "}");
      stage.awaitCondition(stage.sealedPath("template"), "Synced", "False");
      stage.awaitCondition(stage.sealedPath("moved"), "Synced", "False");
      Eventually.holds(
          Stage.SOON,
          "three ExternalSecrets to fail",
          () ->
              Stage.http(operator, "/metrics")
                      .lines()
                      .filter(line -> line.startsWith("externalsecret_sync_calls_error"))
                      .count()
                  == 3);
      // The API server refuses what the Secret is to be, and says so in words of its own.
      stage
          .api()
          .patch(stage.secretPath("app"), "application/merge-patch+json", "{\"immutable\": true}")
          .orFail();
      stage
          .api()
          .patch(
              stage.sealedPath("app"),
              "application/merge-patch+json",
              stage.sealed(certificate, "app", Map.of("k", MARK + "2")))
          .orFail();
      stage.awaitCondition(stage.sealedPath("app"), "Synced", "False");
      stage.awaitEvent("app", "Warning ErrUpdateFailed");

      StringBuilder said = new StringBuilder(Stage.LOG.toString(UTF_8));
      assertThat(said).contains(namespace.name());
      said.append(Stage.http(operator, "/metrics"));
      long secrets = 0;
      for (FaultProxy.Exchange each : proxy.exchanges()) {
        if (each.request().resource().equals("secrets")) {
          secrets += each.body().contains(base64(MARK)) ? 1 : 0;
          said.append(each.request().uri());
        } else if (each.request().resource().equals("secretstores")) {
          // A fake store has its values in its manifest, and a status is sent within the object.
          said.append(each.request().uri());
          if (!each.body().isEmpty()) {
            said.append(Jsonl.row(each.body()).row("status").fields());
          }
        } else {
          said.append(each.request().uri()).append(each.body());
        }
      }
      said.append(stage.api().get(namespace.path("events")).orFail().body());
      said.append(stage.api().get(stage.sealedPath("")).orFail().body());

      Map<String, String> bundle = bundle(stage, plane);
      assertThat(bundle.get("objects/sealedsecrets.json"))
          .contains("\"name\": \"moved\"", "no key could decrypt secret (k)");
      assertThat(bundle.get("objects/secretstores.json")).contains("store validated");
      assertThat(bundle.get("events.json")).contains("ErrUpdateFailed");
      assertThat(bundle.get("keys.json")).contains("sealed-secrets-key");
      String ciphertext =
          Jsonl.row(sealed).row("spec").row("encryptedData").text("k").substring(0, 60);
      assertThat(bundle.values()).noneMatch(each -> each.contains(ciphertext));
      said.append(bundle);

      assertThat(secrets).as("the search finds it where it may be").isPositive();
      assertThat(said).as("what is said of single keys is searched").contains("signet.dev/Keys");
      for (String form : Canary.forms(MARK)) {
        int at = said.indexOf(form);
        assertThat(at < 0 ? "" : said.substring(Math.max(0, at - 300), at))
            .as("said, as %s, after this", form)
            .isEmpty();
      }
    }
  }

  private static Map<String, String> bundle(Stage stage, ControlPlane plane) throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    List<String> unread =
        SupportBundle.write(
            zip,
            Stage.connection(plane.kubeconfig(), Clock.systemUTC()),
            new SupportBundle.Source(
                "test", stage.namespace(), "app", "none", 8080, stage.namespace()),
            Instant.EPOCH);
    assertThat(unread).isEmpty();
    Map<String, String> files = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.toByteArray()))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        files.put(entry.getName(), new String(in.readAllBytes(), UTF_8));
      }
    }
    return files;
  }

  private static String base64(String text) {
    String encoded = Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    return encoded.substring(0, encoded.length() - 1);
  }
}
