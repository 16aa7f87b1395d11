package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.KubernetesVersion;
import dev.signet.testkit.cluster.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/install-sealed-secrets-chart.md, on a control plane of their own: a release
 * of what upstream's chart rendered, of the oldest and the latest version, becomes one of ours
 * without losing an object, and becomes upstream's again.
 */
class SealedSecretsUpgradeTest {

  private static final String DEFINITION =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/sealedsecrets.bitnami.com";

  @TempDir Path folder;

  @Test
  void aReleaseOfUpstreamsChartIsUpgradedInPlaceAndRolledBack() throws IOException {
    Programs programs = Programs.needed(KubernetesVersion.ofThisRun());
    List<Jsonl.Row> versions = SealedSecretsValuesTest.defaults();
    try (ControlPlane plane = ControlPlane.start(ControlPlane.Options.of(programs))) {
      for (Jsonl.Row version : List.of(versions.getFirst(), versions.getLast())) {
        switchOver(plane, version);
      }
      adoptTheDefinition(plane);
      policyNamesTheApiServer(plane);
      podIsRestricted(plane);
    }
  }

  private void switchOver(ControlPlane plane, Jsonl.Row version) throws IOException {
    List<Chart.Rendered> before = upstream(version);
    Path chart = chart(version.text("id"), before);
    Api api = plane.api();

    helm(plane, "install", SealedSecretsChart.RELEASE, chart.toString(), "--set=pdb.create=true");
    Map<String, String> uids = uids(api, before);
    assertThat(image(api)).isEqualTo("docker.io/bitnami/sealed-secrets-controller:0.39.1");

    helm(
        plane,
        "upgrade",
        SealedSecretsChart.RELEASE,
        SealedSecretsChart.FOLDER.toString(),
        "--reset-then-reuse-values");
    assertThat(uids(api, before)).isEqualTo(uids);
    assertThat(image(api)).isEqualTo("localhost/signet:" + SealedSecretsChart.VERSION);
    assertThat(
            api.get("/apis/policy/v1/namespaces/kube-system/poddisruptionbudgets/sealed-secrets")
                .ok())
        .as("a value of the old release")
        .isTrue();

    helm(plane, "rollback", SealedSecretsChart.RELEASE, "1");
    assertThat(uids(api, before)).isEqualTo(uids);
    assertThat(image(api)).isEqualTo("docker.io/bitnami/sealed-secrets-controller:0.39.1");

    helm(plane, "uninstall", SealedSecretsChart.RELEASE, "--wait");
    assertThat(api.get(DEFINITION).ok()).isTrue();
  }

  /** Helm leaves a definition that is there as it is; ours lets a template's value be null. */
  private static void adoptTheDefinition(ControlPlane plane) throws IOException {
    Api api = plane.api();
    String sealed = "/apis/bitnami.com/v1alpha1/namespaces/default/sealedsecrets";
    String template =
        """
        {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "%s"},
         "spec": {"encryptedData": {"a": "AgA="}, "template": {"data": {"a": null}}}}
        """;
    assertThat(api.post(sealed, template.formatted("pruned")).orFail().body())
        .doesNotContain("\"a\":null");

    Path definition = SealedSecretsChart.FOLDER.resolve("crds/bitnami.com_sealedsecrets.yaml");
    Installing.apply(api, Chart.parse(Files.readString(definition)));

    Eventually.holds(
        Duration.ofSeconds(30),
        "a null that stays",
        () -> {
          api.delete(sealed + "/kept");
          return api.post(sealed, template.formatted("kept")).body().contains("\"a\":null");
        });
  }

  private static void policyNamesTheApiServer(ControlPlane plane) throws IOException {
    Api api = plane.api();
    // A server on loopback, as this one, does not say where it is.
    api.post(
            "/api/v1/namespaces/default/endpoints",
            """
            {"metadata": {"name": "kubernetes"},
             "subsets": [{"addresses": [{"ip": "192.0.2.1"}], "ports": [{"name": "https", "port": 6443}]}]}
            """)
        .orFail();
    helm(
        plane,
        "install",
        SealedSecretsChart.RELEASE,
        SealedSecretsChart.FOLDER.toString(),
        "--set=networkPolicy.enabled=true,networkPolicy.egress.enabled=true");
    Jsonl.Row rule =
        api.get("/apis/networking.k8s.io/v1/namespaces/kube-system/networkpolicies/sealed-secrets")
            .orFail()
            .json()
            .row("spec")
            .rows("egress")
            .getFirst();

    assertThat(rule.rows("to").getFirst().row("ipBlock").text("cidr")).isEqualTo("192.0.2.1/32");
    assertThat(rule.rows("ports").getFirst().integer("port")).isEqualTo(6443);
  }

  private static void podIsRestricted(ControlPlane plane) throws IOException {
    Api api = plane.api();
    api.post(
            "/api/v1/namespaces",
            """
            {"metadata": {"name": "strict",
              "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
            """)
        .orFail();
    Map<String, Object> spec =
        new TreeMap<>(deployment(api).row("spec").row("template").row("spec").fields());
    spec.put("serviceAccountName", "default");
    spec.remove("serviceAccount");
    String pod =
        Trees.json(
            Map.of(
                "apiVersion", "v1", "kind", "Pod", "metadata", Map.of("name", "a"), "spec", spec));

    // The service account of a new namespace comes a moment after it.
    Eventually.holds(
        Duration.ofSeconds(30),
        "the pod to be admitted",
        () -> api.post("/api/v1/namespaces/strict/pods?dryRun=All", pod).ok());
  }

  private static Jsonl.Row deployment(Api api) throws IOException {
    return api.get("/apis/apps/v1/namespaces/kube-system/deployments/sealed-secrets")
        .orFail()
        .json();
  }

  private static String image(Api api) throws IOException {
    return deployment(api)
        .row("spec")
        .row("template")
        .row("spec")
        .rows("containers")
        .getFirst()
        .text("image");
  }

  private static Map<String, String> uids(Api api, List<Chart.Rendered> objects)
      throws IOException {
    Map<String, String> uids = new TreeMap<>();
    for (Chart.Rendered object : objects) {
      uids.put(
          object.toString(),
          api.get(Installing.path(object)).orFail().json().row("metadata").text("uid"));
    }
    return uids;
  }

  /** What upstream rendered, with its own image and version where the record has words. */
  private static List<Chart.Rendered> upstream(Jsonl.Row version) {
    Jsonl.Row objects =
        Jsonl.row(
            Trees.json(version.row("objects").fields())
                .replace("(chart)", "sealed-secrets-" + version.text("id"))
                .replace("(version)", "0.39.1")
                .replace(
                    "(registry)/(repository):(tag)",
                    "docker.io/bitnami/sealed-secrets-controller:0.39.1"));
    List<Chart.Rendered> all = new ArrayList<>();
    objects.fields().keySet().forEach(name -> all.add(new Chart.Rendered(objects.row(name))));
    return all;
  }

  /** A chart that renders exactly that, with a definition that knows no null. */
  private Path chart(String version, List<Chart.Rendered> objects) throws IOException {
    Path chart = folder.resolve(version);
    Files.createDirectories(chart.resolve("templates"));
    Files.createDirectories(chart.resolve("crds"));
    Files.writeString(
        chart.resolve("Chart.yaml"),
        "apiVersion: v2\nname: sealed-secrets\nversion: %s\n".formatted(version));
    StringBuilder all = new StringBuilder();
    objects.forEach(object -> all.append("---\n").append(object.json()).append('\n'));
    Files.writeString(chart.resolve("templates/all.yaml"), all);
    String ours =
        Files.readString(SealedSecretsChart.FOLDER.resolve("crds/bitnami.com_sealedsecrets.yaml"));
    String theirs = ours.replace("{type: string, nullable: true}", "{type: string}");
    assertThat(theirs).isNotEqualTo(ours);
    Files.writeString(chart.resolve("crds/sealedsecrets.yaml"), theirs);
    return chart;
  }

  private static void helm(ControlPlane plane, String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add("--namespace=" + SealedSecretsChart.NAMESPACE);
    arguments.add("--kubeconfig=" + plane.kubeconfig());
    Chart.helm(arguments.toArray(String[]::new)).orFail();
  }
}
