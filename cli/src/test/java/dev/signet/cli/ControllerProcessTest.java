package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.core.sealing.SealingKey;
import dev.signet.operator.Operator;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys, flags, restarts and costs of the controller, on a real control plane. */
@OnControlPlane
@Timeout(120)
class ControllerProcessTest {

  @TempDir Path folder;
  private ControllerScene scene;
  private Namespace home;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    scene = new ControllerScene(plane, namespace, folder);
    home = namespace;
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private void deleteKey(String name) throws IOException {
    scene.plane.api().delete(home.path("secrets/" + name)).orFail();
  }

  private Jsonl.Row onlyKey() {
    return Eventually.find(
        ControllerScene.SOON, "a key", () -> scene.keys().stream().findFirst());
  }

  @Test
  void aFirstKeyIsMadeAsUpstreamMakesIt() throws Exception {
    deleteKey(scene.key.name());
    Operator operator =
        scene.start(
            "--key-prefix=mine-",
            "--my-cn=somebody",
            "--key-ttl=48h",
            "--privatekey-labels=team=a,sealedsecrets.bitnami.com/sealed-secrets-key=no",
            "--privatekey-annotations=note=b=c");
    assertThat(ControllerScene.http(operator.http(), "/healthz")).isEqualTo("200 ok\n");
    Jsonl.Row made = onlyKey();
    Jsonl.Row metadata = made.row("metadata");
    assertThat(metadata.text("name")).matches("mine-[a-z0-9]{5}");
    assertThat(metadata.text("generateName")).isEqualTo("mine-");
    assertThat(metadata.row("labels").fields())
        .hasSize(2)
        .containsEntry("team", "a")
        .containsEntry("sealedsecrets.bitnami.com/sealed-secrets-key", "active");
    assertThat(metadata.row("annotations").fields()).containsEntry("note", "b=c");
    assertThat(made.text("type")).isEqualTo("kubernetes.io/tls");
    SealingCertificate certificate =
        SealingCertificate.read(made.row("data").base64("tls.crt"));
    assertThat(Duration.between(certificate.notBefore(), certificate.notAfter()))
        .isEqualTo(Duration.ofHours(48));
    assertThat(new String(certificate.toDer(), java.nio.charset.StandardCharsets.ISO_8859_1))
        .contains("somebody");
    Eventually.holds(
        ControllerScene.SOON,
        "the certificate",
        () ->
            ControllerScene.http(operator.http(), "/v1/cert.pem")
                .equals("200 " + new String(certificate.toPem(), java.nio.charset.StandardCharsets.UTF_8)));

    operator.makeKey();
    Eventually.holds(ControllerScene.SOON, "another key", () -> scene.keys().size() == 2);
  }

  @Test
  void keysAreRenewedWhenTheNewestIsTooOld() throws Exception {
    Operator idle = scene.start("--key-renew-period=0", "--key-cutoff-time=");
    scene.awaitReady(idle);
    scene.applySealed("app", scene.items("app", Map.of("k", "v")));
    scene.awaitValues("app", "{k=v}");
    assertThat(scene.keys()).hasSize(1);
    scene.stop(idle);

    // The one there is is a day old.
    Operator cut = scene.start("--key-cutoff-time=" + "Mon, 02 Jan 2006 15:04:05 -0700");
    scene.awaitReady(cut);
    scene.applySealed("two", scene.items("two", Map.of("k", "v")));
    scene.awaitValues("two", "{k=v}");
    assertThat(scene.keys()).hasSize(1);
    scene.stop(cut);

    Operator renewing = scene.start("--key-renew-period=12h");
    Eventually.holds(ControllerScene.SOON, "a new key", () -> scene.keys().size() == 2);
    scene.stop(renewing);

    scene.start("--key-cutoff-time=" + "Mon, 02 Jan 2090 15:04:05 +0000");
    Eventually.holds(ControllerScene.SOON, "one more key", () -> scene.keys().size() == 3);
  }

  @Test
  void keysThatComeGoAndCannotBeReadAreNoticedWithoutARestart() throws Exception {
    scene.postKey("sealed-secrets-keybad", "active", "AAAA", "AAAA");
    SealingKey legacy = ControllerScene.newKey("sealed-secrets-key", Instant.now().minusSeconds(50));
    scene.addKey("sealed-secrets-key", "unlabelled", legacy);
    Operator operator = scene.start();
    scene.applySealed(
        "legacy",
        ControllerScene.items(legacy, Scope.STRICT, home.name(), "legacy", Map.of("k", "v")));
    scene.awaitValues("legacy", "{k=v}");
    assertThat(ControllerScene.metric(operator, "signet_sealing_keys")).isEqualTo(2);
    assertThat(ControllerScene.metric(operator, "signet_sealing_keys_unreadable_total"))
        .isPositive();
    scene.awaitEvent(home, "sealed-secrets-keybad", "KeyUnreadable", "");

    // Taken out of use as people do it.
    scene
        .plane
        .api()
        .patch(
            home.path("secrets/" + scene.key.name()),
            "application/merge-patch+json",
            "{\"metadata\": {\"labels\": {\"sealedsecrets.bitnami.com/sealed-secrets-key\":"
                + " \"compromised\"}}}")
        .orFail();
    scene.applySealed("app", scene.items("app", Map.of("k", "v")));
    assertThat(scene.awaitSynced(home, "app", "False")).startsWith("no key could decrypt");
  }

  @Test
  void whatItIsToldToLookAtIsAllItLooksAt() throws Exception {
    try (Namespace extra = scene.plane.namespace("extra");
        Namespace outside = scene.plane.namespace("outside")) {
      Operator operator =
          scene.start(
              "--additional-namespaces= " + extra.name() + ", gone-for-good,," + home.name(),
              "--label-selector=use=yes");
      scene.awaitReady(operator);
      for (Namespace each : List.of(home, extra, outside)) {
        String items =
            ControllerScene.items(
                scene.key, Scope.CLUSTER_WIDE, each.name(), "x", Map.of("k", each.name()));
        String wide = "{\"sealedsecrets.bitnami.com/cluster-wide\": \"true\"}";
        scene.applySealed(each, "unlabelled", wide, "{}", items, "{}");
        scene.applySealed(each, "labelled", wide, "{\"use\": \"yes\"}", items, "{}");
      }
      scene.awaitValues(home, "labelled", "{k=" + home.name() + "}");
      scene.awaitValues(extra, "labelled", "{k=" + extra.name() + "}");
      scene.plane.api().delete(extra.path("secrets/labelled")).orFail();
      scene.awaitValues(extra, "labelled", "{k=" + extra.name() + "}");
      assertThat(scene.values(outside, "labelled")).isEqualTo("none");
      assertThat(scene.values(home, "unlabelled")).isEqualTo("none");
      assertThat(scene.values(extra, "unlabelled")).isEqualTo("none");
    }
  }

  @Test
  void theSecretGoesWithItsSealedSecretWhereThatIsAskedFor() throws Exception {
    scene.start("--old-gc-behavior");
    scene.applySealed(
        home,
        "app",
        "{}",
        "{}",
        scene.items("app", Map.of("k", "v")),
        "{\"metadata\": {\"annotations\":"
            + " {\"sealedsecrets.bitnami.com/skip-set-owner-references\": \"true\"}}}");
    var _ = scene.awaitSynced(home, "app", "True");
    scene.plane.api().delete(ControllerScene.sealedPath(home, "app")).orFail();
    scene.awaitValues("app", "none");
  }

  @Test
  void withoutStatusAndNamesBothStayAway() throws Exception {
    Operator operator = scene.start("--update-status=false", "--metrics-omit-secret-labels");
    scene.applySealed("app", scene.items("app", Map.of("k", "v")));
    scene.awaitValues("app", "{k=v}");
    scene.awaitEvent(home, "app", "Unsealed", "");
    assertThat(scene.condition(home, "app", "Synced")).isEmpty();
    assertThat(ControllerScene.http(operator.metrics(), "/metrics"))
        .doesNotContain("name=\"app\"")
        .contains("sealed_secrets_controller_unseal_requests_total");
  }

  @Test
  void metricsHaveTheirPortAndTheirNames() throws Exception {
    Operator operator = scene.start();
    scene.applySealed(
        home,
        "app",
        "{}",
        "{\"app.kubernetes.io/instance\": \"blue\"}",
        scene.items("app", Map.of("k", "v")),
        "{}");
    var _ = scene.awaitSynced(home, "app", "True");
    assertThat(ControllerScene.http(operator.http(), "/metrics")).startsWith("404 ");
    assertThat(ControllerScene.http(operator.metrics(), "/healthz")).startsWith("404 ");
    assertThat(ControllerScene.http(operator.http(), "/v1/cert.pem"))
        .startsWith("200 -----BEGIN CERTIFICATE-----\n");
    String info =
        "sealed_secrets_controller_condition_info{condition=\"Synced\",name=\"app\",namespace=\""
            + home.name()
            + "\",ss_app_kubernetes_io_instance=\"blue\"}";
    Eventually.holds(
        ControllerScene.SOON, "the condition", () -> ControllerScene.metric(operator, info) == 1);
    assertThat(ControllerScene.http(operator.metrics(), "/metrics"))
        .contains("sealed_secrets_controller_build_info{revision=\"v0.0.0\"} 0.0")
        .contains("sealed_secrets_controller_http_requests_total{code=\"200\",method=\"get\",path=\"/v1/cert.pem\"} 1.0")
        .contains("# TYPE sealed_secrets_controller_http_request_duration_seconds histogram")
        .contains("# TYPE sealed_secrets_controller_unseal_requests_total counter");
    scene.plane.api().delete(ControllerScene.sealedPath(home, "app")).orFail();
    Eventually.holds(
        ControllerScene.SOON,
        "the end of the series",
        () -> !ControllerScene.http(operator.metrics(), "/metrics").contains("name=\"app\""));
  }

  @Test
  void aRestartCostsNoRsaAndNoWrite() throws Exception {
    for (int i = 0; i < 23; i++) {
      scene.addKey(
          ControllerScene.newKey("older-" + i, Instant.now().minus(Duration.ofDays(30L * i + 30))));
    }
    Operator first = scene.start();
    scene.awaitReady(first);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      names.add("app-" + i);
      scene.applySealed("app-" + i, scene.items("app-" + i, Map.of("a", "1", "b", "2", "c", "3")));
    }
    for (String name : names) {
      var _ = scene.awaitSynced(home, name, "True");
    }
    assertThat(ControllerScene.metric(first, "signet_sealing_keys")).isEqualTo(24);
    assertThat(ControllerScene.metric(first, "signet_rsa_operations_total"))
        .as("one operation for each of 60 items, with 24 keys")
        .isEqualTo(60);
    scene.stop(first);
    long written = writes();

    Operator second = scene.start();
    Eventually.holds(
        ControllerScene.SOON,
        "a look at each of them",
        () ->
            ControllerScene.metric(second, "sealed_secrets_controller_unseal_requests_total")
                >= names.size());
    scene.stop(second);
    assertThat(writes()).isEqualTo(written);
  }

  private long writes() throws IOException {
    return scene.asked().stream()
        .filter(each -> List.of("create", "update", "patch", "delete").contains(each.verb()))
        .count();
  }

  /** As it is after upstream: Secrets, owner references and its one condition. */
  @Test
  void anInstallationOfUpstreamIsTakenOverWithoutAWriteToASecret() throws Exception {
    scene.applySealed(
        home, "app", "{}", "{}", scene.items("app", Map.of("k", "v")), "{}");
    Jsonl.Row sealed =
        scene.plane.api().get(ControllerScene.sealedPath(home, "app")).orFail().json();
    scene
        .plane
        .api()
        .post(
            home.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "data": {"k": "%s"},
             "metadata": {"name": "app", "ownerReferences": [{"apiVersion": "bitnami.com/v1alpha1",
              "kind": "SealedSecret", "name": "app", "uid": "%s", "controller": true}]}}
            """
                .formatted(
                    Base64.getEncoder().encodeToString("v".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    sealed.row("metadata").text("uid")))
        .orFail();
    scene
        .plane
        .api()
        .patch(
            ControllerScene.sealedPath(home, "app") + "/status",
            "application/merge-patch+json",
            "{\"status\": {\"observedGeneration\": 1, \"conditions\": [{\"type\": \"Synced\","
                + " \"status\": \"True\", \"lastUpdateTime\": \"2025-01-02T03:04:05Z\","
                + " \"lastTransitionTime\": \"2025-01-02T03:04:05Z\"}]}}")
        .orFail();
    String before =
        scene.secret(home, "app").orElseThrow().row("metadata").text("resourceVersion");

    Operator operator = scene.start();
    Eventually.holds(
        ControllerScene.SOON,
        "our condition",
        () -> scene.condition(home, "app", "Delivered").isPresent());
    assertThat(scene.secret(home, "app").orElseThrow().row("metadata").text("resourceVersion"))
        .isEqualTo(before);
    assertThat(scene.condition(home, "app", "Synced").orElseThrow().text("lastUpdateTime"))
        .isEqualTo("2025-01-02T03:04:05Z");
    assertThat(scene.keys()).hasSize(1);
    scene.stop(operator);
    assertThat(scene.asked("create", "secrets") + scene.asked("update", "secrets")).isZero();
    assertThat(scene.asked("update", "sealedsecrets")).isEqualTo(1);
  }
}
