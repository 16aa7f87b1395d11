package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemovalsTest {

  private long now = Long.MAX_VALUE - 7;

  private int removed(Removals removals, int from, int count) {
    int done = 0;
    for (int i = from; i < from + count; i++) {
      try {
        removals.orFail(Ref.secret("ns", "s-" + i));
        done++;
      } catch (ObjectsException e) {
        assertThat(e.problem()).isInstanceOf(Problem.Refused.class);
        assertThat(e).hasMessageContaining("--max-removals").hasMessageContaining("s-" + i);
      }
    }
    return done;
  }

  @ParameterizedTest
  @CsvSource({
    "25%/1h, 1000, 250",
    "25%/1h, 20, 10",
    "25%/1h, 0, 10",
    "5%/30s, 1000, 50",
    "0%/10m, 1000, 10",
    "100%, 1000, 1000",
    "99%/1h, 1000, 990"
  })
  void ofManyOnlyAShareGoes(String limit, int managed, int gone) {
    Removals removals = new Removals(Removals.Limit.parse(limit), () -> managed, () -> now);

    assertThat(removed(removals, 0, 1000)).isEqualTo(gone);
    assertThat(removals.refused()).isEqualTo(1000 - gone);
  }

  @Test
  void afterItsTimeMoreMayGoAndTheSameOneCountsOnce() {
    Removals removals = new Removals(Removals.Limit.parse("10%/1h"), () -> 1000, () -> now);
    assertThat(removed(removals, 0, 60)).isEqualTo(60);
    now += Duration.ofMinutes(30).toNanos();
    assertThat(removed(removals, 0, 60)).as("these went before").isEqualTo(60);
    assertThat(removed(removals, 60, 60)).isEqualTo(40);
    now += Duration.ofMinutes(30).toNanos();
    assertThat(removed(removals, 200, 100)).isEqualTo(60);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "25", "25%", "101%/1h", "-1%/1h", "25%/1d", "25%/0h", "25% / 1h"})
  void whatIsNoLimitIsRefused(String text) {
    assertThatThrownBy(() -> Removals.Limit.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
