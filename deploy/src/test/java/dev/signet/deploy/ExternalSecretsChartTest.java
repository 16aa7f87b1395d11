package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.deploy.ExternalSecretsChart.Rendering;
import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the chart refuses, and its definitions. Its values are compared with upstream's elsewhere.
 */
class ExternalSecretsChartTest {

  private static Ran template(Map<String, @Nullable Object> values) throws IOException {
    return new Rendering("external-secrets", "external-secrets", values).run();
  }

  private static List<Jsonl.Row> definitions(String values) throws IOException {
    return Chart.parse(template(Jsonl.row(values).fields()).orFail().out()).stream()
        .filter(each -> each.kind().equals("CustomResourceDefinition"))
        .map(Chart.Rendered::tree)
        .toList();
  }

  @Test
  void helmFindsNothingToComplainAbout() throws IOException {
    Ran lint =
        Chart.helm(
            "lint", "--strict", "--kube-version=1.34.0", ExternalSecretsChart.FOLDER.toString());

    assertThat(lint.status()).as(lint.out()).isZero();
    assertThat(lint.out()).doesNotContain("[WARNING]").doesNotContain("[ERROR]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"unheardOf": 1}                                          | 'unheardOf' not allowed
          {"image": {"digest": "sha256:0"}}                         | 'digest' not allowed
          {"livenessProbe": {"periodSeconds": 3}}                   | 'periodSeconds' not allowed
          {"webhook": {"replicas": 3}}                              | 'replicas' not allowed
          {"concurrent": "5"}                                       | at '/concurrent'
          {"webhook": {"failurePolicy": "Never"}}                   | at '/webhook/failurePolicy'
          {"leaderElectionLeaseDuration": "long"}                   | at '/leaderElectionLeaseDuration'
          {"crds": {"conversion": {"enabled": true}}}               | crds.conversion.enabled:
          {"webhook": {"metrics": {"listen": {"port": 9}}}}         | webhook.metrics.listen.port:
          {"webhook": {"podSecurityContext": {"fsGroup": 9}}}       | webhook.podSecurityContext.fsGroup:
          {"certController": {"image": {"tag": "v1"}}}              | certController.image.tag:
          {"extraArgs": {"loglevel": ""}}                           | extraArgs.loglevel: needs a value
          {"image": {"repository": "ghcr.io/external-secrets/external-secrets"}}  | image.repository:
          {"global": {"repository": "r.example/external-secrets/external-secrets"}} | image.repository:
          """)
  void whatItCannotDoAsUpstreamItRefusesByName(String values, String named) throws IOException {
    Ran ran = template(Jsonl.row(values).fields());

    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains(named);
  }

  /** Upstream named its registry otherwise for a while. */
  @Test
  void defaultsOfOldVersionsMayStandInAFileOfValues() throws IOException {
    String old = "{\"repository\": \"oci.external-secrets.io/external-secrets/external-secrets\"}";

    template(
            Jsonl.row(
                    "{\"installCRDs\": false, \"webhook\": {\"image\": "
                        + old
                        + "}, \"certController\": {\"image\": "
                        + old
                        + "}}")
                .fields())
        .orFail();
  }

  @Test
  void definitionsAreThoseOfTheProgram() throws IOException {
    assertThat(ExternalSecretsChart.FOLDER.resolve("files/crds.yaml"))
        .as("a copy, as a chart holds only files of its own folder")
        .hasSameBinaryContentAs(
            Path.of(
                "..", "dialects/src/main/resources/dev/signet/dialects/externalsecrets/crds.yaml"));
    assertThat(definitions("{}")).hasSize(17);
    assertThat(definitions("{\"installCRDs\": false}")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "createClusterExternalSecret, clusterexternalsecrets.external-secrets.io",
    "createClusterSecretStore, clustersecretstores.external-secrets.io",
    "createSecretStore, secretstores.external-secrets.io",
    "createClusterGenerator, clustergenerators.generators.external-secrets.io",
    "createClusterPushSecret, clusterpushsecrets.external-secrets.io",
    "createPushSecret, pushsecrets.external-secrets.io"
  })
  void aSwitchLeavesItsDefinitionOut(String name, String definition) throws IOException {
    List<String> left = names(definitions("{\"crds\": {\"" + name + "\": false}}"));

    List<String> all = new ArrayList<>(names(definitions("{}")));
    all.remove(definition);
    assertThat(left).isEqualTo(all).hasSize(16);
  }

  private static List<String> names(List<Jsonl.Row> definitions) {
    return definitions.stream().map(each -> each.row("metadata").text("name")).toList();
  }

  @Test
  void theOldVersionIsServedUnlessItIsNotWished() throws IOException {
    assertThat(served("{}"))
        .contains("ExternalSecret v1 true", "ExternalSecret v1beta1 true")
        .contains("ClusterSecretStore v1beta1 true", "ClusterExternalSecret v1beta1 true");
    assertThat(served("{\"crds\": {\"unsafeServeV1Beta1\": false}}"))
        .contains("ExternalSecret v1 true", "ExternalSecret v1beta1 false")
        .contains("SecretStore v1beta1 false", "PushSecret v1alpha1 true");
  }

  private static List<String> served(String values) throws IOException {
    return definitions(values).stream()
        .map(each -> each.row("spec"))
        .flatMap(
            spec ->
                spec.rows("versions").stream()
                    .map(
                        version ->
                            Stream.of(
                                    spec.row("names").text("kind"),
                                    version.text("name"),
                                    String.valueOf(version.flag("served")))
                                .reduce((a, b) -> a + " " + b)
                                .orElseThrow()))
        .toList();
  }

  @Test
  void definitionsGetAnnotations() throws IOException {
    assertThat(definitions("{\"crds\": {\"annotations\": {\"a\": \"b\"}}}"))
        .allSatisfy(
            each -> {
              assertThat(each.row("metadata").row("annotations").fields()).containsEntry("a", "b");
              assertThat(each.row("metadata").row("labels").fields())
                  .containsEntry("external-secrets.io/component", "controller");
            });
  }

  @Test
  void itHasTheVersionOfTheProgram() throws IOException {
    assertThat(Files.readAllLines(ExternalSecretsChart.FOLDER.resolve("Chart.yaml")))
        .contains(
            "name: external-secrets",
            "version: " + ExternalSecretsChart.VERSION,
            "appVersion: " + ExternalSecretsChart.VERSION);
  }
}
