package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.SealingKey;
import dev.signet.operator.Operator;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What upstream's integration tests ask of its controller, asked of ours on a real control plane
 * with upstream's roles; and where ours is to be better.
 */
@OnControlPlane
@Timeout(120)
class ControllerDeliveryTest {

  private static final String MANAGED = "\"sealedsecrets.bitnami.com/managed\": \"true\"";
  private static final String PATCH = "\"sealedsecrets.bitnami.com/patch\": \"true\"";

  @TempDir Path folder;
  private ControllerScene scene;
  private Namespace home;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    scene = new ControllerScene(plane, namespace, folder);
    home = namespace;
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  @Test
  void aSealedSecretBecomesASecretAndFollowsIt() throws Exception {
    scene.start();
    scene.applySealed("app", scene.items("app", Map.of("foo", "bar")));
    scene.awaitValues("app", "{foo=bar}");
    assertThat(scene.awaitSynced(home, "app", "True")).isEmpty();
    scene.awaitEvent(home, "app", "Unsealed", "SealedSecret unsealed successfully");
    Jsonl.Row secret = scene.secret(home, "app").orElseThrow();
    assertThat(secret.row("metadata").row("labels").text("mine")).isEqualTo("l");
    Jsonl.Row owner = secret.row("metadata").rows("ownerReferences").getFirst();
    assertThat(owner.text("name")).isEqualTo("app");
    assertThat(owner.flag("controller")).isTrue();
    assertThat(secret.text("type")).isEqualTo("Opaque");

    scene.applySealed("app", scene.items("app", Map.of("foo", "baz")));
    scene.awaitValues("app", "{foo=baz}");
    scene.applySealed("app", scene.items("app", Map.of("renamed", "baz")));
    scene.awaitValues("app", "{renamed=baz}");
    scene.applySealed("app", scene.items("app", Map.of("renamed", "baz", "more", "m")));
    scene.awaitValues("app", "{more=m, renamed=baz}");
    assertThat(scene.awaitSynced(home, "app", "True")).isEmpty();
    assertThat(scene.asked("update", "secrets")).isEqualTo(3);
  }

  /** A Secret that is there already: annotations, values, and what comes of them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          MANAGED        | {"old": "b2xk", "foo": "b2xk"} | True  | {foo=bar}          | 1
          MANAGED, PATCH | {"old": "b2xk", "foo": "b2xk"} | True  | {foo=bar, old=old} | 1
          PATCH          | {"old": "b2xk", "foo": "b2xk"} | True  | {foo=bar, old=old} | 0
          PATCH          | {}                             | True  | {foo=bar}          | 0
          ''             | {"old": "b2xk"}                | False | {old=old}          | 0
          """)
  void aSecretThatIsThereIsTakenOverWhereItSaysSo(
      String annotations, String data, String synced, String values, int owners) throws Exception {
    postSecret(annotations, data);
    scene.start();
    scene.applySealed("app", scene.items("app", Map.of("foo", "bar")));
    String message = scene.awaitSynced(home, "app", synced);
    assertThat(scene.values(home, "app")).isEqualTo(values);
    Jsonl.Row metadata = scene.secret(home, "app").orElseThrow().row("metadata");
    assertThat(metadata.has("ownerReferences") ? metadata.rows("ownerReferences").size() : 0)
        .isEqualTo(owners);
    if (synced.equals("False")) {
      assertThat(message)
          .isEqualTo(
              "failed update: Resource \"app\" already exists and is not managed by SealedSecret");
      scene.awaitEvent(home, "app", "ErrUpdateFailed", "already exists and is not managed");
    }
  }

  private void postSecret(String annotations, String data) throws IOException {
    scene
        .plane
        .api()
        .post(
            home.path("secrets"),
            "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": \"app\","
                + " \"annotations\": {"
                + annotations.replace("MANAGED", MANAGED).replace("PATCH", PATCH)
                + "}}, \"data\": "
                + data
                + "}")
        .orFail();
  }

  /** Who owned the Secret that is deleted, the flag, and whether it comes back. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          own     | --skip-recreate=false | true
          MANAGED | --skip-recreate=false | true
          PATCH   | --skip-recreate=false | false
          foreign | --skip-recreate=false | false
          own     | --skip-recreate       | false
          """)
  void aSecretThatIsDeletedIsMadeAgainIfItWasTheSealedSecrets(
      String whose, String flag, boolean again) throws Exception {
    if (!whose.equals("own")) {
      postSecret(whose.equals("foreign") ? "" : whose, "{\"old\": \"b2xk\"}");
    }
    scene.start(flag);
    scene.applySealed("app", scene.items("app", Map.of("foo", "bar")));
    var _ = scene.awaitSynced(home, "app", whose.equals("foreign") ? "False" : "True");
    scene.plane.api().delete(home.path("secrets/app")).orFail();
    // What comes later than this was told of the deletion before.
    scene.applySealed("later", scene.items("later", Map.of("k", "v")));
    if (again) {
      scene.awaitValues("app", "{foo=bar}");
    } else {
      scene.awaitValues("later", "{k=v}");
      scene.plane.api().delete(home.path("secrets/later")).orFail();
      if (flag.endsWith("false")) {
        scene.awaitValues("later", "{k=v}");
      }
      assertThat(scene.values(home, "app")).isEqualTo("none");
    }
  }

  @Test
  void anEditStaysUntilTheSealedSecretChangesOrTheNextProcess() throws Exception {
    Operator first = scene.start();
    scene.applySealed("app", scene.items("app", Map.of("k", "v")));
    var _ = scene.awaitSynced(home, "app", "True");
    scene
        .plane
        .api()
        .patch(
            home.path("secrets/app"),
            "application/merge-patch+json",
            "{\"data\": {\"k\": \"ZWRpdGVk\"}}")
        .orFail();
    scene.applySealed("other", scene.items("other", Map.of("k", "v")));
    scene.awaitValues("other", "{k=v}");
    assertThat(scene.values(home, "app")).isEqualTo("{k=edited}");
    scene.stop(first);

    scene.start();
    scene.awaitValues("app", "{k=v}");
  }

  @Test
  void whatNoKeyOpensIsSaidAndOpenedOnceTheKeyComes() throws Exception {
    Operator operator = scene.start();
    scene.awaitReady(operator);
    SealingKey other = ControllerScene.newKey("restored", Instant.now().minusSeconds(99));
    String items =
        ControllerScene.items(other, Scope.STRICT, home.name(), "app", Map.of("k", "v"));
    scene.applySealed("app", items);
    assertThat(scene.awaitSynced(home, "app", "False"))
        .isEqualTo("no key could decrypt secret (k)");
    scene.awaitEvent(
        home, "app", "ErrUnsealFailed", "Failed to unseal: no key could decrypt secret (k)");
    assertThat(scene.values(home, "app")).isEqualTo("none");
    assertThat(
            ControllerScene.metric(
                operator,
                "sealed_secrets_controller_unseal_errors_total{namespace=\""
                    + home.name()
                    + "\",reason=\"unseal\"}"))
        .isPositive();

    scene.addKey(other);
    scene.awaitValues("app", "{k=v}");
    assertThat(scene.awaitSynced(home, "app", "True")).isEmpty();
  }

  @Test
  void typeAndImmutabilityAreTheTemplates() throws Exception {
    scene.start();
    scene.applySealed(
        home,
        "app",
        "{}",
        "{}",
        scene.items("app", Map.of("foo", "bar")),
        "{\"type\": \"example.com/custom\", \"immutable\": true}");
    var _ = scene.awaitSynced(home, "app", "True");
    assertThat(scene.secret(home, "app").orElseThrow().text("type"))
        .isEqualTo("example.com/custom");
    assertThat(scene.secret(home, "app").orElseThrow().flag("immutable")).isTrue();

    scene.applySealed(
        home,
        "app",
        "{}",
        "{}",
        scene.items("app", Map.of("foo", "baz")),
        "{\"type\": \"example.com/custom\", \"immutable\": true}");
    assertThat(scene.awaitSynced(home, "app", "False"))
        .endsWith("field is immutable when `immutable` is set");
    scene.awaitEvent(
        home,
        "app",
        "ErrUpdateFailed",
        "Error updating " + home.name() + "/app: the target Secret is immutable.");
    assertThat(scene.values(home, "app")).isEqualTo("{foo=bar}");
  }

  /** The scope that was sealed for and is said, what differs, and whether it opens. */
  @ParameterizedTest
  @CsvSource({
    "STRICT,         name,      False",
    "STRICT,         namespace, False",
    "NAMESPACE_WIDE, name,      True",
    "NAMESPACE_WIDE, namespace, False",
    "CLUSTER_WIDE,   name,      True",
    "CLUSTER_WIDE,   namespace, True",
  })
  void aScopeSaysWhereItOpens(Scope scope, String differs, String synced) throws Exception {
    scene.start();
    try (Namespace other = scene.plane.namespace("other")) {
      Namespace at = differs.equals("namespace") ? other : home;
      String name = differs.equals("name") ? "renamed" : "app";
      scene.applySealed(
          at,
          name,
          scope == Scope.STRICT
              ? "{}"
              : "{\"sealedsecrets.bitnami.com/" + scope.text() + "\": \"true\"}",
          "{}",
          ControllerScene.items(scene.key, scope, home.name(), "app", Map.of("k", "v")),
          "{}");
      var _ = scene.awaitSynced(at, name, synced);
      assertThat(scene.values(at, name)).isEqualTo(synced.equals("True") ? "{k=v}" : "none");
    }
  }

  @Test
  void aScopeThatIsPutRightIsNoticedAndAMessageIsKeptFresh() throws Exception {
    scene.start();
    String items =
        ControllerScene.items(
            scene.key, Scope.CLUSTER_WIDE, home.name(), "app", Map.of("a", "1", "b", "2"));
    scene.applySealed(home, "app", "{}", "{}", items, "{}");
    assertThat(scene.awaitSynced(home, "app", "False"))
        .isEqualTo("no key could decrypt secret (a, b)");
    scene.applySealed(home, "app", "{}", "{}", "{\"c\": \"AAAA\"}", "{}");
    Eventually.holds(
        ControllerScene.SOON,
        "the new message",
        () ->
            scene
                .condition(home, "app", "Synced")
                .orElseThrow()
                .text("message")
                .equals("no key could decrypt secret (c)"));
    scene.applySealed(home, "app", "{}", "{}", items, "{}");
    scene
        .plane
        .api()
        .patch(
            ControllerScene.sealedPath(home, "app"),
            "application/merge-patch+json",
            "{\"metadata\": {\"annotations\": {\"sealedsecrets.bitnami.com/cluster-wide\":"
                + " \"true\"}}}")
        .orFail();
    scene.awaitValues("app", "{a=1, b=2}");
  }

  @Test
  void withoutAnOwnerReferenceItIsDeliveredWithoutAComplaint() throws Exception {
    scene.start();
    scene.applySealed(
        home,
        "app",
        "{}",
        "{}",
        scene.items("app", Map.of("k", "v")),
        "{\"metadata\": {\"annotations\":"
            + " {\"sealedsecrets.bitnami.com/skip-set-owner-references\": \"true\"}}}");
    assertThat(scene.awaitSynced(home, "app", "True")).isEmpty();
    assertThat(scene.secret(home, "app").orElseThrow().row("metadata").has("ownerReferences"))
        .isFalse();
  }
}
