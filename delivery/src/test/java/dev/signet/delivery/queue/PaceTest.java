package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Ref REF = Ref.secret("ns", "name");

  private static List<Long> waits(Pace pace, int failures) {
    return IntStream.rangeClosed(1, failures)
        .mapToObj(i -> pace.retry(REF, i, Duration.ZERO).toMillis())
        .toList();
  }

  @Test
  void quickRetriesComeFirstAndSlowOnesForEverAfter() {
    Pace pace = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ZERO);
    assertThat(waits(pace, 6)).containsExactly(1000L, 2000L, 4000L, 8000L, 8000L, 8000L);
    assertThat(waits(pace.withQuickRetries(5), 8))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 1000L, 2000L, 4000L);
    assertThat(waits(pace.withQuickRetries(10), 11).subList(7, 11))
        .as("none of them is slower than the first slow one")
        .containsExactly(640L, 1000L, 1000L, 1000L);
    assertThatThrownBy(() -> pace.withQuickRetries(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatTheOtherSideAsksForHoldsForQuickRetriesToo() {
    Pace pace = new Pace(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ZERO);
    assertThat(pace.withQuickRetries(5).retry(REF, 1, Duration.ofSeconds(3)))
        .isEqualTo(Duration.ofSeconds(3));
  }
}
