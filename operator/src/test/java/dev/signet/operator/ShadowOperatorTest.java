package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.SealingKey;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The operator in shadow mode beside an operator that works. */
@OnControlPlane
@Timeout(120)
class ShadowOperatorTest {

  private static final String VALUE = "mark-7f3a9c-of-a-value";

  private Stage stage;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    stage = new Stage(plane, namespace);
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  private static void awaitList(Operator shadow, String start) {
    Eventually.holds(
        Stage.SOON,
        "a list that starts with " + start,
        () -> Stage.http(shadow, "/shadow").startsWith("200 " + start));
  }

  private List<String> logged() {
    return Stage.LOG
        .toString(UTF_8)
        .lines()
        .filter(line -> line.contains("\"dev.signet.shadow\""))
        .filter(line -> line.contains("\"" + stage.namespace() + "\""))
        .toList();
  }

  @Test
  void itTakesNoLeaseWritesNothingAndNamesNoValue(ControlPlane plane) throws IOException {
    SealingKey key = Stage.newKey("key");
    stage.addKey(key);
    Operator works = stage.start(stage.settings());
    stage.applySealed(stage.sealed(key.certificate(), "app", Map.of("k", VALUE)));
    stage.awaitCondition(stage.sealedPath("app"), "Delivered", "True");
    Stage.stop(works);

    String user = "shadow-" + stage.namespace();
    Operator shadow =
        stage.start(
            stage
                .withElection(stage.settings())
                .withBeside(
                    Beside.DEFAULT.with(Beside.Conduct.SHADOW).withSettled(Duration.ofMillis(500))),
            plane.url(),
            plane.user(user, "system:masters"));
    awaitList(shadow, "differences: 0\ncompared: 1\nunsettled: 0\n");

    stage
        .api()
        .patch(
            stage.secretPath("app"),
            "application/merge-patch+json",
            "{\"data\": {\"k\": \"ZWRpdGVk\"}, \"metadata\": {\"labels\": {\"x\": \"y\"}}}")
        .orFail();
    awaitList(shadow, "differences: 2\ncompared: 1\nunsettled: 0\n");
    assertThat(Stage.http(shadow, "/shadow"))
        .contains("item_value     k              ")
        .contains("secret_labels  x is too much  ");
    assertThat(Stage.metric(shadow, "signet_shadow_differences{kind=\"secret_labels\"}"))
        .isEqualTo("1.0");
    assertThat(Stage.metric(shadow, "signet_writes_total{verb=\"update\",what=\"secret\"}"))
        .isEqualTo("absent");
    assertThat(logged())
        .hasSize(2)
        .allMatch(line -> line.contains("differs from what would be written here"))
        .anyMatch(line -> line.contains("\"difference\":\"item_value\",\"detail\":\"k\""));

    stage.start(stage.settings());
    awaitList(shadow, "differences: 0\ncompared: 1\nunsettled: 0\n");
    assertThat(logged())
        .hasSize(4)
        .filteredOn(line -> line.contains("no longer differs"))
        .hasSize(2);
    Stage.stop(shadow);

    assertThat(Stage.LOG.toString(UTF_8)).doesNotContain(VALUE);
    assertOnlyRead(plane, user);
  }

  private void assertOnlyRead(ControlPlane plane, String user) throws IOException {
    var _ = stage.api().get(stage.secretPath("marker"));
    Eventually.holds(
        Stage.SOON,
        "the audit log",
        () ->
            plane
                    .audit()
                    .count(
                        each ->
                            each.namespace().equals(stage.namespace())
                                && each.name().equals("marker"))
                > 0);
    assertThat(plane.audit().entries())
        .filteredOn(each -> each.user().equals(user))
        .isNotEmpty()
        .allMatch(each -> List.of("get", "list", "watch").contains(each.verb()));
  }

  private void externalSecret(String name, String store) throws IOException {
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "%s"},
         "spec": {"refreshInterval": "1h", "secretStoreRef": {"name": "%s"},
          "data": [{"secretKey": "k", "remoteRef": {"key": "remote"}}]}}
        """
            .formatted(name, store));
  }

  @Test
  void ofExternalSecretsItSaysWhatWouldBeFetchedAndRefusedAndAsksNoStore(ControlPlane plane)
      throws IOException {
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
         "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "%s"}]}}}}
        """
            .formatted(VALUE));
    externalSecret("app", "fake");
    Settings settings = stage.withoutKey(stage.settings());
    Operator works = stage.start(settings);
    stage.awaitValues("app", "{k=" + VALUE + "}");
    var _ = stage.awaitCondition(stage.externalPath("externalsecrets/app"), "Ready", "True");
    Stage.stop(works);

    String user = "shadow-external-" + stage.namespace();
    Operator shadow =
        stage.start(
            stage
                .withElection(settings)
                .withBeside(
                    Beside.DEFAULT.with(Beside.Conduct.SHADOW).withSettled(Duration.ofMillis(500))),
            plane.url(),
            plane.user(user, "system:masters"));
    awaitList(shadow, "differences: 0\ncompared: 1\nunsettled: 0\n");

    // Somebody else's value, an object that nobody has looked at, and one that cannot be delivered.
    stage
        .api()
        .patch(
            stage.secretPath("app"),
            "application/merge-patch+json",
            "{\"data\": {\"k\": \"ZWRpdGVk\"}}")
        .orFail();
    externalSecret("new", "fake");
    stage.applyExternal(
        "secretstores",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "unknown"},
         "spec": {"provider": {"conjur": {}}}}
        """);
    externalSecret("refused", "unknown");
    awaitList(shadow, "differences: 3\ncompared: 3\nunsettled: 0\n");
    assertThat(Stage.http(shadow, "/shadow"))
        .contains("its Secret is missing or not as its annotation says")
        .contains("it was never synced")
        .contains("provider conjur is not in this version");
    assertThat(Stage.metric(shadow, "signet_shadow_differences{kind=\"would_fetch\"}"))
        .isEqualTo("2.0");
    assertThat(Stage.metric(shadow, "signet_shadow_differences{kind=\"would_refuse\"}"))
        .isEqualTo("1.0");

    // It wrote nothing: no Secret, no status, no event.
    assertThat(stage.values("app")).isEqualTo("{k=edited}");
    assertThat(stage.values("new")).isEqualTo("none");
    assertThat(
            stage
                .api()
                .get(stage.externalPath("externalsecrets/new"))
                .orFail()
                .json()
                .has("status"))
        .isFalse();
    assertThat(stage.events("new")).isEmpty();
    assertThat(stage.events("refused")).isEmpty();
    assertThat(Stage.http(shadow, "/metrics"))
        .doesNotContain("signet_writes_total{")
        .doesNotContain("signet_store_calls_total{");

    // Whoever works settles what can be.
    Operator again = stage.start(settings);
    stage.awaitValues("app", "{k=" + VALUE + "}");
    awaitList(shadow, "differences: 1\ncompared: 3\nunsettled: 0\n");
    Stage.stop(again);
    Stage.stop(shadow);
    assertThat(Stage.LOG.toString(UTF_8)).doesNotContain(VALUE);
    assertOnlyRead(plane, user);
  }
}
