package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.SealingCertificate;
import dev.signet.core.sealing.SealingKey;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The operator on a real control plane. */
@OnControlPlane
@Timeout(120)
class OperatorTest {

  private static final String KEEPS = "k\u00fc\u0000\n\t\u2713 ";

  private Stage stage;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    stage = new Stage(plane, namespace);
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  @Test
  void aSealedSecretBecomesASecretWithTheExactBytes() throws IOException {
    Operator operator = stage.start(stage.settings());
    stage.applySealed(stage.sealed(stage.certificate(), "app", Map.of("a", KEEPS, "b", "")));

    stage.awaitValues("app", "{a=" + KEEPS + ", b=}");
    Jsonl.Row sealed = stage.api().get(stage.sealedPath("app")).orFail().json();
    Jsonl.Row owner =
        stage.secret("app").orElseThrow().row("metadata").rows("ownerReferences").getFirst();
    assertThat(owner.text("kind")).isEqualTo("SealedSecret");
    assertThat(owner.text("uid")).isEqualTo(sealed.row("metadata").text("uid"));
    assertThat(owner.flag("controller")).isTrue();
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "True");
    stage.awaitEvent(
        "app", "Normal Unsealed from sealed-secrets: SealedSecret unsealed successfully");
    assertThat(Stage.http(operator, "/readyz")).isEqualTo("200 ok\n");
    Eventually.holds(
        Stage.SOON,
        "the condition in the metrics",
        () ->
            Stage.metric(
                    operator,
                    "sealed_secrets_controller_condition_info{condition=\"Synced\",name=\"app\",namespace=\""
                        + stage.namespace()
                        + "\",ss_app_kubernetes_io_instance=\"\"}")
                .equals("1.0"));
  }

  @Test
  void aSecretThatIsEditedOrDeletedIsRestored() throws IOException {
    Operator operator = stage.start(stage.settings());
    stage.applySealed(stage.sealed(stage.certificate(), "app", Map.of("k", "v")));
    stage.awaitValues("app", "{k=v}");
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "True");

    stage
        .api()
        .patch(
            stage.secretPath("app"),
            "application/merge-patch+json",
            "{\"data\": {\"k\": \"ZWRpdGVk\", \"more\": \"eA==\"}}")
        .orFail();
    stage.awaitValues("app", "{k=v}");
    stage.api().delete(stage.secretPath("app")).orFail();
    stage.awaitValues("app", "{k=v}");

    assertThat(Stage.metric(operator, "signet_writes_total{verb=\"create\",what=\"secret\"}"))
        .as("the key, the Secret, and the Secret again")
        .isEqualTo("3.0");
    assertThat(Stage.metric(operator, "signet_writes_total{verb=\"update\",what=\"secret\"}"))
        .isEqualTo("1.0");
  }

  @Test
  void ciphertextUnderAnotherNameDeliversNothingAndSaysWhy() throws IOException {
    Operator operator = stage.start(stage.settings());
    String sealed = stage.sealed(stage.certificate(), "app", Map.of("k", "v"));
    stage.applySealed(sealed.replace("\"app\"", "\"other\""));

    Jsonl.Row synced = stage.awaitCondition(stage.sealedPath("other"), "Synced", "False");
    assertThat(synced.text("message")).isEqualTo("no key could decrypt secret (k)");
    Jsonl.Row advice = stage.awaitCondition(stage.sealedPath("other"), "Delivered", "False");
    assertThat(advice.text("message"))
        .contains(
            "tried scope strict (name and namespace " + stage.namespace() + "/other) with 1 key");
    stage.awaitEvent(
        "other",
        "Warning ErrUnsealFailed from sealed-secrets: Failed to unseal: no key could decrypt");
    assertThat(stage.values("other")).isEqualTo("none");
    assertThat(
            Stage.metric(
                operator,
                "sealed_secrets_controller_unseal_errors_total{namespace=\""
                    + stage.namespace()
                    + "\",reason=\"unseal\"}"))
        .isEqualTo("1.0");
  }

  @Test
  void theSecretGoesWithItsSealedSecret(ControlPlane plane) throws IOException {
    // The garbage collector looks for new kinds when it starts, and then every 30 s only.
    plane.controllerManager().restart();
    Operator operator = stage.start(stage.settings());
    stage.applySealed(stage.sealed(stage.certificate(), "app", Map.of("k", "v")));
    stage.awaitValues("app", "{k=v}");
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "True");

    stage.api().delete(stage.sealedPath("app")).orFail();

    stage.awaitValues("app", "none", Stage.COLLECTED);
    Eventually.holds(
        Stage.SOON,
        "the series to end",
        () -> !Stage.http(operator, "/metrics").contains("name=\"app\""));
  }

  @Test
  void anExternalSecretIsFetchedWhenItsStoreAppearsAndAgainWhenItChanges() throws IOException {
    Operator operator = stage.start(stage.settings());
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "app"},
         "spec": {"refreshInterval": "1h", "secretStoreRef": {"name": "fake"},
          "data": [{"secretKey": "k", "remoteRef": {"key": "remote"}}]}}
        """);
    stage.awaitCondition(stage.externalPath("externalsecrets/app"), "Ready", "False");
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
         "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "first"}]}}}}
        """);

    stage.awaitValues("app", "{k=first}");
    stage.awaitCondition(stage.externalPath("externalsecrets/app"), "Ready", "True");
    stage.awaitCondition(stage.externalPath("secretstores/fake"), "Ready", "True");
    stage.awaitEvent("app", "Normal Created from external-secrets: secret created");

    stage
        .api()
        .patch(
            stage.externalPath("externalsecrets/app"),
            "application/merge-patch+json",
            "{\"spec\": {\"data\": [{\"secretKey\": \"k2\", \"remoteRef\": {\"key\":"
                + " \"remote\"}}]}}")
        .orFail();
    stage.awaitValues("app", "{k2=first}");
    stage.api().delete(stage.secretPath("app")).orFail();
    stage.awaitValues("app", "{k2=first}");
    assertThat(Stage.metric(operator, "externalsecret_sync_calls_error")).isEqualTo("absent");
  }

  @Test
  void aStoreCannotReadTheOperatorsOwnFiles() throws IOException {
    stage.start(stage.settings());
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "files"},
         "spec": {"provider": {"file": {"path": "/etc"}}}}
        """);

    stage.awaitCondition(stage.externalPath("secretstores/files"), "Ready", "False");
    stage.awaitEvent(
        "files",
        "Warning InvalidProviderConfig from secret-store: provider file is not in this version");
  }

  @Test
  void whatWaitedForAKeyIsOpenedWhenItAppears() throws IOException {
    stage.start(stage.withoutKey(stage.settings()));
    SealingKey key = Stage.newKey("restored");
    stage.applySealed(stage.sealed(key.certificate(), "app", Map.of("k", "v")));
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "False");

    stage.addKey(key);

    stage.awaitValues("app", "{k=v}");
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "True");
  }

  @Test
  void aRestartWritesNothingWhereNothingChanged(ControlPlane plane, FaultProxy proxy)
      throws IOException {
    Operator first = stage.start(stage.settings());
    SealingCertificate certificate = stage.certificate();
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
         "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "v"}]}}}}
        """);
    for (int i = 0; i < 10; i++) {
      stage.applySealed(stage.sealed(certificate, "sealed-" + i, Map.of("k", "v" + i)));
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "external-%d"},
           "spec": {"secretStoreRef": {"name": "fake"}, "data": [{"secretKey": "k", "remoteRef": {"key": "remote"}}]}}
          """
              .formatted(i));
    }
    for (int i = 0; i < 10; i++) {
      stage.awaitCondition(stage.sealedPath("sealed-" + i), "Synced", "True");
      stage.awaitCondition(stage.externalPath("externalsecrets/external-" + i), "Ready", "True");
    }
    Stage.stop(first);

    Operator second = stage.start(stage.settings(), proxy.url(), plane.admin());
    Eventually.holds(
        Stage.SOON,
        "21 reconciles",
        () ->
            Stage.metric(
                        second,
                        "controller_runtime_reconcile_total{controller=\"sealedsecret\",result=\"success\"}")
                    .equals("10.0")
                && Stage.metric(
                        second,
                        "controller_runtime_reconcile_total{controller=\"externalsecret\",result=\"requeue_after\"}")
                    .equals("10.0"));

    assertThat(proxy.exchanges().stream().map(each -> each.request().method()))
        .as("only reads")
        .containsOnly("GET");
  }

  @Test
  void aStandbyTakesOverAndOnlyTheLeaderWrites() throws IOException {
    Operator first = stage.start(stage.withElection(stage.settings()));
    Eventually.holds(Stage.SOON, "the first to lead", () -> leads(first));
    Operator second = stage.start(stage.withElection(stage.settings()));
    Eventually.holds(
        Stage.SOON,
        "the second to be ready",
        () -> Stage.http(second, "/readyz").equals("200 ok\n"));
    SealingCertificate certificate = stage.certificate();
    stage.applySealed(stage.sealed(certificate, "before", Map.of("k", "v")));
    stage.awaitCondition(stage.sealedPath("before"), "Synced", "True");
    assertThat(leads(second)).isFalse();

    Stage.stop(first);
    Eventually.holds(Stage.SOON, "the second to lead", () -> leads(second));
    stage.applySealed(stage.sealed(certificate, "after", Map.of("k", "v")));
    stage.awaitCondition(stage.sealedPath("after"), "Synced", "True");

    assertThat(Stage.metric(second, "signet_writes_total{verb=\"create\",what=\"secret\"}"))
        .as("it delivered the later one and left the earlier one as it is")
        .isEqualTo("1.0");
    assertThat(Stage.metric(second, "signet_writes_total{verb=\"update\",what=\"secret\"}"))
        .isEqualTo("absent");
  }

  private static boolean leads(Operator operator) throws IOException {
    return Stage.metric(operator, "leader_election_master_status{name=\"signet\"}").equals("1.0");
  }

  /** The roles that upstream's chart binds, no more: no patch, no Lease. */
  @Test
  void withoutElectionUpstreamsRolesAreEnough(ControlPlane plane) throws IOException {
    String role =
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "unsealer"},
         "rules": [
          {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets"], "verbs": ["get", "list", "watch"]},
          {"apiGroups": ["bitnami.com"], "resources": ["sealedsecrets/status"], "verbs": ["update"]},
          {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "create", "update", "delete", "watch"]},
          {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]}]}
        """;
    String binding =
        """
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "unsealer"},
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "unsealer"},
         "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "unsealer"}]}
        """;
    String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + stage.namespace() + "/";
    stage.api().post(rbac + "roles", role).orFail();
    stage.api().post(rbac + "rolebindings", binding).orFail();

    stage.start(stage.settings(), plane.url(), plane.user("unsealer"));
    stage.applySealed(stage.sealed(stage.certificate(), "app", Map.of("k", "v")));

    stage.awaitValues("app", "{k=v}");
    stage.awaitCondition(stage.sealedPath("app"), "Synced", "True");
    stage.awaitEvent("app", "Normal Unsealed");
    assertThat(plane.audit().entries().stream().filter(each -> each.user().equals("unsealer")))
        .allSatisfy(each -> assertThat(each.verb()).isNotEqualTo("patch"))
        .filteredOn(each -> each.group().equals("coordination.k8s.io"))
        .isEmpty();
  }
}
