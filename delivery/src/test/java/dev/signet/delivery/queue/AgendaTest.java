package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgendaTest {

  private static final Pace EXACT =
      new Pace(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ZERO);
  private static final Next NEVER = new Next.Never();
  private static final Next FAILED = new Next.Failed(Duration.ZERO);

  private final Agenda agenda = new Agenda(EXACT);
  private long now;

  private static Ref ref(String name) {
    return new Ref(new GroupKind("bitnami.com", "SealedSecret"), "ns", name);
  }

  private static Next in(int seconds) {
    return new Next.In(Duration.ofSeconds(seconds));
  }

  private String poll() {
    return agenda.poll(now).map(Ref::name).orElse("nobody");
  }

  private void finish(String name, Next next) {
    agenda.finish(ref(name), next, now);
  }

  private void pass(long seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void theMostUrgentGoesFirstAndThenWhoWaitsLongest() {
    agenda.add(ref("periodic"), Urgency.PERIODIC);
    agenda.add(ref("retry"), Urgency.RETRY);
    agenda.add(ref("first-1"), Urgency.FIRST);
    agenda.add(ref("first-2"), Urgency.FIRST);
    agenda.add(ref("change"), Urgency.CHANGE);

    assertThat(List.of(poll(), poll(), poll(), poll(), poll(), poll()))
        .containsExactly("change", "first-1", "first-2", "retry", "periodic", "nobody");
  }

  @Test
  void anObjectThatWaitsIsNotAddedTwiceAndTakesTheHigherUrgency() {
    agenda.add(ref("a"), Urgency.FIRST);
    agenda.add(ref("b"), Urgency.FIRST);
    agenda.add(ref("b"), Urgency.CHANGE);
    agenda.add(ref("b"), Urgency.PERIODIC);

    assertThat(agenda.depth()).isEqualTo(new Depth(2, 0, 0));
    assertThat(List.of(poll(), poll(), poll())).containsExactly("b", "a", "nobody");
  }

  @Test
  void anObjectNeverRunsTwiceAtOnce() {
    agenda.add(ref("a"), Urgency.CHANGE);
    assertThat(poll()).isEqualTo("a");
    agenda.add(ref("a"), Urgency.CHANGE);
    agenda.add(ref("a"), Urgency.CHANGE);
    assertThat(poll()).isEqualTo("nobody");

    finish("a", in(600));

    assertThat(poll()).as("the change during the run").isEqualTo("a");
    finish("a", NEVER);
    assertThat(poll()).isEqualTo("nobody");
    assertThat(agenda.depth()).isEqualTo(new Depth(0, 0, 0));
  }

  @Test
  void aPeriodicTimeIsKeptToTheNanosecondAndNotBefore() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", in(10));

    pass(10);
    now--;
    assertThat(poll()).isEqualTo("nobody");
    assertThat(agenda.nextDue()).hasValue(now + 1);
    now++;
    assertThat(poll()).isEqualTo("a");
  }

  @Test
  void aChangeDoesNotWaitForThePeriodicTimeAndReplacesIt() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", in(10));
    agenda.add(ref("a"), Urgency.CHANGE);
    assertThat(poll()).isEqualTo("a");
    finish("a", in(100));

    pass(50);
    assertThat(poll()).isEqualTo("nobody");
    pass(50);
    assertThat(poll()).isEqualTo("a");
  }

  @Test
  void failuresBackOffDoubleAreCappedAndNeverEnd() {
    List<Long> waits = new ArrayList<>();
    agenda.add(ref("a"), Urgency.FIRST);
    for (int i = 0; i < 200; i++) {
      assertThat(poll()).isEqualTo("a");
      finish("a", FAILED);
      waits.add(Duration.ofNanos(agenda.nextDue().orElseThrow() - now).toSeconds());
      now = agenda.nextDue().orElseThrow();
    }

    assertThat(waits.subList(0, 11))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L);
    assertThat(waits.getLast()).isEqualTo(300);
  }

  @Test
  void aSuccessOrAChangeForgivesFailures() {
    for (Runnable forgiving :
        List.<Runnable>of(
            () -> {
              poll();
              finish("a", in(0));
            },
            () -> agenda.add(ref("a"), Urgency.CHANGE))) {
      agenda.add(ref("a"), Urgency.FIRST);
      for (int i = 0; i < 5; i++) {
        poll();
        finish("a", FAILED);
        now = agenda.nextDue().orElseThrow();
      }
      forgiving.run();
      poll();
      finish("a", FAILED);
      assertThat(agenda.nextDue().orElseThrow() - now).isEqualTo(Duration.ofSeconds(1).toNanos());
      agenda.clear();
    }
  }

  @Test
  void anotherObjectsNewsDoNotForgiveFailures() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", FAILED);
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", FAILED);

    assertThat(agenda.nextDue().orElseThrow() - now).isEqualTo(Duration.ofSeconds(2).toNanos());
  }

  @Test
  void aChangeDuringAFailedRunIsTriedAtOnceAsANewCase() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", FAILED);
    pass(1);
    poll();
    agenda.add(ref("a"), Urgency.CHANGE);
    finish("a", FAILED);

    assertThat(poll()).isEqualTo("a");
    finish("a", FAILED);
    assertThat(agenda.nextDue().orElseThrow() - now).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void whatTheOtherSideAsksForIsTheLeastWait() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    finish("a", new Next.Failed(Duration.ofSeconds(30)));

    assertThat(agenda.nextDue().orElseThrow() - now).isEqualTo(Duration.ofSeconds(30).toNanos());
  }

  @Test
  void aStormOfChangesStarvesNobody() {
    agenda.add(ref("patient"), Urgency.PERIODIC);
    Set<String> served = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      agenda.add(ref("a"), Urgency.CHANGE);
      agenda.add(ref("b"), Urgency.CHANGE);
      String name = poll();
      served.add(name);
      finish(name, NEVER);
    }

    assertThat(served).contains("patient");
  }

  @Test
  void clearedWorkDoesNotComeBackByItself() {
    agenda.add(ref("waiting"), Urgency.FIRST);
    agenda.add(ref("running"), Urgency.CHANGE);
    assertThat(poll()).isEqualTo("running");
    agenda.add(ref("running"), Urgency.CHANGE);

    agenda.clear();
    finish("running", in(1));

    pass(1000);
    assertThat(poll()).isEqualTo("nobody");
    assertThat(agenda.depth()).isEqualTo(new Depth(0, 0, 0));
  }

  @Test
  void whatIsAddedAfterClearingRunsEvenIfItRanMeanwhile() {
    agenda.add(ref("a"), Urgency.FIRST);
    poll();
    agenda.clear();
    agenda.add(ref("a"), Urgency.FIRST);
    finish("a", FAILED);

    assertThat(poll()).isEqualTo("a");
  }

  @Test
  void aRunThatNobodyBeganCannotEnd() {
    assertThatThrownBy(() -> finish("a", NEVER)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 5_000_000_000L, Long.MIN_VALUE, -1})
  void aClockThatOverflowsChangesNothing(long start) {
    now = start;
    for (int i = 1; i <= 3; i++) {
      agenda.add(ref("after-" + i), Urgency.FIRST);
      String name = poll();
      finish(name, in(i * 4));
    }
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 14; i++) {
      pass(1);
      agenda.poll(now).ifPresent(ref -> order.add(ref.name()));
    }

    assertThat(order).containsExactly("after-1", "after-2", "after-3");
  }

  @Test
  void objectsThatWereMadeAtOnceDriftApartTheSameWayInEveryRun() {
    Set<Duration> waits = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      Duration wait = Pace.DEFAULT.periodic(ref("app-" + i), Duration.ofHours(1));
      assertThat(wait).isEqualTo(Pace.DEFAULT.periodic(ref("app-" + i), Duration.ofHours(1)));
      assertThat(wait).isBetween(Duration.ofHours(1), Duration.ofMinutes(63));
      waits.add(wait);
    }

    assertThat(waits).hasSizeGreaterThan(500);
    assertThat(Pace.DEFAULT.periodic(ref("a"), Duration.ofDays(100)))
        .isBetween(Duration.ofDays(100), Duration.ofDays(100).plusMinutes(5));
    assertThat(Pace.DEFAULT.periodic(ref("a"), Duration.ofNanos(Long.MAX_VALUE)).toNanos())
        .isPositive();
  }

  /**
   * Against a model that says it in one sentence: whoever asked for a run after his last run began
   * gets one, alone, and nobody else does.
   */
  @Property
  void nobodyIsForgottenAndNobodyRunsTwiceAtOnce(
      @ForAll @Size(max = 200) List<@IntRange(max = 39) Integer> steps) {
    Agenda subject = new Agenda(EXACT);
    Set<Ref> wanted = new HashSet<>();
    Set<Ref> runs = new HashSet<>();
    for (int step : steps) {
      Ref ref = ref("r" + step % 5);
      Urgency urgency = List.of(Urgency.values()).get(step / 5 % 4);
      if (step < 20) {
        subject.add(ref, urgency);
        wanted.add(ref);
      } else if (step < 30) {
        Optional<Ref> next = subject.poll(0);
        boolean somebody = wanted.stream().anyMatch(each -> !runs.contains(each));
        assertThat(next.isPresent()).isEqualTo(somebody);
        next.ifPresent(
            each -> {
              assertThat(wanted.remove(each)).isTrue();
              assertThat(runs.add(each)).isTrue();
            });
      } else if (runs.remove(ref)) {
        subject.finish(ref, step < 35 ? NEVER : FAILED, 0);
      }
      assertThat(subject.depth().running()).isEqualTo(runs.size());
    }
  }
}
