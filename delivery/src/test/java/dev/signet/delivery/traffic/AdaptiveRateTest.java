package dev.signet.delivery.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveRateTest {

  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;
  private static final Duration NOW = Duration.ZERO;

  private static long next(AdaptiveRate rate, long now) {
    long at = now;
    for (long wait = rate.closedFor(at); wait > 0; wait = rate.closedFor(at)) {
      at += wait;
    }
    rate.take(at);
    return at;
  }

  @Test
  void withoutARateNothingWaitsUntilTheStoreSaysTooMany() {
    AdaptiveRate rate = new AdaptiveRate(Double.POSITIVE_INFINITY);
    for (int i = 0; i < 4000; i++) {
      assertThat(rate.closedFor(i * MILLI)).isZero();
      rate.take(i * MILLI);
    }
    assertThat(rate.perSecond()).isInfinite();

    rate.throttled(NOW, 4000 * MILLI);

    assertThat(rate.perSecond()).as("of 1000 a second").isCloseTo(700, within(10.0));
  }

  @Test
  void aFirstCallThatIsRefusedLeavesASlowRateAndNotNone() {
    AdaptiveRate rate = new AdaptiveRate(Double.POSITIVE_INFINITY);
    rate.take(0);
    rate.throttled(NOW, 0);

    assertThat(rate.perSecond()).isBetween(0.5, 1.0);
  }

  @Test
  void severalRefusalsOfOneMomentAreOnePieceOfNews() {
    AdaptiveRate rate = new AdaptiveRate(100);
    for (int i = 0; i < 20; i++) {
      rate.throttled(NOW, i * MILLI);
    }
    assertThat(rate.perSecond()).isCloseTo(70, within(0.01));

    rate.throttled(NOW, 2 * SECOND);
    assertThat(rate.perSecond()).isCloseTo(49, within(0.01));
  }

  @Test
  void successBringsASetRateBackWithinAMinuteAndNeverAboveIt() {
    AdaptiveRate rate = new AdaptiveRate(50);
    rate.throttled(NOW, 0);
    long now = 0;
    while (rate.perSecond() < 50) {
      now = next(rate, now);
      rate.succeeded();
    }
    assertThat(now).isBetween(10 * SECOND, 60 * SECOND);

    for (int i = 0; i < 1000; i++) {
      rate.succeeded();
    }
    assertThat(rate.perSecond()).isEqualTo(50);
  }

  @Test
  void theSilenceThatTheStoreAsksForIsKeptAndBelievedForAnHourAtMost() {
    AdaptiveRate rate = new AdaptiveRate(50);
    rate.throttled(Duration.ofSeconds(90), 0);
    rate.throttled(Duration.ofSeconds(10), SECOND / 2);
    assertThat(rate.closedFor(SECOND)).as("the longer one").isEqualTo(89 * SECOND);

    rate.throttled(Duration.ofDays(1000), 90 * SECOND);
    assertThat(rate.closedFor(90 * SECOND)).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @Test
  void aStoreThatRefusesEverythingIsStillAskedNowAndThen() {
    AdaptiveRate rate = new AdaptiveRate(1000);
    long now = 0;
    while (now < 300 * SECOND) {
      now = next(rate, now);
      rate.throttled(NOW, now);
    }
    assertThat(rate.perSecond()).isEqualTo(Limits.SLOWEST);
    assertThat(next(rate, now) - now).isLessThanOrEqualTo(20 * SECOND);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 1, Long.MIN_VALUE, -1})
  void aClockThatOverflowsChangesNothing(long start) {
    AdaptiveRate rate = new AdaptiveRate(10);
    List<Long> times = new ArrayList<>();
    long now = start;
    for (int i = 0; i < 4; i++) {
      now = next(rate, now);
      times.add((now - start) / MILLI);
    }
    assertThat(times).containsExactly(0L, 0L, 100L, 200L);
  }

  /** Whatever the gaps between calls, no second carries more than its share and one tenth. */
  @Property(tries = 300)
  void noSecondCarriesMoreThanItsShare(
      @ForAll @DoubleRange(min = 0.5, max = 200) double perSecond,
      @ForAll @Size(min = 1, max = 400) List<@IntRange(max = 300) Integer> gaps) {
    AdaptiveRate rate = new AdaptiveRate(perSecond);
    Deque<Long> last = new ArrayDeque<>();
    long now = 0;
    for (int gap : gaps) {
      now = next(rate, now + (gap < 200 ? 0 : gap * MILLI));
      last.addLast(now);
      while (now - last.getFirst() >= SECOND) {
        last.removeFirst();
      }
      assertThat((double) last.size()).isLessThanOrEqualTo(perSecond * 1.1 + 2);
    }
  }
}
