package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.KubernetesVersion;
import dev.signet.testkit.cluster.Programs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The commands of docs/install-cluster.md, on a control plane of their own. */
class HelmReleaseTest {

  private static final String DEPLOYMENT =
      "/apis/apps/v1/namespaces/signet-system/deployments/signet";
  private static final String DEFINITION =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sealedsecrets.bitnami.com";
  private static final String SEALED =
      "/apis/bitnami.com/v1alpha1/namespaces/default/sealedsecrets";

  @Test
  void aReleaseComesAndGoesAndWhatItDeliveredStays() throws IOException {
    Programs programs = Programs.needed(KubernetesVersion.ofThisRun());
    try (ControlPlane plane = ControlPlane.start(ControlPlane.Options.of(programs))) {
      Api api = plane.api();

      helm(plane, "install", Chart.FOLDER.toString(), "--create-namespace");
      assertThat(api.get(DEPLOYMENT).ok()).isTrue();
      Eventually.holds(Duration.ofSeconds(30), "SealedSecrets", () -> api.get(SEALED).ok());
      String uid =
          api.post(
                  SEALED,
                  """
                  {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                   "metadata": {"name": "db"}, "spec": {"encryptedData": {"a": "AgA="}}}
                  """)
              .orFail()
              .json()
              .row("metadata")
              .text("uid");
      api.post(
              "/api/v1/namespaces/default/secrets",
              """
              {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db",
                "ownerReferences": [{"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret",
                  "name": "db", "uid": "%s", "controller": true}]}}
              """
                  .formatted(uid))
          .orFail();

      helm(
          plane,
          "upgrade",
          Chart.FOLDER.toString(),
          "--reset-then-reuse-values",
          "--set=replicas=2");
      assertThat(api.get(DEPLOYMENT).orFail().json().row("spec").integer("replicas")).isEqualTo(2);

      helm(plane, "uninstall");
      Eventually.holds(
          Duration.ofSeconds(30),
          "the end of the Deployment",
          () -> api.get(DEPLOYMENT).status() == 404);
      assertThat(
              api.get("/apis/rbac.authorization.k8s.io/v1/clusterroles/signet-system-signet")
                  .status())
          .isEqualTo(404);
      assertThat(api.get(DEFINITION).orFail().json().row("metadata").has("deletionTimestamp"))
          .isFalse();
      assertThat(api.get(SEALED + "/db").ok()).isTrue();
      assertThat(api.get("/api/v1/namespaces/default/secrets/db").ok()).isTrue();

      // What was kept belongs to a release of that name, so it can come back.
      helm(plane, "install", Chart.FOLDER.toString());
      assertThat(api.get(DEPLOYMENT).ok()).isTrue();
    }
  }

  private static void helm(ControlPlane plane, String verb, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(verb, Chart.RELEASE));
    command.addAll(List.of(arguments));
    command.add("--namespace=" + Chart.NAMESPACE);
    command.add("--kubeconfig=" + plane.kubeconfig());
    Chart.helm(command.toArray(String[]::new)).orFail();
  }
}
