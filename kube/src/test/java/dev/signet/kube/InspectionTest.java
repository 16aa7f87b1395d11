package dev.signet.kube;

import static dev.signet.kube.Scene.WIDGETS;
import static dev.signet.kube.Scene.secret;
import static dev.signet.kube.Scene.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.kube.ServerSideApply.Applied;
import dev.signet.kube.ServerSideApply.Conflict;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading once, and server-side apply. */
@OnControlPlane
class InspectionTest {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  @BeforeEach
  void kinds(Api api) throws IOException {
    Scene.installWidgets(api);
  }

  private static KubeObject object(String json) throws MalformedObjectException, IOException {
    return KubeObject.of(Json.read(json.getBytes(StandardCharsets.UTF_8)), "");
  }

  @Test
  void secretsAreSeenByTheNamesOfTheirKeys(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    String ns = namespace.name();
    api.post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret",
             "metadata": {"name": "db", "annotations": {"wanted": "yes", "%s": "holds values"}},
             "stringData": {"b": "value", "a.b": "value"}}
            """
                .formatted(LAST_APPLIED))
        .orFail();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      Inspection inspection = cluster.inspection();
      SecretOutline one = inspection.secret(ns, "db", Set.of("wanted", "other")).orElseThrow();
      assertThat(one.keys()).containsExactly("a.b", "b");
      assertThat(one.metadata().annotations()).isEqualTo(Map.of("wanted", "yes"));
      assertThat(inspection.secrets(ns, Set.of("wanted"))).containsExactly(one);
      assertThat(inspection.secrets("", Set.of("wanted"))).contains(one);
      assertThat(inspection.secret(ns, "none", Set.of())).isEmpty();
    }
  }

  @Test
  void kindsAreFoundAndListedByNamespace(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    String ns = namespace.name();
    api.post(Scene.widgets(ns), widget(ns, "a", "")).orFail();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      Inspection inspection = cluster.inspection();
      assertThat(inspection.find("test.signet.dev/v1", "Widget").orElseThrow().plural())
          .isEqualTo("widgets");
      assertThat(inspection.find("v1", "Namespace").orElseThrow().namespaced()).isFalse();
      assertThat(inspection.find("test.signet.dev/v7", "Widget")).isEmpty();
      assertThat(inspection.find("nobody.example/v1", "Widget")).isEmpty();
      assertThat(inspection.serves(WIDGETS)).isTrue();
      assertThat(inspection.list(WIDGETS, ns)).hasSize(1);
      assertThat(inspection.list(WIDGETS, "none-such")).isEmpty();
      assertThat(inspection.get(WIDGETS, ns, "a")).isPresent();
      assertThat(inspection.get(WIDGETS, ns, "b")).isEmpty();
      Resource unknown =
          new Resource(new GroupKind("nobody.example", "W"), List.of("v1"), "ws", true);
      assertThat(inspection.serves(unknown)).isFalse();
      assertThat(inspection.list(unknown, "")).isEmpty();
      assertThat(inspection.get(unknown, ns, "a")).isEmpty();
    }
  }

  @Test
  void appliedIsWhatTheManifestSaysAndNothingOfTheServers(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    String ns = namespace.name();
    proxy.keepBodies();
    try (Cluster cluster =
        Scene.cluster(plane, proxy.url(), Options.defaults().withFieldManager("mine"))) {
      Resource widgets = cluster.inspection().find("test.signet.dev/v1", "Widget").orElseThrow();
      KubeObject a =
          object(
              widget(ns, "a", ", \"spec\": {\"size\": 1}, \"status\": {\"x\": 1}")
                  .replace(
                      "\"name\": \"a\"", "\"name\": \"a\", \"uid\": \"u\", \"generation\": 9"));
      ServerSideApply dry = cluster.serverSideApply(/* force= */ false, /* dryRun= */ true);
      assertThat(dry.object(widgets, a)).isEqualTo(new Applied.Done(true));
      assertThat(api.get(Scene.widgets(ns) + "/a").status()).isEqualTo(404);

      ServerSideApply apply = cluster.serverSideApply(/* force= */ false, /* dryRun= */ false);
      assertThat(apply.object(widgets, a)).isEqualTo(new Applied.Done(true));
      assertThat(apply.object(widgets, a)).isEqualTo(new Applied.Done(false));
      assertThat(proxy.exchanges().getLast().body()).doesNotContain("status", "uid", "generation");

      api.patch(
              Scene.widgets(ns) + "/a?fieldManager=theirs&force=true",
              "application/apply-patch+yaml",
              widget(ns, "a", ", \"spec\": {\"size\": 2}"))
          .orFail();
      assertThat(apply.object(widgets, a))
          .isEqualTo(new Applied.Conflicting(List.of(new Conflict(".spec.size", "theirs"))));
      assertThat(cluster.serverSideApply(/* force= */ true, false).object(widgets, a))
          .isEqualTo(new Applied.Done(false));
    }
  }

  @Test
  void aSecretIsAppliedAndARefusalQuotesNoValue(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    String ns = namespace.name();
    try (Cluster cluster =
            Scene.cluster(plane, plane.url(), Options.defaults().withFieldManager("mine"));
        Secret secret = secret(ns, "db", "password", "c4n4ry");
        Secret nowhere = secret("none-such", "db", "password", "c4n4ry");
        Secret odd = secret(ns, "db", "no key!", "c4n4ry")) {
      ServerSideApply apply = cluster.serverSideApply(/* force= */ false, /* dryRun= */ false);
      assertThat(apply.secret(secret)).isEqualTo(new Applied.Done(true));
      assertThat(
              api.get(namespace.path("secrets/db")).orFail().json().row("data").base64("password"))
          .isEqualTo("c4n4ry".getBytes(StandardCharsets.UTF_8));
      ObjectsException missing =
          catchThrowableOfType(ObjectsException.class, () -> apply.secret(nowhere));
      assertThat(missing.problem()).isEqualTo(new Problem.NotFound());
      ObjectsException refused =
          catchThrowableOfType(ObjectsException.class, () -> apply.secret(odd));
      assertThat(refused).hasMessageContaining("apply Secret " + ns + "/db");
      assertThat(refused).hasMessageNotContaining("c4n4ry");
    }
  }

  @Test
  void aManifestThatDoesNotFitItsKindIsRefusedWithItsField(ControlPlane plane, Namespace namespace)
      throws Exception {
    try (Cluster cluster =
        Scene.cluster(plane, plane.url(), Options.defaults().withFieldManager("mine"))) {
      Resource pods = cluster.inspection().find("v1", "ConfigMap").orElseThrow();
      ServerSideApply apply = cluster.serverSideApply(/* force= */ false, /* dryRun= */ true);
      for (String wrong : List.of("\"dato\": {}", "\"data\": {\"a\": 4711}")) {
        KubeObject map =
            object(
                """
                {"apiVersion": "v1", "kind": "ConfigMap",
                 "metadata": {"name": "a", "namespace": "%s"}, %s}
                """
                    .formatted(namespace.name(), wrong));
        ObjectsException refused =
            catchThrowableOfType(ObjectsException.class, () -> apply.object(pods, map));
        assertThat(refused.problem()).isEqualTo(new Problem.Denied());
        assertThat(refused).hasMessageContaining(".dat");
        assertThat(refused).hasMessageNotContaining("4711");
      }
    }
  }
}
