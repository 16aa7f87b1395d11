package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Stores that are the cluster itself, and targets that are not Secrets, on a real cluster. */
@OnControlPlane
class ExternalStoresTest {

  private Stage stage;
  private Namespace namespace;
  private ControlPlane plane;

  @BeforeEach
  void kinds(ControlPlane plane, Namespace home) throws IOException {
    this.plane = plane;
    stage = new Stage(plane, home);
    namespace = home;
    Crds.install(stage.api());
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  private Settings withGenericTargets() {
    Settings usual = stage.settings();
    return usual.withDialects(usual.dialects().withGenericTargets());
  }

  /** With a token that the operator gets for the account that the store names. */
  @Test
  void anotherNamespaceIsReadAsAServiceAccount() throws IOException {
    try (Namespace other = plane.namespace("other")) {
      Api api = stage.api();
      api.post(
              other.path("secrets"),
              "{\"metadata\": {\"name\": \"db\"}, \"stringData\": {\"user\": \"app\", \"pass\":"
                  + " \"s3cret\"}}")
          .orFail();
      api.post(namespace.path("serviceaccounts"), "{\"metadata\": {\"name\": \"reader\"}}")
          .orFail();
      api.post(
              other.path("rbac.authorization.k8s.io/v1", "rolebindings"),
              """
              {"metadata": {"name": "reader"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
               "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": "%s"}]}
              """
                  .formatted(namespace.name()))
          .orFail();
      String authority = new Identity(plane.admin().key(), plane.authority()).certificatePem();
      stage.applyExternal(
          "secretstores",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "other"},
           "spec": {"provider": {"kubernetes": {"remoteNamespace": "%s",
            "server": {"url": "%s", "caBundle": "%s"},
            "auth": {"serviceAccount": {"name": "reader"}}}}}}
          """
              .formatted(
                  other.name(),
                  plane.url(),
                  Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.UTF_8))));
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "copy"},
           "spec": {"secretStoreRef": {"name": "other"}, "dataFrom": [{"extract": {"key": "db"}}]}}
          """);
      Operator operator = stage.start(stage.settings());
      try {
        stage.awaitValues("copy", "{pass=s3cret, user=app}");
        var _ = stage.awaitCondition(stage.externalPath("secretstores/other"), "Ready", "True");
        for (String call : List.of("GetSecret", "CreateSelfSubjectRulesReview")) {
          assertThat(
                  Stage.metric(
                      operator,
                      "externalsecret_provider_api_calls_count{call=\"%s\",provider=\"Kubernetes\",status=\"success\"}"
                          .formatted(call)))
              .isNotEqualTo("absent");
        }
      } finally {
        Stage.stop(operator);
      }
    }
  }

  @Test
  void aConfigMapIsATargetWhereThatIsAllowed() throws IOException {
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": [{"key": "k", "value": "v"}]}}}}
        """);
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "es"},
         "spec": {"secretStoreRef": {"name": "store"},
          "target": {"name": "settings", "manifest": {"apiVersion": "v1", "kind": "ConfigMap"},
           "template": {"data": {"url": "x://{{ .k }}"}}},
          "data": [{"secretKey": "k", "remoteRef": {"key": "k"}}]}}
        """);
    Operator refusing = stage.start(stage.settings());
    try {
      assertThat(
              stage
                  .awaitCondition(stage.externalPath("externalsecrets/es"), "Ready", "False")
                  .text("message"))
          .isEqualTo("invalid generic target");
    } finally {
      Stage.stop(refusing);
    }
    Operator operator = stage.start(withGenericTargets());
    try {
      Eventually.holds(
          Stage.SOON,
          "the ConfigMap to be there",
          () -> stage.api().get(namespace.path("configmaps/settings")).ok());
      var made = stage.api().get(namespace.path("configmaps/settings")).orFail().json();
      assertThat(made.row("data").text("url")).isEqualTo("x://v");
      assertThat(made.row("metadata").rows("ownerReferences").getFirst().text("name"))
          .isEqualTo("es");
      assertThat(
              stage
                  .awaitCondition(stage.externalPath("externalsecrets/es"), "Ready", "True")
                  .text("reason"))
          .isEqualTo("ResourceSynced");
      assertThat(stage.secret("settings")).isEmpty();
      mended(
          namespace.path("configmaps/settings"), "{\"data\": {\"url\": \"changed\"}}", "\"x://v\"");

      // A kind that nobody here knows of beforehand.
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "lease"},
           "spec": {"secretStoreRef": {"name": "store"}, "refreshInterval": "24h",
            "target": {"manifest": {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease"},
             "template": {"templateFrom": [{"target": "spec", "literal": "holderIdentity: {{ .k }}"}]}},
            "data": [{"secretKey": "k", "remoteRef": {"key": "k"}}]}}
          """);
      stage.awaitCondition(stage.externalPath("externalsecrets/lease"), "Ready", "True");
      mended(
          namespace.path("coordination.k8s.io/v1", "leases/lease"),
          "{\"spec\": {\"holderIdentity\": \"changed\"}}",
          "\"v\"");
    } finally {
      Stage.stop(operator);
    }
  }

  /** Somebody changes it, and it is as it was again. */
  private void mended(String at, String patch, String wanted) throws IOException {
    Eventually.holds(
        Stage.SOON, at + " to be there", () -> stage.api().get(at).body().contains(wanted));
    stage.api().patch(at, "application/merge-patch+json", patch).orFail();
    Eventually.holds(
        Stage.SOON, at + " to be mended", () -> stage.api().get(at).body().contains(wanted));
  }
}
