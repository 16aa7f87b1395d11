package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kinds of External Secrets on a real cluster, with the definitions that come with Signet. */
@OnControlPlane
class ExternalKindsTest {

  private static final String DEFINITIONS =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  private Stage stage;
  private Namespace namespace;

  @BeforeEach
  void definitions(ControlPlane plane, Namespace home) throws IOException {
    stage = new Stage(plane, home);
    namespace = home;
    for (Map<String, ?> definition : CustomResourceDefinitions.all()) {
      Api.Response made =
          stage
              .api()
              .post(
                  DEFINITIONS,
                  GoJson.write(definition, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
      if (made.status() != 409) {
        made.orFail();
      }
    }
    for (String path :
        List.of(
            "/apis/external-secrets.io/v1alpha1/pushsecrets",
            "/apis/external-secrets.io/v1/clusterexternalsecrets",
            "/apis/generators.external-secrets.io/v1alpha1/passwords")) {
      Eventually.holds(Stage.SOON, path + " to be served", () -> stage.api().get(path).ok());
    }
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": [{"key": "k", "value": "v"}, {"key": "l", "value": "w"}]}}}}
        """);
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  private void has(String secret, String values) {
    stage.awaitValues(secret, values);
  }

  private void externalSecret(String name, String target, String data) throws IOException {
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "%s"},
         "spec": {"secretStoreRef": {"name": "store"}, "target": %s, %s}}
        """
            .formatted(name, target, data));
  }

  /** A change of what holds the template is a change of what is made of it. */
  @Test
  void aTemplateIsReadFromTheNamespaceAndFollowed() throws IOException {
    stage
        .api()
        .post(
            namespace.path("configmaps"),
            """
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "texts"},
             "data": {"c": "from a map: {{ .k }}"}}
            """)
        .orFail();
    stage
        .api()
        .post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "texts"},
             "stringData": {"s": "first {{ .k }}"}}
            """)
        .orFail();
    externalSecret(
        "app",
        """
        {"template": {"metadata": {"labels": {"made": "{{ .k }}"}}, "data": {"own": "{{ .k | upper }}"},
          "templateFrom": [{"configMap": {"name": "texts", "items": [{"key": "c"}]}},
                           {"secret": {"name": "texts", "items": [{"key": "s"}]}}]}}
        """,
        "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"k\"}}]");
    Operator operator = stage.start(stage.settings());
    has("app", "{c=from a map: v, own=V, s=first v}");
    assertThat(
            stage
                .secret("app")
                .orElseThrow()
                .row("metadata")
                .rows("managedFields")
                .getFirst()
                .text("manager"))
        .isEqualTo("externalsecrets.external-secrets.io/app");
    Stage.stop(operator);
  }

  /** Which keys are its own survives the process: they are noted in managedFields. */
  @Test
  void mergedKeysAreTakenAwayAfterARestart() throws IOException {
    stage
        .api()
        .post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "shared"},
             "stringData": {"foreign": "f"}}
            """)
        .orFail();
    externalSecret(
        "app",
        "{\"name\": \"shared\", \"creationPolicy\": \"Merge\"}",
        "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"k\"}}, {\"secretKey\": \"l\","
            + " \"remoteRef\": {\"key\": \"l\"}}]");
    Operator first = stage.start(stage.settings());
    has("shared", "{foreign=f, k=v, l=w}");
    Stage.stop(first);
    Eventually.holds(
        Stage.SOON,
        "the ExternalSecret to be changed",
        () ->
            stage
                .api()
                .patch(
                    stage.externalPath("externalsecrets/app"),
                    "application/merge-patch+json",
                    "{\"spec\": {\"data\": [{\"secretKey\": \"l\", \"remoteRef\": {\"key\":"
                        + " \"l\"}}]}}")
                .ok());
    Operator second = stage.start(stage.settings());
    has("shared", "{foreign=f, l=w}");
    Stage.stop(second);
  }

  @Test
  void whatAGeneratorMakesIsPushedAndFetchedAgain() throws IOException {
    stage
        .api()
        .post(
            namespace.path("generators.external-secrets.io/v1alpha1", "passwords"),
            """
            {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Password",
             "metadata": {"name": "pw"}, "spec": {"length": 8, "digits": 8, "symbols": 0}}
            """)
        .orFail();
    externalSecret(
        "made",
        "{}",
        "\"refreshPolicy\": \"CreatedOnce\", \"dataFrom\": [{\"sourceRef\": {\"generatorRef\":"
            + " {\"kind\": \"Password\", \"name\": \"pw\"}}}]");
    stage
        .api()
        .post(
            namespace.path("external-secrets.io/v1alpha1", "pushsecrets"),
            """
            {"apiVersion": "external-secrets.io/v1alpha1", "kind": "PushSecret", "metadata": {"name": "push"},
             "spec": {"deletionPolicy": "Delete", "secretStoreRefs": [{"name": "store"}],
              "selector": {"secret": {"name": "made"}},
              "data": [{"match": {"secretKey": "password", "remoteRef": {"remoteKey": "pushed"}}}]}}
            """)
        .orFail();
    externalSecret(
        "again",
        "{}",
        "\"refreshInterval\": \"1s\", \"data\": [{\"secretKey\": \"password\", \"remoteRef\":"
            + " {\"key\": \"pushed\"}}]");
    Operator operator = stage.start(stage.settings());
    Eventually.holds(
        Stage.SOON, "a password", () -> stage.values("made").matches("\\{password=[0-9]{8}}"));
    has("again", stage.values("made"));
    String push = namespace.path("external-secrets.io/v1alpha1", "pushsecrets/push");
    Eventually.holds(
        Stage.SOON,
        "the PushSecret to say so",
        () -> stage.api().get(push).body().contains("PushSecret synced successfully"));
    stage.api().delete(push).orFail();
    Eventually.holds(
        Stage.SOON, "the PushSecret to go", () -> stage.api().get(push).status() == 404);
    Stage.stop(operator);
  }

  /** Upstream's finalizer is taken away, or what it left would never go. */
  @Test
  void whatUpstreamHeldBackGoes() throws IOException {
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
         "metadata": {"name": "old", "finalizers": ["externalsecrets.external-secrets.io/externalsecret-cleanup"]},
         "spec": {"secretStoreRef": {"name": "store"},
          "data": [{"secretKey": "k", "remoteRef": {"key": "k"}}]}}
        """);
    Operator operator = stage.start(stage.settings());
    has("old", "{k=v}");
    stage.api().delete(stage.externalPath("externalsecrets/old")).orFail();
    Eventually.holds(
        Stage.SOON,
        "the ExternalSecret to go",
        () -> stage.api().get(stage.externalPath("externalsecrets/old")).status() == 404);
    Stage.stop(operator);
  }
}
