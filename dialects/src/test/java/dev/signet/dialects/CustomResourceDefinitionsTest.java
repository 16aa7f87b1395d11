package dev.signet.dialects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What users of upstream's definitions expect of ours. */
class CustomResourceDefinitionsTest {

  private static final int CLIENT_SIDE_APPLY = 200_000;

  static List<Jsonl.Row> all() {
    List<Jsonl.Row> rows = new ArrayList<>();
    for (Map<String, ?> each : CustomResourceDefinitions.all()) {
      rows.add(Jsonl.row(GoJson.write(each, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)));
    }
    return rows;
  }

  private static Jsonl.Row of(String kind) {
    return all().stream()
        .filter(each -> each.row("spec").row("names").text("kind").equals(kind))
        .findFirst()
        .orElseThrow();
  }

  /** kubectl apply keeps the whole of it in an annotation, which may have 256 KiB. */
  @ParameterizedTest
  @MethodSource("all")
  void eachIsSmallEnoughForClientSideApply(Jsonl.Row definition) {
    String json = GoJson.write(definition.fields(), GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);

    assertThat(json.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(CLIENT_SIDE_APPLY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ExternalSecret         | Namespaced | es  | v1 v1beta1 | StoreType,Store,Refresh Interval,Status,Ready,Last Sync
          SecretStore            | Namespaced | ss  | v1 v1beta1 | AGE,Status,Capabilities,Ready
          ClusterSecretStore     | Cluster    | css | v1 v1beta1 | AGE,Status,Capabilities,Ready
          ClusterExternalSecret  | Cluster    | ces | v1 v1beta1 | Store,Refresh Interval,Ready
          PushSecret             | Namespaced | ps  | v1alpha1   | AGE,Status,Last Sync
          ClusterPushSecret      | Cluster    |     | v1alpha1   | AGE,Status
          ClusterGenerator       | Cluster    |     | v1alpha1   |
          GeneratorState         | Namespaced | gs  | v1alpha1   | GC Deadline,Age
          Fake                   | Namespaced |     | v1alpha1   |
          MFA                    | Namespaced |     | v1alpha1   |
          Password               | Namespaced |     | v1alpha1   |
          SSHKey                 | Namespaced |     | v1alpha1   |
          UUID                   | Namespaced |     | v1alpha1   |
          Webhook                | Namespaced |     | v1alpha1   |
          """)
  void itIsNamedAndShownAsUpstreams(
      String kind, String scope, String shortName, String versions, String columns) {
    Jsonl.Row spec = of(kind).row("spec");
    Jsonl.Row names = spec.row("names");

    assertThat(spec.text("scope")).isEqualTo(scope);
    assertThat(names.texts("shortNames"))
        .isEqualTo(shortName == null ? List.of() : List.of(shortName));
    assertThat(names.texts("categories")).contains("external-secrets");
    assertThat(names.texts("categories").contains("external-secrets-generators"))
        .isEqualTo(spec.text("group").startsWith("generators."));
    assertThat(spec.rows("versions"))
        .allMatch(version -> version.flag("served"))
        .extracting(version -> version.text("name"))
        .containsExactly(versions.split(" "));
    for (Jsonl.Row version : spec.rows("versions")) {
      assertThat(version.rows("additionalPrinterColumns"))
          .extracting(column -> column.text("name"))
          .isEqualTo(columns == null ? List.of() : List.of(columns.split(",")));
    }
  }

  /** What the columns show, but for ages. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ExternalSecret        | .spec.secretStoreRef.kind .spec.secretStoreRef.name .spec.refreshInterval reason status .status.refreshTime
          SecretStore           | reason .status.capabilities status
          ClusterSecretStore    | reason .status.capabilities status
          ClusterExternalSecret | .spec.externalSecretSpec.secretStoreRef.name .spec.refreshTime status
          PushSecret            | reason .status.refreshTime
          ClusterPushSecret     | reason
          GeneratorState        | .spec.garbageCollectionDeadline
          """)
  void itsColumnsShowWhatUpstreamsShow(String kind, String paths) {
    for (Jsonl.Row version : of(kind).row("spec").rows("versions")) {
      assertThat(version.rows("additionalPrinterColumns"))
          .extracting(column -> column.text("jsonPath"))
          .filteredOn(path -> !path.equals(".metadata.creationTimestamp"))
          .extracting(path -> path.replaceFirst("^.*Ready\"\\)]\\.", ""))
          .isEqualTo(List.of(paths.split(" ")));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachIsMarkedAsUpstreamMarksItsOwn(Jsonl.Row definition) {
    boolean own = definition.row("spec").text("group").endsWith("external-secrets.io");

    assertThat(definition.row("metadata").has("labels")).isEqualTo(own);
    if (own) {
      assertThat(definition.row("metadata").row("labels").text("external-secrets.io/component"))
          .isEqualTo("controller");
    }
  }

  @Test
  void externalSecretsAreSelectedByTheFieldsThatUpstreamHas() {
    assertThat(
            of("ExternalSecret").row("spec").rows("versions").getFirst().rows("selectableFields"))
        .extracting(each -> each.text("jsonPath"))
        .containsExactly(
            ".spec.secretStoreRef.name",
            ".spec.secretStoreRef.kind",
            ".spec.target.name",
            ".spec.refreshInterval");
  }

  /** Providers of others are kept as they are, and what becomes of them is in the status. */
  @ParameterizedTest
  @CsvSource({"SecretStore", "ClusterSecretStore"})
  void whatAProviderIsToldIsKept(String kind) {
    for (Jsonl.Row version : of(kind).row("spec").rows("versions")) {
      Jsonl.Row provider =
          version
              .row("schema")
              .row("openAPIV3Schema")
              .row("properties")
              .row("spec")
              .row("properties")
              .row("provider");
      assertThat(provider.flag("x-kubernetes-preserve-unknown-fields")).isTrue();
    }
  }

  /** Upstream's has two names for conditions and refuses others; what is said of keys needs one. */
  @Test
  void conditionsOfExternalSecretsMayHaveNamesOfTheirOwn() {
    assertThat(of("ExternalSecret").row("spec").rows("versions"))
        .allSatisfy(
            version ->
                assertThat(
                        version
                            .row("schema")
                            .row("openAPIV3Schema")
                            .row("properties")
                            .row("status")
                            .row("properties")
                            .row("conditions")
                            .row("items")
                            .row("properties")
                            .row("type")
                            .fields())
                    .isEqualTo(Map.of("type", "string")));
  }
}
