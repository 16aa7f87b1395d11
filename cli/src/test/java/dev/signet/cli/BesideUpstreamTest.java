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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ours and upstream's own controller 0.40.0 on the same objects: before, beside, after it. */
@OnControlPlane
@Timeout(300)
class BesideUpstreamTest {

  private static final String HERE = "--all-namespaces=false";
  private static final List<String> SYNCED = List.of("plain", "shaped", "patched");
  private static final List<String> FAILING = List.of("taken", "foreign");

  @TempDir Path folder;
  private ControllerScene scene;
  private Namespace home;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    UpstreamController.needed();
    scene = new ControllerScene(plane, namespace, folder);
    home = namespace;
  }

  @AfterEach
  void close() throws Exception {
    if (scene != null) {
      scene.close();
    }
  }

  /** One of each: what opens, in several forms, and what cannot. */
  private void applyAll() throws IOException {
    scene.addSecret("taken", "", Map.of("mine", "x"));
    scene.addSecret(
        "patched",
        "\"annotations\": {\"sealedsecrets.bitnami.com/patch\": \"true\"}",
        Map.of("mine", "x"));
    scene.applySealed("plain", scene.items("plain", Map.of("k", "v")));
    scene.applySealed(
        home,
        "shaped",
        "{\"sealedsecrets.bitnami.com/namespace-wide\": \"true\"}",
        "{}",
        ControllerScene.items(
            scene.key, Scope.NAMESPACE_WIDE, home.name(), "shaped", Map.of("user", "u")),
        """
        {"type": "example.com/login", "data": {"file": "user={{ .user }}"},
         "metadata": {"labels": {"team": "a"}, "annotations": {"note": "n"}}}
        """);
    scene.applySealed("patched", scene.items("patched", Map.of("k", "v")));
    scene.applySealed("taken", scene.items("taken", Map.of("k", "v")));
    scene.applySealed("foreign", scene.items("another", Map.of("k", "v")));
    for (String name : SYNCED) {
      var _ = scene.awaitSynced(home, name, "True");
    }
    for (String name : FAILING) {
      var _ = scene.awaitSynced(home, name, "False");
    }
  }

  @Test
  void anInstallationIsTakenOverAndHandedBackWithoutASecretBeingRewritten() throws Exception {
    try (UpstreamController upstream = scene.upstream()) {
      applyAll();
      assertThat(upstream.looks()).isPositive();
    }
    Map<String, String> before = scene.versions();

    Operator ours = scene.start(HERE);
    for (String name : SYNCED) {
      scene.awaitDelivered(name);
    }
    for (String name : FAILING) {
      Eventually.holds(
          ControllerScene.SOON,
          "the advice about " + name,
          () -> scene.condition(home, name, "Delivered").isPresent());
    }
    assertThat(scene.versions()).as("Secrets, keys included").isEqualTo(before);
    scene.applySealed("plain", scene.items("plain", Map.of("k", "ours")));
    scene.awaitValues("plain", "{k=ours}");
    scene.awaitDelivered("plain");
    scene.stop(ours);
    scene.awaitAudit();
    assertThat(scene.writes())
        .filteredOn(each -> each.resource().equals("secrets"))
        .as("the one change that somebody made")
        .extracting(each -> each.verb() + " " + each.name())
        .containsExactly("update plain");

    Map<String, String> after = scene.versions();
    try (UpstreamController upstream = scene.upstream()) {
      upstream.awaitLooks(SYNCED.size() + FAILING.size());
      scene.applySealed("shaped2", scene.items("shaped2", Map.of("k", "theirs")));
      scene.awaitValues("shaped2", "{k=theirs}");
      assertThat(scene.versions()).containsAllEntriesOf(after).hasSize(after.size() + 1);
      scene.applySealed("plain", scene.items("plain", Map.of("k", "theirs")));
      scene.awaitValues("plain", "{k=theirs}");
      assertThat(scene.condition(home, "plain", "Delivered")).as("upstream keeps it").isPresent();
    }
  }

  @Test
  void inItsShadowOnlyWhatReallyDiffersIsTold() throws Exception {
    SealingKey late =
        ControllerScene.newKey("sealed-secrets-keylate", Instant.now().minus(Duration.ofDays(2)));
    try (UpstreamController upstream = scene.upstream("--watch-for-secrets")) {
      applyAll();
      Operator shadow = scene.start(HERE, "--shadow");
      awaitList(shadow, "differences: 0\ncompared: 5\nunsettled: 0\n");
      for (String name : List.of("one", "two", "three")) {
        scene.applySealed(name, scene.items(name, Map.of("k", name)));
      }
      scene.applySealed(
          "late", ControllerScene.items(late, Scope.STRICT, home.name(), "late", Map.of("k", "v")));
      upstream.awaitGivenUp("late");
      awaitList(shadow, "differences: 0\ncompared: 9\nunsettled: 0\n");

      edit("one", "{\"data\": {\"k\": \"ZWRpdGVk\", \"more\": \"eA==\"}}");
      edit(
          "two",
          "{\"metadata\": {\"labels\": {\"mine\": \"m\"}, \"annotations\": {\"a\": \"b\"}}}");
      edit("three", "{\"metadata\": {\"ownerReferences\": null}}");
      edit("plain", "{\"data\": {\"k\": null}}");
      // Upstream comes to know the key, and does not try again what it has given up.
      scene.addKey(late);
      awaitDifferences(
          shadow,
          "one item_extra more",
          "one item_value k",
          "two secret_labels mine has another value",
          "two secret_annotations a is too much",
          "three status_synced is True, would be False",
          "plain item_missing k",
          "late secret_missing " + home.name() + "/late",
          "late status_synced is False, would be True");
      assertThat(ControllerScene.metric(shadow, "signet_shadow_differences{kind=\"item_value\"}"))
          .isEqualTo(1);
      assertThat(ControllerScene.metric(shadow, "signet_shadow_compared")).isEqualTo(9);

      // Upstream does its work when it is given some.
      long looks = upstream.looks();
      for (String name : List.of("one", "two", "plain")) {
        scene.applySealed(name, scene.items(name, Map.of("k", "new")));
      }
      scene.applySealed(
          "late",
          ControllerScene.items(late, Scope.STRICT, home.name(), "late", Map.of("k", "new")));
      upstream.awaitLooks((int) looks + 4);
      awaitDifferences(shadow, "three status_synced is True, would be False");
      scene.stop(shadow);
    }
    scene.awaitAudit();
    assertThat(scene.writes()).isEmpty();
  }

  private void edit(String secret, String patch) throws IOException {
    scene
        .plane
        .api()
        .patch(home.path("secrets/" + secret), "application/merge-patch+json", patch)
        .orFail();
  }

  private static void awaitList(Operator shadow, String list) {
    Eventually.holds(
        Duration.ofSeconds(60),
        "the list to be " + list,
        () -> ControllerScene.http(shadow.metrics(), "/shadow").equals("200 " + list));
  }

  /** Of the keys nothing is told: there is one, and it is new. */
  private void awaitDifferences(Operator shadow, String... expected) {
    Set<String> wanted = new TreeSet<>(List.of(expected));
    Set<String> told = new TreeSet<>();
    try {
      Eventually.holds(
          Duration.ofSeconds(60),
          "the differences",
          () -> {
            told.clear();
            for (Jsonl.Row each : ControllerScene.differences(shadow)) {
              assertThat(each.text("namespace")).isEqualTo(home.name());
              told.add(
                  each.text("name") + " " + each.text("difference") + " " + each.text("detail"));
            }
            return told.equals(wanted);
          });
    } catch (IllegalStateException inVain) {
      assertThat(told).as(inVain.getMessage()).isEqualTo(wanted);
    }
  }

  @Test
  void besideOneThatIsAtWorkNothingIsWrittenUntilItHasEnded() throws Exception {
    // Longer than what follows takes.
    scene.quiet = Duration.ofMinutes(5);
    Map<String, String> delivered;
    try (UpstreamController upstream = scene.upstream()) {
      scene.applySealed("a", scene.items("a", Map.of("k", "1")));
      var _ = scene.awaitSynced(home, "a", "True");
      Operator ours = scene.start(HERE);
      String ready =
          Eventually.find(
              ControllerScene.SOON,
              "it to be ready",
              () ->
                  Optional.of(ControllerScene.http(ours.http(), "/readyz"))
                      .filter(each -> each.startsWith("200 ok, but ")));
      assertThat(ready)
          .contains("standing back: another controller, \"controller\", works on SealedSecrets")
          .contains("it wrote the status of " + home.name() + "/a at ")
          .contains("Scale it down")
          .contains("--shadow");
      assertThat(ControllerScene.metric(ours, "signet_standing_back")).isEqualTo(1);
      scene.applySealed("b", scene.items("b", Map.of("k", "1")));
      scene.applySealed("a", scene.items("a", Map.of("k", "2")));
      scene.awaitValues("b", "{k=1}");
      scene.awaitValues("a", "{k=2}");
      var _ = scene.awaitSynced(home, "b", "True");
      var _ = scene.awaitSynced(home, "a", "True");
      assertThat(ControllerScene.http(ours.http(), "/v1/cert.pem"))
          .startsWith("200 -----BEGIN CERTIFICATE-----\n");
      scene.stop(ours);
      scene.awaitAudit();
      assertThat(scene.writes()).isEmpty();
      delivered = scene.versions();
      assertThat(upstream.looks()).isGreaterThanOrEqualTo(3);
    }

    scene.quiet = Duration.ofSeconds(3);
    Operator ours = scene.start(HERE);
    scene.awaitDelivered("a");
    scene.awaitDelivered("b");
    assertThat(scene.versions()).isEqualTo(delivered);
    assertThat(ControllerScene.metric(ours, "signet_standing_back")).isZero();
  }

  @Test
  void upstreamCanBeginWhileOursLeadsAndBothComeToAnEnd() throws Exception {
    List<String> names = List.of("a", "b", "c", "d");
    Operator ours = scene.start(HERE);
    for (String name : names) {
      scene.applySealed(name, scene.items(name, Map.of("k", "0")));
    }
    for (String name : names) {
      scene.awaitDelivered(name);
    }
    int changes = 0;
    try (UpstreamController upstream = scene.upstream()) {
      upstream.awaitLooks(names.size());
      for (int round = 1; round <= 3; round++) {
        for (String name : names) {
          scene.applySealed(name, scene.items(name, Map.of("k", Integer.toString(round))));
          changes++;
        }
      }
      for (String name : names) {
        scene.awaitValues(name, "{k=3}");
      }
    }
    for (String name : names) {
      scene.awaitDelivered(name);
    }
    scene.applySealed("last", scene.items("last", Map.of("k", "v")));
    scene.awaitDelivered("last");
    scene.stop(ours);
    scene.awaitAudit();
    assertThat(scene.keys()).hasSize(1);
    assertThat(scene.writes())
        .as("a Secret and a status a change, each of them seldom more than once")
        .filteredOn(each -> !each.resource().equals("events"))
        .hasSizeLessThan(10 * (names.size() + changes + 1));
  }
}
