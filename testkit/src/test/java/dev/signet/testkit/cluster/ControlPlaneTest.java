package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@OnControlPlane
class ControlPlaneTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void itIsTheVersionThatWasAskedFor(Api api) throws IOException {
    assertThat(api.get("/version").orFail().json().text("gitVersion"))
        .startsWith("v" + KubernetesVersion.ofThisRun().minor() + ".");
  }

  @Test
  void aSecretIsCreatedReadChangedAndDeleted(Api api, Namespace namespace) throws IOException {
    Api.Response created = api.post(namespace.path("secrets"), secret("db", "hunter2", ""));
    assertThat(created.status()).isEqualTo(201);
    assertThat(api.get(namespace.path("secrets/db")).orFail().json().row("data").base64("value"))
        .isEqualTo("hunter2".getBytes(UTF_8));

    api.put(namespace.path("secrets/db"), secret("db", "changed", "")).orFail();
    api.patch(
            namespace.path("secrets/db"),
            "application/merge-patch+json",
            "{\"data\": {\"more\": \"bW9yZQ==\"}}")
        .orFail();
    var data = api.get(namespace.path("secrets/db")).orFail().json().row("data");
    assertThat(data.base64("value")).isEqualTo("changed".getBytes(UTF_8));
    assertThat(data.base64("more")).isEqualTo("more".getBytes(UTF_8));

    assertThat(api.delete(namespace.path("secrets/db")).status()).isEqualTo(200);
    assertThat(api.get(namespace.path("secrets/db")).status()).isEqualTo(404);
  }

  @Test
  void whatItsOwnerLeavesBehindIsCollected(Api api, Namespace namespace) throws IOException {
    ownedSecret(api, namespace);
    api.delete(namespace.path("configmaps/owner")).orFail();

    Eventually.holds(
        SOON,
        "the collection of the secret",
        () -> api.get(namespace.path("secrets/owned")).status() == 404);
  }

  @Test
  void withoutItsControllerNothingIsCollectedUntilItIsBack(
      ControlPlane plane, Api api, Namespace namespace) throws IOException {
    plane.controllerManager().kill();
    ownedSecret(api, namespace);
    api.delete(namespace.path("configmaps/owner")).orFail();
    assertThat(plane.controllerManager().running()).isFalse();
    assertThat(api.get(namespace.path("secrets/owned")).status()).isEqualTo(200);

    plane.controllerManager().start();
    Eventually.holds(
        SOON,
        "the collection of the secret",
        () -> api.get(namespace.path("secrets/owned")).status() == 404);
  }

  @Test
  void dataSurvivesTheKillOfTheApiServerAndOfEtcd(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws IOException {
    api.post(namespace.path("secrets"), secret("db", "hunter2", "")).orFail();
    long before = plane.apiServer().pid();

    try (Api throughProxy = proxy.api(plane, plane.admin())) {
      throughProxy.get("/readyz").orFail();
      plane.apiServer().kill();
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> api.get("/readyz"));
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> throughProxy.get("/readyz"));
      plane.etcd().kill();
      plane.etcd().start();
      plane.apiServer().start();

      assertThat(plane.apiServer().pid()).isNotEqualTo(before);
      String secret = namespace.path("secrets/db");
      assertThat(api.get(secret).orFail().json().row("data").base64("value"))
          .isEqualTo("hunter2".getBytes(UTF_8));
      assertThat(throughProxy.get(secret).status()).isEqualTo(200);
    }
  }

  @Test
  void aPausedApiServerAnswersWhenItIsResumed(ControlPlane plane, Api api) throws Exception {
    plane.apiServer().pause();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Api.Response> answer = threads.submit(() -> api.get("/api/v1/namespaces/default"));

      assertThat(plane.apiServer().running()).isTrue();
      assertThat(plane.apiServer().paused()).isTrue();
      if (Files.exists(Path.of("/proc/self/stat"))) {
        assertThat(Files.readString(Path.of("/proc", "" + plane.apiServer().pid(), "stat")))
            .contains(") T ");
      }
      assertThat(answer.isDone()).isFalse();

      plane.apiServer().resume();
      assertThat(answer.get().status()).isEqualTo(200);
    }
  }

  @Test
  void aUserMayDoWhatRbacGrantsThem(ControlPlane plane, Api admin, Namespace namespace)
      throws IOException {
    String name = "alice-" + namespace.name();
    try (Api alice = plane.api(plane.user(name, "developers"))) {
      assertThat(alice.get(namespace.path("secrets")).status()).isEqualTo(403);

      admin
          .post(
              namespace.path("rbac.authorization.k8s.io/v1", "rolebindings"),
              """
              {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
               "metadata": {"name": "alice"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                           "name": "edit"},
               "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User",
                             "name": "%s"}]}
              """
                  .formatted(name))
          .orFail();

      Eventually.holds(
          SOON, "the role to count", () -> alice.get(namespace.path("secrets")).status() == 200);
      assertThat(alice.get("/api/v1/secrets").status()).isEqualTo(403);
      assertThat(
              plane
                  .audit()
                  .count(entry -> entry.user().equals(name) && entry.namespace().isEmpty()))
          .isEqualTo(1);
      assertThat(plane.audit().entries())
          .anySatisfy(
              entry -> {
                assertThat(entry.user()).isEqualTo(name);
                assertThat(entry.verb()).isEqualTo("list");
                assertThat(entry.resource()).isEqualTo("secrets");
                assertThat(entry.namespace()).isEqualTo(namespace.name());
                assertThat(entry.status()).isEqualTo(403);
              });
    }
  }

  @Test
  void aServiceAccountHasATokenAndNobodyElseIsLetIn(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (Api account = plane.api(plane.token(namespace.name(), "default"));
        Api stranger = plane.api("not-a-token")) {
      assertThat(whoIs(account))
          .isEqualTo("system:serviceaccount:" + namespace.name() + ":default");
      assertThat(stranger.get("/api/v1/namespaces").status()).isEqualTo(401);
    }
  }

  /** The name that the API server knows a client by. */
  static String whoIs(Api client) throws IOException {
    return client
        .post(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            """
            {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
            """)
        .orFail()
        .json()
        .row("status")
        .row("userInfo")
        .text("username");
  }

  /** A Secret with one value; {@code more} goes into its metadata. */
  static String secret(String name, String value, String more) {
    return """
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "%s"%s}, "data": {"value": "%s"}}
    """
        .formatted(name, more, Base64.getEncoder().encodeToString(value.getBytes(UTF_8)));
  }

  private static void ownedSecret(Api api, Namespace namespace) throws IOException {
    String uid =
        api.post(
                namespace.path("configmaps"),
                """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner"}}
                """)
            .orFail()
            .json()
            .row("metadata")
            .text("uid");
    String owner =
        """
        , "ownerReferences": [
          {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "%s"}]
        """
            .formatted(uid);
    api.post(namespace.path("secrets"), secret("owned", "x", owner)).orFail();
  }
}
