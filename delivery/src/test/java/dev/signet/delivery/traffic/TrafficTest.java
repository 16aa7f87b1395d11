package dev.signet.delivery.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrafficTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Problem DOWN = new Problem.Unreachable();

  private final Traffic traffic = new Traffic(Limits.DEFAULT);
  private long now;

  private boolean goes() {
    return traffic.admit(now) instanceof Traffic.Admission.Go;
  }

  private void fail() {
    assertThat(goes()).isTrue();
    traffic.ended(DOWN, now);
  }

  private void failUntilParked() {
    for (int i = 0; i < Breaker.FAILURES; i++) {
      fail();
    }
  }

  @Test
  void afterSomeFailuresInARowNobodyAsksAndOneTriesAtGrowingIntervals() {
    failUntilParked();
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      assertThat(goes()).isFalse();
      waits.add(traffic.closedFor(now) / SECOND);
      now += traffic.closedFor(now);
      assertThat(goes()).isTrue();
      assertThat(goes()).as("one tries, not two").isFalse();
      traffic.ended(DOWN, now);
    }

    assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
  }

  @Test
  void theFirstAnswerLetsAllGoOnAndIsToldOnce() {
    failUntilParked();
    now += traffic.closedFor(now);
    assertThat(goes()).isTrue();

    assertThat(traffic.answered()).isTrue();

    assertThat(traffic.parked()).isFalse();
    assertThat(goes()).isTrue();
    assertThat(goes()).isTrue();
    assertThat(traffic.answered()).isFalse();
  }

  static List<Problem> answers() {
    return List.of(
        new Problem.NotFound(),
        new Problem.Denied(),
        new Problem.Malformed(),
        new Problem.Conflict(),
        new Problem.Throttled(Duration.ZERO));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void aStoreThatSaysNoIsAlive(Problem answer) {
    for (int i = 0; i < 20; i++) {
      now += SECOND;
      now += traffic.closedFor(now);
      assertThat(goes()).isTrue();
      traffic.ended(answer, now);
      assertThat(traffic.parked()).isFalse();
    }
  }

  @Test
  void aSuccessInBetweenForgivesFailures() {
    for (int i = 0; i < 20; i++) {
      for (int j = 1; j < Breaker.FAILURES; j++) {
        fail();
      }
      assertThat(goes()).isTrue();
      traffic.answered();
    }
    assertThat(traffic.parked()).isFalse();
  }

  @Test
  void aRepairedStoreIsAskedAtOnce() {
    failUntilParked();
    traffic.repaired();

    assertThat(traffic.closedFor(now)).isZero();
    assertThat(goes()).isTrue();
  }

  @Test
  void aStoreThatCannotEvenBeOpenedIsParkedLikewise() {
    for (int i = 0; i < Breaker.FAILURES; i++) {
      traffic.unopened(now);
    }
    assertThat(traffic.closedFor(now)).isEqualTo(5 * SECOND);
    now += 5 * SECOND;
    traffic.unopened(now);
    assertThat(traffic.closedFor(now)).isEqualTo(10 * SECOND);
  }

  @Test
  void theCallThatTriedMayEndWithoutNews() {
    failUntilParked();
    now += traffic.closedFor(now);
    assertThat(goes()).isTrue();
    traffic.ended(now);

    assertThat(goes()).as("another may try").isTrue();
  }

  @Test
  void aChangedRateBeginsAnewAndAChangedNumberDoesNot() {
    traffic.limit(new Limits(10, 2, Limits.DEFAULT.deadline()));
    assertThat(goes()).isTrue();
    traffic.ended(new Problem.Throttled(Duration.ZERO), now);
    assertThat(traffic.perSecond()).isEqualTo(7);
    traffic.limit(new Limits(10, 3, Limits.DEFAULT.deadline()));
    assertThat(traffic.perSecond()).isEqualTo(7);
    traffic.limit(new Limits(20, 3, Limits.DEFAULT.deadline()));
    assertThat(traffic.perSecond()).isEqualTo(20);
  }

  /** Whatever a store answers: never more under way than it takes, and it is never given up. */
  @Property
  void howeverAStoreBehavesItIsNeitherOverrunNorGivenUp(
      @ForAll @Size(max = 300) List<@IntRange(max = 9) Integer> steps) {
    Traffic subject = new Traffic(new Limits(Double.POSITIVE_INFINITY, 4, Duration.ofSeconds(1)));
    long time = 0;
    int underWay = 0;
    for (int step : steps) {
      if (step < 4) {
        if (subject.admit(time) instanceof Traffic.Admission.Go) {
          underWay++;
        }
      } else if (step == 4) {
        time += SECOND;
      } else if (underWay > 0) {
        underWay--;
        switch (step) {
          case 5 -> subject.answered();
          case 6 -> subject.ended(new Problem.Throttled(Duration.ofSeconds(3)), time);
          case 7, 8 -> subject.ended(DOWN, time);
          default -> subject.ended(time);
        }
      }
      assertThat(underWay).isLessThanOrEqualTo(4);
      assertThat(subject.width()).isBetween(1, 4);
    }
    for (; underWay > 0; underWay--) {
      subject.ended(DOWN, time);
    }
    time += Breaker.LONGEST.toNanos() + Duration.ofMinutes(1).toNanos();
    assertThat(subject.admit(time)).isInstanceOf(Traffic.Admission.Go.class);
  }
}
