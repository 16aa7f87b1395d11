package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shadow mode and standing back, where no other program is needed to see them. */
@OnControlPlane
@Timeout(180)
class ControllerBesideTest {

  private static final String HERE = "--all-namespaces=false";

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

  /** As upstream's controller writes it; right before that time. */
  private Instant writeStatus(String name, String writer) {
    return Eventually.find(
        ControllerScene.SOON,
        "a status of " + name,
        () -> {
          Instant before = Instant.now();
          var answer =
              scene
                  .plane
                  .api()
                  .patch(
                      ControllerScene.sealedPath(home, name) + "/status?fieldManager=" + writer,
                      "application/merge-patch+json",
                      "{\"status\": {\"conditions\": [{\"type\": \"Synced\", \"status\": \"True\","
                          + " \"lastUpdateTime\": \"%1$s\", \"lastTransitionTime\": \"%1$s\"}]}}"
                              .formatted(before));
          return answer.ok() ? Optional.of(before) : Optional.empty();
        });
  }

  private static List<String> differences(Operator shadow) throws IOException {
    List<String> told = new ArrayList<>();
    for (Jsonl.Row each : ControllerScene.differences(shadow)) {
      told.add(each.text("name") + " " + each.text("difference") + " " + each.text("detail"));
    }
    return told;
  }

  @Test
  void shadowModeWritesNothingAtAllWhateverThereIsToDo() throws Exception {
    scene.plane.api().delete(home.path("secrets/" + scene.key.name())).orFail();
    scene.postKey("sealed-secrets-keybad", "active", "AAAA", "AAAA");
    Operator shadow = scene.start(HERE, "--shadow");
    scene.awaitReady(shadow);
    List<String> keys =
        List.of(
            "sealed-secrets-key sealing_key_missing there is none",
            "sealed-secrets-key sealing_key_unreadable sealed-secrets-keybad");
    Eventually.holds(
        ControllerScene.SOON, "the keys to differ", () -> differences(shadow).equals(keys));
    shadow.makeKey();

    scene.addKey(scene.key);
    scene.applySealed("app", scene.items("app", Map.of("k", "v")));
    Eventually.holds(
        ControllerScene.SOON,
        "the object to differ",
        () ->
            differences(shadow)
                .equals(
                    List.of(
                        "app secret_missing " + home.name() + "/app",
                        "app status_synced is not there, would be True",
                        "app status_generation is 0, would be 1",
                        "sealed-secrets-key sealing_key_unreadable sealed-secrets-keybad")));
    assertThat(ControllerScene.http(shadow.metrics(), "/shadow"))
        .startsWith("200 differences: 4\ncompared: 1\nunsettled: 0\n\nNAMESPACE ")
        .contains("secret_missing");
    assertThat(ControllerScene.http(shadow.http(), "/shadow")).startsWith("404 ");
    assertThat(ControllerScene.http(shadow.http(), "/v1/cert.pem"))
        .startsWith("200 -----BEGIN CERTIFICATE-----\n");
    assertThat(ControllerScene.metric(shadow, "signet_shadow_differences{kind=\"secret_missing\"}"))
        .isEqualTo(1);

    scene.plane.api().delete(ControllerScene.sealedPath(home, "app")).orFail();
    Eventually.holds(
        ControllerScene.SOON,
        "the differences to go with the object",
        () -> differences(shadow).size() == 1);
    assertThat(scene.keys()).hasSize(2);
    scene.stop(shadow);
    scene.awaitAudit();
    assertThat(scene.writes()).isEmpty();
    assertThat(scene.asked()).noneMatch(each -> each.group().equals("coordination.k8s.io"));
  }

  @Test
  void whoLeadsStandsBackFromAForeignStatusAndGoesOnAfterIt() throws Exception {
    scene.quiet = Duration.ofSeconds(10);
    Operator ours = scene.start(HERE);
    scene.applySealed("a", scene.items("a", Map.of("k", "1")));
    scene.awaitDelivered("a");
    assertThat(ControllerScene.metric(ours, "signet_standing_back")).isZero();

    Instant written = writeStatus("a", "controller");
    Eventually.holds(
        ControllerScene.SOON,
        "it to stand back",
        () -> ControllerScene.metric(ours, "signet_standing_back") == 1);
    scene.applySealed("b", scene.items("b", Map.of("k", "1")));
    scene.awaitDelivered("b");
    scene.awaitDelivered("a");
    Instant made =
        Instant.parse(
            scene.secret(home, "b").orElseThrow().row("metadata").text("creationTimestamp"));
    // That time is in whole seconds.
    assertThat(made).isAfterOrEqualTo(written.plus(scene.quiet).minusSeconds(1));
    assertThat(ControllerScene.http(ours.http(), "/readyz")).isEqualTo("200 ok\n");
  }

  @Test
  void whoIsToldNeverToStandBackDoesNot() throws Exception {
    scene.quiet = Duration.ofHours(1);
    scene.applySealed("a", scene.items("a", Map.of("k", "1")));
    var _ = writeStatus("a", "controller");
    Operator ours = scene.start(HERE, "--never-stand-back");
    scene.awaitDelivered("a");
    assertThat(ControllerScene.metric(ours, "signet_standing_back")).isZero();
  }

  @Test
  void twoOfOursDoNotWaitForEachOther() throws Exception {
    scene.quiet = Duration.ofHours(1);
    Operator first = scene.start(HERE);
    Operator second = scene.start(HERE);
    scene.awaitReady(first);
    scene.awaitReady(second);
    List<String> names = List.of("a", "b", "c", "d", "e", "f");
    for (String name : names) {
      scene.applySealed(name, scene.items(name, Map.of("k", "1")));
    }
    for (String name : names) {
      scene.awaitDelivered(name);
    }
    assertThat(ControllerScene.metric(first, "signet_standing_back")).isZero();
    assertThat(ControllerScene.metric(second, "signet_standing_back")).isZero();
    scene.stop(first);
    scene.applySealed("a", scene.items("a", Map.of("k", "2")));
    scene.awaitValues("a", "{k=2}");
    scene.awaitDelivered("a");
    Operator third = scene.start(HERE);
    scene.stop(second);
    scene.applySealed("a", scene.items("a", Map.of("k", "3")));
    scene.awaitValues("a", "{k=3}");
    scene.awaitDelivered("a");
    scene.stop(third);
    scene.awaitAudit();
    assertThat(scene.keys()).hasSize(1);
    assertThat(scene.writes())
        .filteredOn(each -> each.resource().equals("secrets") && each.verb().equals("create"))
        .filteredOn(each -> each.status() == 201)
        .hasSameSizeAs(names);
    assertThat(scene.writes())
        .as("by both together, those that came too late included")
        .filteredOn(each -> !each.resource().equals("events"))
        .hasSizeLessThan(10 * (names.size() + 2));
  }
}
