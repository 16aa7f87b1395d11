package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real API server asks the operator that the chart installs, through the chart's Service, with
 * the certificate that the operator made with the rights that the chart gives it.
 */
@OnControlPlane
class WebhookInstallTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Pattern PORT =
      Pattern.compile(
          "\"addr\":\"[^\"]*:([0-9]+)\"[^\n]*admission is answered|admission is answered[^\n]*:([0-9]+)\"");

  @TempDir Path folder;

  @Test
  void theServerAsksTheOperatorThatWasInstalledAndIsNotBlockedWithoutIt(
      ControlPlane plane, Namespace home, Api api) throws Exception {
    List<Chart.Rendered> objects =
        Chart.render(
            home.name(),
            "webhook.enabled=true",
            "namespaces={" + home.name() + "}",
            "logLevel=info");
    Installing.apply(api, objects);
    Chart.Rendered configuration = of(objects, "ValidatingWebhookConfiguration");
    Path log = folder.resolve("operator.log");
    Process operator =
        new ProcessBuilder(command(plane, home, of(objects, "Deployment")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      int port = Eventually.find(SOON, "its port", () -> port(Files.readString(log)));
      throughService(api, of(objects, "Service"), configuration, port);

      Eventually.holds(
          SOON,
          "a refusal",
          () -> {
            Api.Response refused =
                create(api, home, "annotations", "{\"signet.dev/optional-keys\": \"b\"}");
            return refused.status() == 403
                && refused.body().contains("validate.external-secrets.signet.dev")
                && refused.body().contains("names b, and the keys of spec are [a]");
          });
      assertThat(create(api, home, "labels", "{}").status()).isEqualTo(201);
      assertThat(Files.readString(log)).doesNotContainIgnoringCase("forbidden");
    } finally {
      operator.destroy();
      if (!operator.waitFor(30, TimeUnit.SECONDS)) {
        operator.destroyForcibly();
      }
    }
    try {
      assertThat(create(api, home, "annotations", "{\"signet.dev/optional-keys\": \"b\"}").status())
          .isEqualTo(201);
    } finally {
      api.delete(Installing.path(configuration)).orFail();
    }
  }

  /** A dry run: nothing is stored. */
  private static Api.Response create(Api api, Namespace home, String field, String value)
      throws IOException {
    return api.post(
        "/apis/external-secrets.io/v1/namespaces/" + home.name() + "/externalsecrets?dryRun=All",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
         "metadata": {"name": "probe", "%s": %s},
         "spec": {"secretStoreRef": {"name": "s"}, "data": [{"secretKey": "a", "remoteRef": {"key": "k"}}]}}
        """
            .formatted(field, value));
  }

  private static Chart.Rendered of(List<Chart.Rendered> objects, String kind) {
    return objects.stream().filter(each -> each.kind().equals(kind)).findFirst().orElseThrow();
  }

  private static Optional<Integer> port(String log) {
    Matcher found = PORT.matcher(log);
    return found.find()
        ? Optional.of(
            Integer.valueOf(Optional.ofNullable(found.group(1)).orElseGet(() -> found.group(2))))
        : Optional.empty();
  }

  /** There are no nodes, and so no way to a pod: the Service stands for a name of this machine. */
  private static void throughService(
      Api api, Chart.Rendered service, Chart.Rendered configuration, int port) throws IOException {
    api.delete(Installing.path(service)).orFail();
    api.post(
            Installing.path(service).replaceFirst("/[^/]*$", ""),
            """
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s"},
             "spec": {"type": "ExternalName", "externalName": "localhost"}}
            """
                .formatted(service.name()))
        .orFail();
    api.patch(
            Installing.path(configuration),
            "application/json-patch+json",
            """
            [{"op": "replace", "path": "/webhooks/0/clientConfig/service/port", "value": %d}]
            """
                .formatted(port))
        .orFail();
  }

  private List<String> command(ControlPlane plane, Namespace home, Chart.Rendered deployment)
      throws Exception {
    Path kubeconfig = folder.resolve("kubeconfig");
    String authority =
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(plane.authority().getEncoded())
            + "\n-----END CERTIFICATE-----\n";
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
                plane.token(home.name(), "signet")));
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Dsignet.program=signet",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signet.cli.Main"));
    Jsonl.Row container =
        deployment.tree().row("spec").row("template").row("spec").rows("containers").getFirst();
    for (String argument : container.texts("args")) {
      // Any port that is free, for a machine is no pod.
      command.add(argument.replaceFirst("^(--http|--webhook)=.*", "$1=127.0.0.1:0"));
    }
    command.add("--kubeconfig=" + kubeconfig);
    return command;
  }
}
