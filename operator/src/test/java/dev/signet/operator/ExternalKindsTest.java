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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    patch(namespace.path("configmaps/texts"), "{\"data\": {\"c\": \"another {{ .k }}\"}}");
    has("app", "{c=another v, own=V, s=first v}");
    patch(namespace.path("secrets/texts"), "{\"stringData\": {\"s\": \"second {{ .k }}\"}}");
    has("app", "{c=another v, own=V, s=second v}");
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

  private void patch(String path, String change) throws IOException {
    stage.api().patch(path, "application/merge-patch+json", change).orFail();
  }

  /** Only the last of these is missing something at first; it does not wait for its interval. */
  @Test
  void aGeneratorThatComesLateIsNoticed() throws IOException {
    externalSecret(
        "late",
        "{}",
        "\"dataFrom\": [{\"sourceRef\": {\"generatorRef\": {\"kind\": \"Password\", \"name\":"
            + " \"late\"}}}]");
    Operator operator = stage.start(stage.settings());
    stage.awaitCondition(stage.externalPath("externalsecrets/late"), "Ready", "False");
    stage
        .api()
        .post(
            namespace.path("generators.external-secrets.io/v1alpha1", "passwords"),
            """
            {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "Password",
             "metadata": {"name": "late"}, "spec": {"length": 8, "digits": 8, "symbols": 0}}
            """)
        .orFail();
    Eventually.holds(
        Stage.SOON, "a password", () -> stage.values("late").matches("\\{password=[0-9]{8}}"));
    Stage.stop(operator);
  }

  /** The hashes are upstream's: of an object without labels and annotations, and of k=v. */
  @Test
  void whatUpstreamWroteIsTakenAsItStands(ControlPlane plane) throws IOException {
    externalSecret(
        "taken",
        "{}",
        "\"refreshInterval\": \"1h0m0s\", \"data\": [{\"secretKey\": \"foo\", \"remoteRef\":"
            + " {\"key\": \"not-there\"}}]");
    String path = stage.externalPath("externalsecrets/taken");
    patch(
        path + "/status",
        """
        {"status": {"refreshTime": "%s", "binding": {"name": "taken"},
          "syncedResourceVersion": "1-f47fe3c0b255b6dd8047cdffa772587bb829efe7a1cb70febeda2eb2",
          "conditions": [{"type": "Ready", "status": "True", "reason": "SecretSynced",
           "message": "secret synced", "lastTransitionTime": "2025-12-01T00:00:00Z"}]}}
        """
            .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
    stage
        .api()
        .post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "stringData": {"foo": "bar"},
             "metadata": {"name": "taken", "labels": {"reconcile.external-secrets.io/managed": "true"},
              "annotations": {"reconcile.external-secrets.io/data-hash":
               "f2a604b87eb0cf673761e8cfea850f901fe73a3d1b2f338802107f36"}}}
            """)
        .orFail();
    String user = "taker-" + namespace.name();
    Operator operator =
        stage.start(
            stage.withoutKey(stage.settings()), plane.url(), plane.user(user, "system:masters"));
    Eventually.holds(
        Stage.SOON,
        "a look at it",
        () ->
            !Stage.metric(
                    operator,
                    "externalsecret_sync_calls_total{name=\"taken\",namespace=\""
                        + namespace.name()
                        + "\"}")
                .equals("absent"));
    // Its key is not in the store: had it been fetched, it would say so.
    externalSecret(
        "last", "{}", "\"data\": [{\"secretKey\": \"k\", \"remoteRef\": {\"key\": \"k\"}}]");
    has("last", "{k=v}");
    stage.awaitCondition(stage.externalPath("externalsecrets/last"), "Ready", "True");
    Stage.stop(operator);

    assertThat(stage.values("taken")).isEqualTo("{foo=bar}");
    assertThat(stage.api().get(path).body()).contains("\"secret synced\"");
    Eventually.holds(
        Stage.SOON,
        "the audit log",
        () ->
            plane.audit().count(each -> each.user().equals(user) && each.name().equals("last"))
                > 1);
    assertThat(plane.audit().entries())
        .filteredOn(each -> each.user().equals(user) && each.name().equals("taken"))
        .as("one look at its values")
        .hasSize(1)
        .allMatch(each -> each.verb().equals("get") && each.resource().equals("secrets"));
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
    assertThat(
            stage.secret("shared").orElseThrow().row("metadata").rows("managedFields").stream()
                .filter(
                    each -> each.text("manager").equals("externalsecrets.external-secrets.io/app"))
                .map(each -> each.row("fieldsV1").fields().toString()))
        .as("what is upstream's to the byte")
        .containsExactly(
            "{f:data={f:k={}, f:l={}}, f:metadata={f:annotations={.={},"
                + " f:reconcile.external-secrets.io/data-hash={}}, f:labels={.={},"
                + " f:reconcile.external-secrets.io/managed={}}}}");
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

  private String generatorState(String name, String generator) throws IOException {
    stage
        .api()
        .post(
            namespace.path("generators.external-secrets.io/v1alpha1", "generatorstates"),
            """
            {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "GeneratorState",
             "metadata": {"name": "%s"},
             "spec": {"garbageCollectionDeadline": "2026-01-01T00:00:00Z", "state": {"id": 1},
              "resource": {"kind": "%s"}}}
            """
                .formatted(name, generator))
        .orFail();
    return namespace.path("generators.external-secrets.io/v1alpha1", "generatorstates/" + name);
  }

  /** The one finds its generator here, the other does not, and is held even when deleted. */
  @Test
  void whatGeneratorsLeftIsEndedWhereThatCanBe() throws IOException {
    String near = generatorState("near", "Password");
    String far = generatorState("far", "Grafana");
    Operator operator = stage.start(stage.settings());
    Eventually.holds(Stage.SOON, "it to go", () -> stage.api().get(near).status() == 404);
    assertThat(stage.awaitCondition(far, "Ready", "False").text("message"))
        .contains("generators of kind Grafana are not in this version");
    stage.api().delete(far).orFail();
    assertThat(stage.api().get(far).orFail().json().row("metadata").texts("finalizers"))
        .containsExactly("generatorstate.externalsecrets.io/finalizer");
    patch(far, "{\"metadata\": {\"finalizers\": null}}");
    Eventually.holds(Stage.SOON, "that to go", () -> stage.api().get(far).status() == 404);
    Stage.stop(operator);
  }
}
