package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is said of single keys, on a real cluster: with our definition of the kind, and with one
 * that lets conditions have upstream's names only, as upstream's does.
 */
@OnControlPlane
@Timeout(120)
class KeysConditionTest {

  private static final String DEFINITION =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/externalsecrets.external-secrets.io";

  private Stage stage;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    stage = new Stage(plane, namespace);
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "main"},
         "spec": {"provider": {"fake": {"data": [{"key": "there", "value": "v4lue"}]}}}}
        """);
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "backup"},
         "spec": {"provider": {"fake": {"data": [{"key": "there", "value": "v4lue"}, {"key": "gone", "value": "v4lue"}]}}}}
        """);
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  private void externalSecret(String name, String annotations) throws IOException {
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
         "metadata": {"name": "%s", "annotations": %s},
         "spec": {"secretStoreRef": {"name": "main"}, "data": [
          {"secretKey": "a", "remoteRef": {"key": "there"}}, {"secretKey": "b", "remoteRef": {"key": "gone"}}]}}
        """
            .formatted(name, annotations));
  }

  private static String path(String name) {
    return "externalsecrets/" + name;
  }

  private String series(String name, String status) {
    return "externalsecret_status_condition{condition=\"signet.dev/Keys\",name=\"%s\",namespace=\"%s\",status=\"%s\"}"
        .formatted(name, stage.namespace(), status);
  }

  @Test
  void eachKeyIsNamedThatFailedOrIsNotFromWhereTheManifestSays() throws IOException {
    Operator operator = stage.start(stage.withoutKey(stage.settings()));
    externalSecret("fails", "{}");
    externalSecret(
        "falls-back",
        """
        {"signet.dev/fallback-stores": "backup", "signet.dev/fallback-on-missing": "true"}
        """);
    externalSecret("goes-without", "{\"signet.dev/optional-keys\": \"b\"}");

    Jsonl.Row failed =
        stage.awaitCondition(stage.externalPath(path("fails")), "signet.dev/Keys", "False");
    assertThat(failed.text("reason")).isEqualTo("KeysFailed");
    assertThat(failed.text("message"))
        .isEqualTo(
            "b: NotFound in SecretStore/main: SecretStore/%s/main has no key gone"
                .formatted(stage.namespace()));
    assertThat(
            stage
                .awaitCondition(stage.externalPath(path("fails")), "Ready", "False")
                .text("message"))
        .isEqualTo("could not get secret data from provider");
    stage.awaitValues("falls-back", "{a=v4lue, b=v4lue}");
    assertThat(
            stage
                .awaitCondition(stage.externalPath(path("falls-back")), "signet.dev/Keys", "True")
                .text("message"))
        .startsWith("b: from SecretStore/backup, NotFound in SecretStore/main");
    stage.awaitValues("goes-without", "{a=v4lue}");
    assertThat(
            stage
                .awaitCondition(stage.externalPath(path("goes-without")), "signet.dev/Keys", "True")
                .text("message"))
        .startsWith("b: left out, ");
    Eventually.holds(
        Stage.SOON,
        "the series",
        () ->
            Stage.metric(operator, series("fails", "False")).equals("1.0")
                && Stage.metric(operator, series("falls-back", "True")).equals("1.0"));

    // Once the store has it nothing is to be said.
    stage
        .api()
        .patch(
            stage.externalPath("secretstores/main"),
            "application/merge-patch+json",
            """
            {"spec": {"provider": {"fake": {"data": [{"key": "there", "value": "v4lue"}, {"key": "gone", "value": "v4lue"}]}}}}
            """)
        .orFail();
    for (String each : List.of("fails", "falls-back", "goes-without")) {
      // What was delivered is not due before its interval is over.
      stage
          .api()
          .patch(
              stage.externalPath(path(each)),
              "application/merge-patch+json",
              "{\"metadata\": {\"annotations\": {\"force-sync\": \"1\"}}}")
          .orFail();
      Eventually.holds(
          Stage.SOON,
          each + " to be as its manifest says",
          () ->
              stage
                      .api()
                      .get(stage.externalPath(path(each)))
                      .orFail()
                      .json()
                      .row("status")
                      .rows("conditions")
                      .size()
                  == 1);
      stage.awaitValues(each, "{a=v4lue, b=v4lue}");
    }
    Eventually.holds(
        Stage.SOON,
        "the series to end",
        () -> Stage.metric(operator, series("fails", "False")).equals("absent"));
  }

  @Test
  void whereTheDefinitionKnowsNoSuchConditionTheStatusIsUpstreams() throws IOException {
    Api api = stage.api();
    Jsonl.Row before = api.get(DEFINITION).orFail().json();
    try {
      restrict(true);
      // Until the server goes by the new definition.
      externalSecret("probe", "{}");
      Eventually.holds(
          Stage.SOON,
          "the condition to be refused",
          () ->
              api.patch(
                          stage.externalPath(path("probe/status")),
                          "application/merge-patch+json",
                          """
                          {"status": {"conditions": [{"type": "signet.dev/Keys", "status": "True"}]}}
                          """)
                      .status()
                  == 422);
      Operator operator = stage.start(stage.withoutKey(stage.settings()));
      externalSecret("fails", "{}");
      externalSecret("goes-without", "{\"signet.dev/optional-keys\": \"b\"}");

      assertThat(
              stage
                  .awaitCondition(stage.externalPath(path("fails")), "Ready", "False")
                  .text("message"))
          .isEqualTo("could not get secret data from provider");
      stage.awaitEvent("fails", "Warning UpdateFailed");
      var _ = stage.awaitCondition(stage.externalPath(path("goes-without")), "Ready", "True");
      stage.awaitValues("goes-without", "{a=v4lue}");
      Stage.stop(operator);
    } finally {
      restrict(false);
      assertThat(api.get(DEFINITION).orFail().json().row("spec").fields().keySet())
          .isEqualTo(before.row("spec").fields().keySet());
    }
  }

  /** Whether only upstream's names of conditions are let through. */
  private void restrict(boolean only) throws IOException {
    String names = only ? ", \"enum\": [\"Ready\", \"Deleted\"]" : "";
    stage
        .api()
        .patch(
            DEFINITION,
            "application/json-patch+json",
            """
            [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/status",
              "value": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {
               "conditions": {"type": "array", "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": {"type": {"type": "string"%s}}}}}}}]
            """
                .formatted(names))
        .orFail();
  }
}
