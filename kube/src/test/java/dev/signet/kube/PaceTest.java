package dev.signet.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void aBurstPassesAndThenOneAtATime() {
    Pace pace = new Pace(Rate.polite(10, 3), now::get);
    for (int i = 0; i < 3; i++) {
      assertThat(pace.take()).isZero();
    }
    assertThat(pace.take()).isEqualTo(Duration.ofMillis(100));
    pass(Duration.ofMillis(50));
    assertThat(pace.take()).isEqualTo(Duration.ofMillis(50));
    pass(Duration.ofMillis(50));
    assertThat(pace.take()).isZero();
    assertThat(pace.take()).isEqualTo(Duration.ofMillis(100));
    pass(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      assertThat(pace.take()).isZero();
    }
    assertThat(pace.take()).isPositive();
  }

  @Test
  void theServersOwnPaceEndsOurs() {
    Pace pace = new Pace(Rate.polite(1, 1), now::get);
    assertThat(pace.take()).isZero();
    assertThat(pace.take()).isPositive();
    pace.serverPaces();
    for (int i = 0; i < 1000; i++) {
      assertThat(pace.take()).isZero();
    }
  }

  @Test
  void nothingPassesBeforeTheServerSaidAndTheLatestTimeCounts() {
    Pace pace = new Pace(Rate.polite(1000, 1000), now::get);
    pace.serverPaces();
    pace.throttled(Duration.ofSeconds(5));
    pace.throttled(Duration.ofSeconds(1));
    assertThat(pace.take()).isEqualTo(Duration.ofSeconds(5));
    assertThat(pace.closedFor()).isEqualTo(Duration.ofSeconds(5));
    pass(Duration.ofSeconds(4));
    pace.throttled(Duration.ofSeconds(3));
    pass(Duration.ofSeconds(1));
    assertThat(pace.take()).isEqualTo(Duration.ofSeconds(2));
    pass(Duration.ofSeconds(2));
    assertThat(pace.take()).isZero();
    assertThat(pace.closedFor()).isZero();
  }

  @Test
  void noServerIsBelievedForMoreThanAnHour() {
    Pace pace = new Pace(Rate.polite(1, 1), now::get);
    pace.throttled(Duration.ofDays(400_000));
    assertThat(pace.take()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void whatRetryAfterSays() {
    assertThat(Traffic.retryAfter("7")).isEqualTo(Duration.ofSeconds(7));
    assertThat(Traffic.retryAfter(" 0 ")).isZero();
    assertThat(Traffic.retryAfter("-3")).isZero();
    assertThat(Traffic.retryAfter(null)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Traffic.retryAfter("Wed, 21 Oct 2015 07:28:00 GMT"))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aStrictRateHoldsWhateverTheServerDoesAndAnInfiniteOneNever() {
    Pace strict = new Pace(Rate.strict(0.5, 1), now::get);
    strict.serverPaces();
    assertThat(strict.take()).isZero();
    assertThat(strict.take()).isEqualTo(Duration.ofSeconds(2));

    Pace unlimited = new Pace(Rate.strict(Double.POSITIVE_INFINITY, 1), now::get);
    for (int i = 0; i < 1000; i++) {
      assertThat(unlimited.take()).isZero();
    }
    unlimited.throttled(Duration.ofSeconds(3));
    assertThat(unlimited.take()).isEqualTo(Duration.ofSeconds(3));
  }
}
