package dev.signet.kube;

import static dev.signet.kube.Scene.SOON;
import static dev.signet.kube.Scene.WIDGET;
import static dev.signet.kube.Scene.WIDGETS;
import static dev.signet.kube.Scene.ref;
import static dev.signet.kube.Scene.secret;
import static dev.signet.kube.Scene.widget;
import static dev.signet.kube.Scene.widgets;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnControlPlane
class ClusterTest {

  @BeforeEach
  void kinds(Api api) throws IOException {
    Scene.installWidgets(api);
  }

  @Test
  void whatIsThereIsToldAtStartAndReadFromTheCache(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    api.post(
            widgets(namespace.name()),
            widget(namespace.name(), "a", ", \"spec\": {\"size\": 3, \"big\": 12345678901}"))
        .orFail();
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      assertThat(told.refs).containsExactly(ref(namespace.name(), "a"));
      long before = reads(proxy);

      var object = cluster.get(ref(namespace.name(), "a")).orElseThrow();
      assertThat(object.apiVersion()).isEqualTo("test.signet.dev/v1");
      assertThat(object.tree().get("spec")).isEqualTo(Map.of("size", 3L, "big", 12345678901L));
      assertThat(String.valueOf(object.metadata().tree().get("managedFields")))
          .contains("time=")
          .doesNotContain("fieldsV1");
      assertThat(object.metadata().generation()).isEqualTo(1);
      assertThat(cluster.list(WIDGET)).hasSize(1);
      assertThat(reads(proxy)).isEqualTo(before);
    }
  }

  /** The watch begins whenever it does. */
  private static long reads(FaultProxy proxy) {
    return proxy.exchanges().stream()
        .filter(each -> !each.request().verb().equals("watch"))
        .count();
  }

  @Test
  void changesAndDeletionsAreTold(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    Ref a = ref(namespace.name(), "a");
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.all(), "", told::changed);
      Scene.awaitSynced(cluster);

      api.post(
              widgets(namespace.name()),
              widget(namespace.name(), "a", ", \"spec\": {\"name\": \"größer € 𝄞\"}"))
          .orFail();
      told.await(a);
      assertThat(cluster.get(a).orElseThrow().tree().get("spec"))
          .isEqualTo(Map.of("name", "größer € 𝄞"));

      told.refs.clear();
      api.patch(
              widgets(namespace.name()) + "/a",
              "application/merge-patch+json",
              "{\"spec\": {\"name\": \"other\"}}")
          .orFail();
      told.await(a);
      assertThat(cluster.get(a).orElseThrow().tree().get("spec"))
          .isEqualTo(Map.of("name", "other"));

      told.refs.clear();
      api.delete(widgets(namespace.name()) + "/a").orFail();
      told.await(a);
      assertThat(cluster.get(a)).isEmpty();
    }
  }

  @Test
  void ownStatusWritesAreNoNewsAndOthersAre(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    api.post(widgets(namespace.name()), widget(namespace.name(), "a", "")).orFail();
    Ref a = ref(namespace.name(), "a");
    Ref last = ref(namespace.name(), "last");
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      told.refs.clear();

      for (long i = 0; i < 20; i++) {
        cluster.updateStatus(a, Map.of("round", i));
        assertThat(cluster.get(a).orElseThrow().tree().get("status")).isEqualTo(Map.of("round", i));
      }
      api.post(widgets(namespace.name()), widget(namespace.name(), "last", "")).orFail();
      told.await(last);
      assertThat(told.count(a)).isZero();

      api.patch(
              widgets(namespace.name()) + "/a/status",
              "application/merge-patch+json",
              "{\"status\": {\"round\": 99}}")
          .orFail();
      told.await(a);
      assertThat(cluster.get(a).orElseThrow().tree().get("status")).isEqualTo(Map.of("round", 99L));
    }
  }

  @Test
  void aSecretIsCreatedReadUpdatedAndDeleted(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    Scene.Told told = new Scene.Told();
    String ns = namespace.name();
    Ref db = Ref.secret(ns, "db");
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      cluster.watch(List.of(Resource.SECRETS), Namespaces.of(List.of(ns)), "", told::changed);
      Scene.awaitSynced(cluster);
      String created;
      try (Secret secret = secret(ns, "db", "password", "hunter2\0\n")) {
        created = cluster.create(secret);
      }
      assertThat(cluster.secretVersion(ns, "db")).contains(created);
      assertThat(
              api.get(namespace.path("secrets/db")).orFail().json().row("data").base64("password"))
          .isEqualTo("hunter2\0\n".getBytes(UTF_8));
      told.await(db);

      try (Secret read = cluster.secret(ns, "db").orElseThrow()) {
        assertThat(read.metadata().resourceVersion()).isEqualTo(created);
        assertThat(read.type()).isEqualTo("Opaque");
        assertThat(read.metadata().tree()).as("who wrote which key").containsKey("managedFields");
        read.data()
            .get("password")
            .orElseThrow()
            .value()
            .with(bytes -> assertThat(bytes).isEqualTo("hunter2\0\n".getBytes(UTF_8)));
        try (Secret wanted =
            secret(ns, "db", "password", "other")
                .withMetadata(read.metadata().with("labels", Map.of("app", "x")))) {
          String updated = cluster.update(wanted);
          assertThat(cluster.secretVersion(ns, "db")).contains(updated);
          assertThat(updated).isNotEqualTo(created);

          ObjectsException stale =
              catchThrowableOfType(ObjectsException.class, () -> cluster.update(wanted));
          assertThat(stale.problem()).isEqualTo(new Problem.Conflict());
        }
        Eventually.holds(
            SOON,
            "the label",
            () -> labelled(cluster, ns).stream().anyMatch(each -> each.name().equals("db")));
        cluster.deleteSecret(ns, "db", read.metadata().uid());
        assertThat(cluster.secret(ns, "db")).isEmpty();
        Eventually.holds(SOON, "no secret", () -> version(cluster, ns, "db").isEmpty());
      }
    }
  }

  private static List<Metadata> labelled(Cluster cluster, String namespace) {
    try {
      return cluster.secretMetadata(namespace, "app", "x");
    } catch (ObjectsException e) {
      throw new AssertionError(e);
    }
  }

  private static String version(Cluster cluster, String namespace, String name) {
    try {
      return cluster.secretVersion(namespace, name).orElse("");
    } catch (ObjectsException e) {
      throw new AssertionError(e);
    }
  }
}
