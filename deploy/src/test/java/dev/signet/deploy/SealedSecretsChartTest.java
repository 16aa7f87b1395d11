package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart refuses, and what it says. Its values are compared with upstream's elsewhere. */
class SealedSecretsChartTest {

  private static final Path SCHEMA = SealedSecretsChart.FOLDER.resolve("values.schema.json");

  @Test
  void helmFindsNothingToComplainAbout() throws IOException {
    Ran lint =
        Chart.helm(
            "lint", "--strict", "--kube-version=1.34.0", SealedSecretsChart.FOLDER.toString());

    assertThat(lint.status()).as(lint.out()).isZero();
    assertThat(lint.out()).doesNotContain("[WARNING]").doesNotContain("[ERROR]");
  }

  /** One run with a value too many in every map that is closed; helm names each of them. */
  @Test
  void anUnknownValueIsNamedWhereverItStands() throws IOException {
    Jsonl.Row schema = Jsonl.row(Files.readString(SCHEMA));
    Set<String> places = new TreeSet<>();
    Object values = withUnknowns(schema, schema, "", places);

    Ran ran = SealedSecretsChart.template(Trees.map(values));

    assertThat(places)
        .contains("", "/image", "/metrics/service", "/ingress/extraHosts/0")
        .hasSize(27);
    assertThat(ran.status()).isNotZero();
    for (String place : places) {
      assertThat(ran.err())
          .contains("at '%s': additional properties 'unknown' not allowed".formatted(place));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"image": {"digest": "sha256:0"}}                          | 'digest' not allowed
          {"rateLimits": 5}                                          | 'rateLimits' not allowed
          {"updateStatus": "false"}                                  | at '/updateStatus': got string, want boolean
          {"additionalNamespaces": "a,b"}                            | at '/additionalNamespaces': got string, want array
          {"image": {"tag": 1}}                                      | at '/image/tag': got number, want string
          {"image": {"pullSecrets": [{"name": "a"}]}}                | at '/image/pullSecrets/0': got object, want string
          {"hostUsers": "false"}                                     | at '/hostUsers'
          {"resources": {"memory": "1Gi"}}                           | 'memory' not allowed
          {"livenessProbe": {"httpGet": {"path": "/readyz"}}}        | 'httpGet' not allowed
          {"metrics": {"prometheusRule": {"groups": [{"name": "a", "interval": "1m"}]}}} | 'interval' not allowed
          {"metrics": {"prometheusRule": {"groups": [{"name": "a", "rules": [{"record": "x", "expr": "y"}]}]}}} | 'record' not allowed
          {"kubeVersion": "1.18.0"}                                  | kubeVersion: the APIs that Kubernetes 1.18.0 needs
          {"enabled": false}                                         | enabled: false is for the condition of a chart that depends on this one
          {"signet": {"escrow": {"recipients": ["x"]}}}              | at '/signet/escrow/recipients/0'
          {"signet": {"escrow": {"recipients": ["age1x"]}}}          | signet.escrow: recipients need a place for the copies
          {"signet": {"escrow": {"secretNamespace": "vault"}}}       | signet.escrow: copies need recipients
          {"signet": {"escrow": {"recipients": ["age1x"], "store": "put {}"}}} | signet.escrow: store and load need each other
          {"commonLabels": "no map"}                                 | labels or annotations are no map: no map
          """)
  void whatItCannotDoAsUpstreamItRefusesByName(String values, String named) throws IOException {
    Ran ran = SealedSecretsChart.template(Jsonl.row(values).fields());

    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains(named);
  }

  @Test
  void aChartThatDependsOnItMayHaveItsConditionAndItsGlobalsThere() throws IOException {
    Map<String, @Nullable Object> values =
        Jsonl.row(
                "{\"enabled\": true, \"global\": {\"imageRegistry\": \"r\", \"any\": {\"a\": 1}}}")
            .fields();

    assertThat(SealedSecretsChart.objects(SealedSecretsChart.template(values).orFail().out()))
        .isEqualTo(
            SealedSecretsChart.objects(SealedSecretsChart.template(Map.of()).orFail().out()));
  }

  @Test
  void copiesOfKeysAreAskedForByVariablesAndChangeNothingElse() throws IOException {
    Map<String, Object> before = objects("{}");
    Map<String, Object> after =
        objects(
            """
            {"signet": {"escrow": {"recipients": ["age1a", "age1b"], "secretNamespace": "vault",
              "volume": {"persistentVolumeClaim": {"claimName": "copies"}}, "store": "put {}", "load": "get {}"}}}
            """);

    String pod = "Deployment kube-system/sealed-secrets /spec/template/spec/";
    assertThat(Trees.differences(before, after))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                pod + "containers/0/env",
                    "[{\"name\":\"SIGNET_ESCROW_RECIPIENTS\",\"value\":\"age1a age1b\"},"
                        + "{\"name\":\"SIGNET_ESCROW_FOLDER\",\"value\":\"/escrow\"},"
                        + "{\"name\":\"SIGNET_ESCROW_SECRET\",\"value\":\"vault\"},"
                        + "{\"name\":\"SIGNET_ESCROW_STORE\",\"value\":\"put {}\"},"
                        + "{\"name\":\"SIGNET_ESCROW_LOAD\",\"value\":\"get {}\"}]",
                pod + "containers/0/volumeMounts",
                    "[{\"mountPath\":\"/escrow\",\"name\":\"escrow\"},{\"mountPath\":\"/tmp\",\"name\":\"tmp\"}]",
                pod + "volumes",
                    "[{\"name\":\"escrow\",\"persistentVolumeClaim\":{\"claimName\":\"copies\"}},"
                        + "{\"emptyDir\":{},\"name\":\"tmp\"}]"));
  }

  @Test
  void withoutTheClusterRoleTheNamespaceOfTheCopiesGetsARoleOfItsOwn() throws IOException {
    String escrow =
        "\"signet\": {\"escrow\": {\"recipients\": [\"age1a\"], \"secretNamespace\": \"vault\"}}";
    String roles = "\"rbac\": {\"clusterRole\": false, \"namespacedRoles\": true}";

    assertThat(objects("{" + escrow + "}")).doesNotContainKey("Role vault/sealed-secrets-escrow");
    assertThat(objects("{" + escrow + ", " + roles + "}"))
        .containsKeys("Role vault/sealed-secrets-escrow", "RoleBinding vault/sealed-secrets-escrow")
        .extractingByKey("Role vault/sealed-secrets-escrow")
        .satisfies(
            role ->
                assertThat(Trees.json(Trees.map(role).get("rules")))
                    .isEqualTo(
                        "[{\"apiGroups\":[\"\"],\"resources\":[\"secrets\"],\"verbs\":[\"get\",\"create\",\"update\"]}]"));
  }

  private static Map<String, Object> objects(String values) throws IOException {
    return SealedSecretsChart.objects(
        SealedSecretsChart.template(Jsonl.row(values).fields()).orFail().out());
  }

  @Test
  void theDefinitionIsThatOfTheProgram() {
    assertThat(SealedSecretsChart.FOLDER.resolve("crds/bitnami.com_sealedsecrets.yaml"))
        .as("a copy, as a chart holds only files of its own folder")
        .hasSameBinaryContentAs(
            Path.of(
                "..", "dialects/src/main/resources/dev/signet/dialects/sealedsecrets/crds.yaml"));
  }

  @Test
  void theDashboardAsksForMetricsByTheNamesThatUpstreamGaveThem() throws IOException {
    String dashboard =
        Files.readString(
            SealedSecretsChart.FOLDER.resolve("dashboards/sealed-secrets-controller.json"));

    assertThat(Jsonl.row(dashboard).text("uid")).isEqualTo("UuEtZCVWz");
    Set<String> asked = new TreeSet<>();
    Pattern.compile("sealed_secrets_controller_\\w+")
        .matcher(dashboard)
        .results()
        .forEach(match -> asked.add(match.group()));
    assertThat(asked)
        .containsExactlyInAnyOrder(
            "sealed_secrets_controller_condition_info",
            "sealed_secrets_controller_http_requests_total",
            "sealed_secrets_controller_unseal_errors_total",
            "sealed_secrets_controller_unseal_requests_total");
  }

  @Test
  void itHasTheVersionOfTheProgram() throws IOException {
    assertThat(SealedSecretsChart.VERSION).isNotEmpty();
    assertThat(Files.readAllLines(SealedSecretsChart.FOLDER.resolve("Chart.yaml")))
        .contains(
            "name: sealed-secrets",
            "version: " + SealedSecretsChart.VERSION,
            "appVersion: " + SealedSecretsChart.VERSION);
  }

  /** Values that satisfy a schema but for a key {@code unknown} wherever keys are closed. */
  private static Object withUnknowns(
      Jsonl.Row schema, Jsonl.Row root, String place, Set<String> places) {
    if (schema.has("$ref")) {
      String name = schema.text("$ref").substring("#/definitions/".length());
      return withUnknowns(root.row("definitions").row(name), root, place, places);
    }
    if (schema.has("items") && schema.row("items").has("properties")) {
      return List.of(withUnknowns(schema.row("items"), root, place + "/0", places));
    }
    Map<String, @Nullable Object> values = new TreeMap<>();
    Map<String, @Nullable Object> properties =
        schema.has("properties") ? schema.row("properties").fields() : new LinkedHashMap<>();
    for (String key : properties.keySet()) {
      Jsonl.Row property = schema.row("properties").row(key);
      if (nests(property, root)) {
        values.put(key, withUnknowns(property, root, place + "/" + key, places));
      }
    }
    if (Boolean.FALSE.equals(schema.fields().get("additionalProperties"))) {
      values.put("unknown", 1L);
      places.add(place);
    }
    return values;
  }

  private static boolean nests(Jsonl.Row schema, Jsonl.Row root) {
    if (schema.has("$ref")) {
      String name = schema.text("$ref").substring("#/definitions/".length());
      return nests(root.row("definitions").row(name), root);
    }
    return schema.has("properties") || (schema.has("items") && nests(schema.row("items"), root));
  }
}
