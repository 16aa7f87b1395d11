package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineTest {

  private record Who(String lane, String namespace, int number) {

    Line.Place place() {
      return new Line.Place(LineTest.lane(lane), namespace);
    }

    @Override
    public String toString() {
      return lane + "/" + namespace + "/" + number;
    }
  }

  private final Line<Who> line = new Line<>();

  private static Optional<Ref> lane(String name) {
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(new Ref(new GroupKind("g", "Store"), "", name));
  }

  private void add(String lane, String namespace, int count) {
    for (int i = 0; i < count; i++) {
      Who who = new Who(lane, namespace, i);
      line.add(who.place(), who);
    }
  }

  private List<String> serve(int count, Set<Optional<Ref>> closed) {
    List<String> served = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Who who = line.first(lane -> !closed.contains(lane));
      if (who == null) {
        served.add("nobody");
      } else {
        line.serve(who.place(), who);
        served.add(who.toString());
      }
    }
    return served;
  }

  @Test
  void oneObjectOfAnotherStoreWaitsForOneTurnAndNotForAThousand() {
    add("big", "a", 1000);
    add("small", "b", 1);

    assertThat(serve(3, Set.of())).containsExactly("big/a/0", "small/b/0", "big/a/1");
  }

  @Test
  void withinAStoreNamespacesTakeTurnsAndInThemWhoWaitsLongestGoesFirst() {
    add("s", "crowd", 3);
    add("s", "lonely", 1);
    add("s", "pair", 2);

    assertThat(serve(7, Set.of()))
        .containsExactly(
            "s/crowd/0", "s/lonely/0", "s/pair/0", "s/crowd/1", "s/pair/1", "s/crowd/2", "nobody");
  }

  @Test
  void aClosedStoreIsPassedOverAndKeepsItsPlace() {
    add("down", "a", 2);
    add("up", "a", 2);
    add("", "a", 1);

    assertThat(serve(4, Set.of(lane("down"))))
        .containsExactly("up/a/0", "/a/0", "up/a/1", "nobody");
    assertThat(serve(3, Set.of())).containsExactly("down/a/0", "down/a/1", "nobody");
    assertThat(line.size()).isZero();
  }

  /** However they come: everybody is served once, and nobody is overtaken by a whole crowd. */
  @Property
  void everybodyIsServedOnceAndNoNamespaceTwiceBeforeAnotherThatWaits(
      @ForAll @Size(max = 60) List<@IntRange(max = 11) Integer> arrivals) {
    Line<Who> subject = new Line<>();
    Map<String, Integer> waiting = new HashMap<>();
    int number = 0;
    for (int arrival : arrivals) {
      Who who = new Who("s" + arrival % 3, "n" + arrival / 3, number++);
      subject.add(who.place(), who);
      waiting.merge(who.lane(), 1, Integer::sum);
    }
    Set<Who> served = new HashSet<>();
    Set<String> round = new HashSet<>();
    for (int i = 0; i < arrivals.size(); i++) {
      Who who = Objects.requireNonNull(subject.first(_ -> true));
      subject.serve(who.place(), who);
      assertThat(served.add(who)).isTrue();
      if (!round.add(who.lane())) {
        // A second turn: all the others who wait have had theirs.
        assertThat(round).containsAll(waiting.keySet());
        round.clear();
        round.add(who.lane());
      }
      waiting.computeIfPresent(who.lane(), (_, count) -> count > 1 ? count - 1 : null);
    }
    assertThat(subject.size()).isZero();
    assertThat(subject.first(_ -> true)).isNull();
  }
}
