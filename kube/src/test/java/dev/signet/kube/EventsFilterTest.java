package dev.signet.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Event;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventsFilterTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final EventsFilter filter = new EventsFilter(Duration.ofMinutes(5), 3);

  private static Event event(String object, String reason) {
    return Event.warning(Ref.secret("ns", object), reason, "message");
  }

  @Test
  void theSameEventPassesOnceInAWhile() {
    assertThat(filter.passes(event("a", "Failed"), 0)).isTrue();
    assertThat(filter.passes(event("a", "Failed"), 5 * MINUTE - 1)).isFalse();
    assertThat(filter.passes(event("a", "Failed"), 5 * MINUTE)).isTrue();
    assertThat(filter.passes(event("a", "Failed"), 6 * MINUTE)).isFalse();
  }

  @Test
  void anotherObjectReasonOrMessageIsAnotherEvent() {
    assertThat(filter.passes(event("a", "Failed"), 0)).isTrue();
    assertThat(filter.passes(event("b", "Failed"), 0)).isTrue();
    assertThat(filter.passes(event("a", "Denied"), 0)).isTrue();
    assertThat(filter.passes(Event.warning(Ref.secret("ns", "a"), "Failed", "another message"), 0))
        .isTrue();
  }

  @Test
  void itRemembersSoManyAndNoMore() {
    for (String object : new String[] {"a", "b", "c", "d"}) {
      assertThat(filter.passes(event(object, "Failed"), 0)).isTrue();
    }

    assertThat(filter.passes(event("d", "Failed"), 1)).isFalse();
    assertThat(filter.passes(event("a", "Failed"), 1)).as("forgotten, the oldest").isTrue();
  }

  @Test
  void aClockThatOverflowsChangesNothing() {
    long start = Long.MAX_VALUE - MINUTE;
    assertThat(filter.passes(event("a", "Failed"), start)).isTrue();
    assertThat(filter.passes(event("a", "Failed"), start + 2 * MINUTE)).isFalse();
    assertThat(filter.passes(event("a", "Failed"), start + 5 * MINUTE)).isTrue();
  }
}
