package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.KubeObject;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order in which an answer to a write, its echo and foreign changes can come. */
class CachedObjectsTest {

  private static final KubernetesSerialization SERIALIZATION = Cluster.serialization();

  private final AtomicLong now = new AtomicLong();
  private final CachedObjects cache = new CachedObjects(SERIALIZATION, now::get);

  private static String json(String version, String status) {
    return """
        {"apiVersion": "a/v1", "kind": "K", "metadata": {"namespace": "ns", "name": "x",
         "uid": "u", "resourceVersion": "%s", "generation": 5000000000,
         "managedFields": [{"manager": "m", "time": "2026-01-02T03:04:05Z", "fieldsV1": {"f:spec": {}}}],
         "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "kept": "yes"}},
         "spec": {"n": 1, "f": 1.5, "none": null, "list": [1, "a", true]},
         "status": {"is": "%s"}}
        """
        .formatted(version, status);
  }

  private static Map<String, @Nullable Object> tree(String version, String status)
      throws Exception {
    return Json.read(json(version, status).getBytes(UTF_8));
  }

  /** What the informer does with an event. */
  private boolean told(String version, String status) {
    GenericKubernetesResource object =
        SERIALIZATION.unmarshal(json(version, status), GenericKubernetesResource.class);
    GenericKubernetesResource before = cache.put("ns/x", object);
    boolean changed = before == null || !before.getMetadata().getResourceVersion().equals(version);
    return changed && !cache.swallows("ns/x", version);
  }

  private String version() throws Exception {
    return cache.object("ns/x").orElseThrow().metadata().resourceVersion();
  }

  @Test
  void errorsWithinWatchesAndListsWithoutItemsAreUnderstood() {
    WatchEvent gone =
        SERIALIZATION.unmarshal(
            "{\"type\": \"ERROR\", \"object\": {\"kind\": \"Status\", \"apiVersion\": \"v1\","
                + " \"code\": 410}}",
            WatchEvent.class);
    assertThat(gone.getObject())
        .isInstanceOfSatisfying(
            Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
    GenericKubernetesResourceList none =
        SERIALIZATION.unmarshal("{\"items\": null}", GenericKubernetesResourceList.class);
    assertThat(none.getItems()).isEmpty();
  }

  @Test
  void anObjectIsKeptWithoutWhatNothingReads() throws Exception {
    assertThat(told("1", "a")).isTrue();
    var object = cache.object("ns/x").orElseThrow();
    assertThat(object.tree().get("spec"))
        .isEqualTo(
            Json.read(
                "{\"n\": 1, \"f\": 1.5, \"none\": null, \"list\": [1, \"a\", true]}"
                    .getBytes(UTF_8)));
    assertThat(((Map<?, ?>) requireNonNull(object.tree().get("spec"))).get("n")).isEqualTo(1L);
    assertThat(object.metadata().generation()).isEqualTo(5_000_000_000L);
    assertThat(object.metadata().annotations()).isEqualTo(Map.of("kept", "yes"));
    assertThat(object.metadata().tree().get("managedFields"))
        .isEqualTo(List.of(Map.of("manager", "m", "time", "2026-01-02T03:04:05Z")));
  }

  @Test
  void whatIsOnlyRememberedStaysUntilAnotherVersionComes() throws Exception {
    assertThat(told("1", "a")).isTrue();
    KubeObject first = cache.object("ns/x").orElseThrow();
    cache.remember(first.with("status", Map.of("is", "remembered")));

    assertThat(told("1", "a")).as("listed again").isFalse();
    assertThat(status()).isEqualTo(Map.of("is", "remembered"));

    assertThat(told("2", "b")).isTrue();
    assertThat(status()).isEqualTo(Map.of("is", "b"));
    cache.remember(first.with("status", Map.of("is", "late")));
    assertThat(status()).isEqualTo(Map.of("is", "b"));
  }

  private @Nullable Object status() {
    return cache.object("ns/x").orElseThrow().tree().get("status");
  }

  @Test
  void theEchoAfterTheAnswerIsNoNews() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    assertThat(cache.answered("ns/x", "1", Optional.of(tree("2", "b")))).isFalse();
    assertThat(version()).isEqualTo("2");
    assertThat(told("2", "b")).isFalse();
    assertThat(told("3", "c")).isTrue();
  }

  @Test
  void theEchoBeforeTheAnswerIsNoNews() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    assertThat(told("2", "b")).isFalse();
    assertThat(cache.answered("ns/x", "1", Optional.of(tree("2", "b")))).isFalse();
    assertThat(version()).isEqualTo("2");
  }

  @Test
  void aForeignChangeBehindTheEchoIsToldWithTheAnswer() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    assertThat(told("2", "b")).isFalse();
    assertThat(told("3", "c")).isFalse();
    assertThat(cache.answered("ns/x", "1", Optional.of(tree("2", "b")))).isTrue();
    assertThat(version()).isEqualTo("3");
  }

  @Test
  void aForeignChangeThatMadeTheWriteFailIsTold() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    assertThat(told("2", "foreign")).isFalse();
    assertThat(cache.answered("ns/x", "1", Optional.empty())).isTrue();
  }

  @Test
  void aWriteThatFailsAloneIsNoNews() {
    told("1", "a");
    cache.writing("ns/x");
    assertThat(cache.answered("ns/x", "1", Optional.empty())).isFalse();
  }

  @Test
  void echoesThatLagBehindFurtherWritesAreNoNews() throws Exception {
    told("1", "a");
    for (int i = 2; i < 10; i++) {
      cache.writing("ns/x");
      assertThat(cache.answered("ns/x", "" + (i - 1), Optional.of(tree("" + i, "b")))).isFalse();
    }
    for (int i = 2; i < 10; i++) {
      assertThat(told("" + i, "b")).isFalse();
      assertThat(version()).isEqualTo("9");
    }
  }

  @Test
  void aDeletionDuringAWriteIsToldAndTheAnswerDoesNotBringItBack() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    cache.remove("ns/x");
    assertThat(cache.swallows("ns/x", "")).isTrue();
    assertThat(cache.answered("ns/x", "1", Optional.of(tree("2", "b")))).isTrue();
    assertThat(cache.object("ns/x")).isEmpty();
  }

  @Test
  void anOlderListDoesNotTakeAnAnswerBackForHalfAMinute() throws Exception {
    told("1", "a");
    cache.writing("ns/x");
    cache.answered("ns/x", "1", Optional.of(tree("5", "b")));
    told("4", "older");
    assertThat(version()).isEqualTo("5");
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    told("4", "restored from a backup");
    assertThat(version()).isEqualTo("4");
  }
}
