package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtherControllerTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration QUIET = Duration.ofSeconds(30);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
  private final OtherController other = new OtherController(QUIET, () -> NOW, nanos::get);

  private static Map<String, Object> note(String writer, String subresource, String time) {
    return Map.of("manager", writer, "subresource", subresource, "time", time);
  }

  private static KubeObject object(String name, List<Object> notes) {
    return new KubeObject(
        new Ref(StandingBack.kind(), "ns", name),
        "bitnami.com/v1alpha1",
        Map.of("metadata", Map.of("namespace", "ns", "name", name, "managedFields", notes)));
  }

  private static KubeObject written(String name, String writer, String time) {
    return object(name, List.of(note(writer, "status", time)));
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @ParameterizedTest(name = "{0} of {1} at {2}: {3}")
  @CsvSource({
    "status, controller, 2026-11-22T11:59:31Z, true",
    "status, controller, 2026-11-22T11:59:30Z, false",
    "status, controller, 2024-01-01T00:00:00Z, false",
    // The API server's calendar is ahead of ours.
    "status, controller, 2026-11-22T12:07:00Z, true",
    "status, kubectl-edit, 2026-11-22T12:00:00Z, true",
    "status, signet-operator, 2026-11-22T12:00:00Z, false",
    "status, signet-controller, 2026-11-22T12:00:00Z, false",
    "'', controller, 2026-11-22T12:00:00Z, false",
    "status, controller, yesterday, false",
  })
  void aStatusOfSomebodyElseCountsWhileItIsFresh(
      String subresource, String writer, String time, boolean atWork) {
    other.look(object("app", List.of(note(writer, subresource, time))));
    assertThat(other.atWork().isPresent()).isEqualTo(atWork);
  }

  @Test
  void itNamesTheLastOneAndIsOverAfterAWhile() {
    other.look(written("a", "controller", "2026-11-22T11:59:50Z"));
    other.look(written("b", "controller", "2026-11-22T11:59:55Z"));
    other.look(written("c", "controller", "2026-11-22T11:59:40Z"));
    assertThat(other.atWork().orElseThrow().object().name()).isEqualTo("b");
    assertThat(other.atWork().orElseThrow().writer()).isEqualTo("controller");
    passes(Duration.ofSeconds(24));
    assertThat(other.atWork()).isPresent();
    passes(Duration.ofSeconds(1));
    assertThat(other.atWork()).isEmpty();
  }

  /** Five minutes behind ours, which is longer than a status counts. */
  @Test
  void aNewStatusOfAKnownObjectCountsFromWhenItIsSeenWhateverTheCalendarsSay() {
    other.look(written("a", "controller", "2026-11-22T11:50:00Z"));
    assertThat(other.atWork()).isEmpty();
    other.look(written("a", "controller", "2026-11-22T11:55:00Z"));
    assertThat(other.atWork()).isPresent();
    passes(QUIET);
    assertThat(other.atWork()).isEmpty();
    other.look(written("a", "controller", "2026-11-22T11:55:00Z"));
    assertThat(other.atWork()).as("the same status again").isEmpty();
  }

  @Test
  void theFirstStatusOfAnObjectThatHadNoneCounts() {
    other.look(object("a", List.of()));
    other.look(written("a", "controller", "2026-11-22T11:50:00Z"));
    assertThat(other.atWork()).isPresent();
  }

  @Test
  void aNoteThatVanishesSaysNothing() {
    List<Object> both = new ArrayList<>();
    both.add(note("kubectl-edit", "status", "2026-11-22T10:00:00Z"));
    both.add(note("controller", "status", "2026-11-22T11:00:00Z"));
    other.look(object("a", both));
    other.look(object("a", both.subList(0, 1)));
    other.look(object("a", List.of()));
    assertThat(other.atWork()).isEmpty();
  }

  @Test
  void anObjectThatIsMadeAnewIsAnotherOne() {
    other.look(written("a", "controller", "2026-11-22T11:59:00Z"));
    other.gone(new Ref(StandingBack.kind(), "ns", "a"));
    other.look(written("a", "controller", "2026-11-22T11:59:20Z"));
    assertThat(other.atWork()).as("forty seconds old when it was first seen").isEmpty();
  }

  @Test
  void whatHasNoMetadataSaysNothing() {
    other.look(
        new KubeObject(new Ref(StandingBack.kind(), "ns", "a"), "bitnami.com/v1alpha1", Map.of()));
    assertThat(other.atWork()).isEmpty();
  }
}
