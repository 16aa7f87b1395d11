package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.KubernetesVersion;
import dev.signet.testkit.cluster.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/install-external-secrets-chart.md, on a control plane of their own: a
 * release of what upstream's chart rendered becomes one of ours without losing an object, and
 * becomes upstream's again; and the operator, with the arguments and the rights that ours gives it,
 * delivers and is asked.
 */
class ExternalSecretsInstallTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String DEPLOYMENT =
      "/apis/apps/v1/namespaces/external-secrets/deployments/external-secrets";
  private static final String UPSTREAM = "ghcr.io/external-secrets/external-secrets:v0";
  private static final String CONFIGURATIONS =
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static final String KINDS = "/namespaces/default/";

  @TempDir Path folder;

  @Test
  void aReleaseOfUpstreamsChartIsUpgradedAndWorksAndIsRolledBack() throws Exception {
    Programs programs = Programs.needed(KubernetesVersion.ofThisRun());
    List<Jsonl.Row> versions = ExternalSecretsValuesTest.defaults();
    try (ControlPlane plane = ControlPlane.start(ControlPlane.Options.of(programs))) {
      for (Jsonl.Row version : List.of(versions.getFirst(), versions.getLast())) {
        switchOver(plane, version);
      }
      helm(plane, "install", RELEASE, FOLDER, "--set=leaderElect=true");
      delivers(plane);
    }
  }

  private static final String RELEASE = ExternalSecretsChart.RELEASE;
  private static final String FOLDER = ExternalSecretsChart.FOLDER.toString();

  private void switchOver(ControlPlane plane, Jsonl.Row version) throws IOException {
    List<Chart.Rendered> all = upstream(version);
    List<Chart.Rendered> shared =
        all.stream().filter(each -> !ExternalSecretsChart.separate(each.toString())).toList();
    Path chart = chart(version.text("id"), all);
    Api api = plane.api();

    helm(plane, "install", RELEASE, chart.toString());
    Map<String, String> uids = uids(api, shared);
    assertThat(image(api)).isEqualTo(UPSTREAM);

    helm(plane, "upgrade", RELEASE, FOLDER, "--reset-then-reuse-values");
    assertThat(uids(api, shared)).isEqualTo(uids);
    assertThat(image(api)).isEqualTo("localhost/signet:" + ExternalSecretsChart.VERSION);
    assertThat(api.get(DEPLOYMENT + "-webhook").status()).isEqualTo(404);
    assertThat(api.get(DEPLOYMENT + "-cert-controller").status()).isEqualTo(404);

    helm(plane, "rollback", RELEASE, "1");
    assertThat(uids(api, shared)).isEqualTo(uids);
    assertThat(image(api)).isEqualTo(UPSTREAM);
    assertThat(api.get(DEPLOYMENT + "-webhook").status()).isEqualTo(200);

    helm(plane, "uninstall", RELEASE, "--wait");
  }

  /** As the service account of the chart, with the arguments of its container. */
  private void delivers(ControlPlane plane) throws Exception {
    Api api = plane.api();
    Path log = folder.resolve("operator.log");
    Process operator =
        new ProcessBuilder(command(plane))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      create(
          api,
          "/apis/external-secrets.io/v1" + KINDS + "secretstores",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "store"},
           "spec": {"provider": {"fake": {"data": [{"key": "k", "value": "v"}]}}}}
          """);
      create(
          api,
          "/apis/external-secrets.io/v1beta1" + KINDS + "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1beta1", "kind": "ExternalSecret", "metadata": {"name": "db"},
           "spec": {"secretStoreRef": {"name": "store"}, "data": [{"secretKey": "a", "remoteRef": {"key": "k"}}]}}
          """);
      Eventually.holds(SOON, "the Secret", () -> api.get(SECRETS + "/db").ok());
      Eventually.holds(
          SOON,
          "the webhook's authority to be known everywhere",
          () -> {
            for (String name :
                List.of(
                    "secretstore-validate",
                    "externalsecret-validate",
                    "external-secrets-validate")) {
              if (!api.get(CONFIGURATIONS + name).orFail().body().contains("\"caBundle\"")) {
                return false;
              }
            }
            return true;
          });
      // The configurations know whom to trust before there is somebody to be trusted.
      Eventually.holds(
          SOON,
          "the webhook's certificate",
          () -> {
            Jsonl.Row secret =
                api.get("/api/v1/namespaces/external-secrets/secrets/external-secrets-webhook")
                    .orFail()
                    .json();
            return secret.has("data")
                && secret
                    .row("data")
                    .fields()
                    .keySet()
                    .equals(Set.of("ca.crt", "ca.key", "tls.crt", "tls.key"));
          });
      // Nothing needs a definition of Sealed Secrets, or a right that the chart does not give.
      assertThat(Files.readString(log))
          .doesNotContainIgnoringCase("forbidden")
          .doesNotContain("SealedSecret");
      // The definition itself refuses what takes no server.
      Api.Response refused =
          api.post(
              "/apis/external-secrets.io/v1" + KINDS + "externalsecrets",
              """
              {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "no"},
               "spec": {"target": {"creationPolicy": "Merge", "deletionPolicy": "Delete"},
                "data": [{"secretKey": "a", "remoteRef": {"key": "k"}}]}}
              """);
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.body()).contains("deletionPolicy=Delete must not be used");
    } finally {
      operator.destroy();
      if (!operator.waitFor(30, java.util.concurrent.TimeUnit.SECONDS)) {
        operator.destroyForcibly();
      }
    }
  }

  private static void create(Api api, String path, String json) {
    Eventually.holds(SOON, path + " to be served", () -> api.post(path, json).ok());
  }

  private List<String> command(ControlPlane plane)
      throws IOException, CertificateEncodingException {
    String authority =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(plane.authority().getEncoded())
            + "\n-----END CERTIFICATE-----\n";
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        {"apiVersion": "v1", "kind": "Config", "current-context": "c",
         "clusters": [{"name": "c", "cluster": {"server": "%s", "certificate-authority-data": "%s"}}],
         "users": [{"name": "c", "user": {"token": "%s"}}],
         "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}]}
        """
            .formatted(
                plane.url(),
                Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.US_ASCII)),
                plane.token("external-secrets", "external-secrets")));
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Dsignet.program=signet",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signet.cli.Main"));
    for (String argument :
        deployment(plane.api())
            .row("spec")
            .row("template")
            .row("spec")
            .rows("containers")
            .getFirst()
            .texts("args")) {
      // Any port that is free, for a machine is no pod.
      command.add(argument.replaceFirst("^(--http|--metrics|--webhook)=.*", "$1=127.0.0.1:0"));
    }
    command.add("--kubeconfig=" + kubeconfig);
    return command;
  }

  private static Jsonl.Row deployment(Api api) throws IOException {
    return api.get(DEPLOYMENT).orFail().json();
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

  /** What upstream rendered, with an image and a version where the record has words. */
  private static List<Chart.Rendered> upstream(Jsonl.Row version) {
    Jsonl.Row objects =
        Jsonl.row(
            Trees.json(version.row("objects").fields())
                .replace("(chart)", "external-secrets-" + version.text("id"))
                .replace("(version)", "v0")
                .replace("(repository):(tag)", UPSTREAM));
    List<Chart.Rendered> all = new ArrayList<>();
    objects.fields().keySet().forEach(name -> all.add(new Chart.Rendered(objects.row(name))));
    return all;
  }

  private Path chart(String version, List<Chart.Rendered> objects) throws IOException {
    Path chart = folder.resolve(version);
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        chart.resolve("Chart.yaml"),
        "apiVersion: v2\nname: external-secrets\nversion: %s\n".formatted(version));
    StringBuilder all = new StringBuilder();
    objects.forEach(object -> all.append("---\n").append(object.json()).append('\n'));
    Files.writeString(chart.resolve("templates/all.yaml"), all);
    return chart;
  }

  private static void helm(ControlPlane plane, String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add("--namespace=" + ExternalSecretsChart.NAMESPACE);
    if (command[0].equals("install")) {
      arguments.add("--create-namespace");
    }
    arguments.add("--kubeconfig=" + plane.kubeconfig());
    Chart.helm(arguments.toArray(String[]::new)).orFail();
  }
}
