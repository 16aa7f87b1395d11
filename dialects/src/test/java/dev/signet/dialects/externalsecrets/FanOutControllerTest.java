package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which namespaces get an ExternalSecret, and what becomes of it. */
final class FanOutControllerTest {

  private final Stage stage;

  FanOutControllerTest(@TempDir Path folder) {
    stage = new Stage(folder);
  }

  @BeforeEach
  void namespaces() {
    stage.manifest(
        "store",
        "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: store},"
            + " spec: {provider: {fake: {data: [{key: k, value: v}]}}}}");
    for (String name : new String[] {"a", "b", "c"}) {
      stage.manifest(
          name,
          "{apiVersion: v1, kind: Namespace, metadata: {name: "
              + name
              + ", labels: {team: "
              + (name.equals("c") ? "red" : "blue")
              + "}}}");
    }
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private void fanOut(String spec) {
    stage.manifest(
        "ces",
        "{apiVersion: external-secrets.io/v1, kind: ClusterExternalSecret, metadata: {name: all},"
            + " spec: {externalSecretSpec: {secretStoreRef: {name: store, kind:"
            + " ClusterSecretStore}, target: {name: made}, data: [{secretKey: k, remoteRef: {key:"
            + " k}}]}, "
            + spec
            + "}}");
    stage.run();
  }

  private String where() {
    StringBuilder where = new StringBuilder();
    for (String name : new String[] {"a", "b", "c"}) {
      if (stage.world().values(name, "made").equals("{k=v}")) {
        where.append(name);
      }
    }
    return where.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          namespaces: [a, c, gone]                                          | ac
          namespaceSelectors: [{matchLabels: {team: blue}}]                 | ab
          namespaceSelectors: [{matchLabels: {team: red}}, {matchLabels: {kubernetes.io/metadata.name: a}}] | ac
          namespaceSelector: {matchLabels: {team: red}}                     | c
          namespaceSelectors: [{}]                                          | abc
          namespaceSelectors: [{matchExpressions: [{key: team, operator: NotIn, values: [blue]}]}] | c
          namespaceSelectors: [{matchExpressions: [{key: team, operator: Exists}]}] | abc
          namespaceSelectors: [{matchExpressions: [{key: team, operator: DoesNotExist}]}] | ''
          namespaceSelectors: []                                            | ''
          """)
  void theNamespacesThatAreChosenGetOne(String spec, String where) {
    fanOut(spec);
    assertThat(where()).isEqualTo(where);
    assertThat(stage.status(FanOut.Of.EXTERNAL_SECRETS.kind(), "", "all", "externalSecretName"))
        .isEqualTo("all");
    assertThat(
            String.valueOf(
                stage.status(
                    FanOut.Of.EXTERNAL_SECRETS.kind(), "", "all", "provisionedNamespaces")))
        .isEqualTo(where.isEmpty() ? "null" : "[" + String.join(", ", where.split("")) + "]");
  }

  @Test
  void whatSomebodyElseMadeStaysTheirs() {
    stage.manifest(
        "theirs",
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: all,"
            + " namespace: b}, spec: {secretStoreRef: {name: store, kind: ClusterSecretStore},"
            + " target: {name: other}, data: [{secretKey: k, remoteRef: {key: k}}]}}");
    fanOut("namespaces: [a, b]");
    assertThat(where()).isEqualTo("a");
    assertThat(
            String.valueOf(
                stage.status(FanOut.Of.EXTERNAL_SECRETS.kind(), "", "all", "failedNamespaces")))
        .isEqualTo("[{namespace=b, reason=external secret already exists in namespace}]");
    assertThat(
            String.valueOf(
                stage.status(FanOut.Of.EXTERNAL_SECRETS.kind(), "", "all", "conditions")))
        .isEqualTo("[{type=Ready, status=False, message=one or more namespaces failed}]");
  }

  @Test
  void aSpecThatCannotBeReadIsSaidToBeOne() {
    fanOut("namespaces: [a], other: 1");
    assertThat(where()).isEmpty();
    assertThat(stage.world().events()).hasSize(1).first().asString().contains("spec.other");
  }
}
