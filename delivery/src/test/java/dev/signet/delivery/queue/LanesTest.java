package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The agenda with stores that are busy, slow or down; an object's namespace names its store. */
class LanesTest {

  private static final Next FAILED = new Next.Failed(Duration.ZERO);

  private final Map<String, Long> opens = new HashMap<>();
  private final Map<String, Integer> widths = new HashMap<>();
  private long now = Long.MAX_VALUE - 5;

  private final Agenda agenda =
      new Agenda(
          new Pace(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ZERO),
          new Lanes() {
            @Override
            public Optional<Ref> of(Ref ref) {
              return ref.namespace().isEmpty() ? Optional.empty() : Optional.of(store(ref));
            }

            @Override
            public long closedFor(Ref lane) {
              return opens.getOrDefault(lane.name(), 0L);
            }

            @Override
            public int width(Ref lane) {
              return widths.getOrDefault(lane.name(), 100);
            }
          });

  private static Ref store(Ref ref) {
    return new Ref(new GroupKind("g", "Store"), "", ref.namespace());
  }

  private static Ref ref(String path) {
    int slash = path.indexOf('/');
    return new Ref(
        new GroupKind("g", "Object"), path.substring(0, slash), path.substring(slash + 1));
  }

  private void add(Urgency urgency, String... paths) {
    for (String path : paths) {
      agenda.add(ref(path), urgency);
    }
  }

  private List<String> poll(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(agenda.poll(now).map(ref -> ref.namespace() + "/" + ref.name()).orElse("nobody"));
    }
    return all;
  }

  @Test
  void aStoreThatIsDownHoldsNobodyElseUpWhateverTheUrgency() {
    opens.put("down", Long.MAX_VALUE);
    add(Urgency.CHANGE, "down/a", "down/b");
    add(Urgency.PERIODIC, "up/a", "/none");

    assertThat(poll(3)).containsExactly("up/a", "/none", "nobody");
    assertThat(agenda.nextOpening()).isEmpty();
    assertThat(agenda.depth()).isEqualTo(new Depth(2, 0, 2));

    opens.clear();
    assertThat(poll(3)).containsExactly("down/a", "down/b", "nobody");
  }

  @Test
  void theAgendaSaysWhenTheNextStoreOpens() {
    opens.put("slow", 700L);
    opens.put("slower", 900L);
    add(Urgency.FIRST, "slower/a", "slow/a");

    assertThat(poll(1)).containsExactly("nobody");
    assertThat(agenda.nextOpening()).hasValue(700);
  }

  @Test
  void noMoreRunAtOnceThanAStoreTakes() {
    widths.put("s", 2);
    add(Urgency.FIRST, "s/a", "s/b", "s/c", "t/a");

    assertThat(poll(4)).containsExactly("s/a", "t/a", "s/b", "nobody");
    assertThat(agenda.nextOpening()).as("a run has to end first").isEmpty();
    agenda.finish(ref("s/a"), new Next.Never(), now);
    assertThat(poll(2)).containsExactly("s/c", "nobody");
  }

  @Test
  void aStoreThatIsBackWakesThoseThatFailedAndNoOthers() {
    add(Urgency.FIRST, "s/failed", "s/done", "t/failed");
    poll(3);
    agenda.finish(ref("s/failed"), FAILED, now);
    agenda.finish(ref("s/done"), new Next.In(Duration.ofHours(1)), now);
    agenda.finish(ref("t/failed"), FAILED, now);

    agenda.wake(store(ref("s/any")));

    assertThat(poll(2)).containsExactly("s/failed", "nobody");
    assertThat(agenda.depth()).isEqualTo(new Depth(0, 2, 1));
  }

  @Test
  void whoIsWokenAndFailsAgainWaitsLongerThanBefore() {
    add(Urgency.FIRST, "s/a");
    for (int i = 1; i <= 4; i++) {
      poll(1);
      agenda.finish(ref("s/a"), FAILED, now);
      agenda.wake(store(ref("s/any")));
    }
    poll(1);
    agenda.finish(ref("s/a"), FAILED, now);

    assertThat(agenda.nextDue().orElseThrow() - now).isEqualTo(Duration.ofSeconds(16).toNanos());
  }
}
