package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Those who could run, of one urgency. Lanes take turns, within a lane its namespaces do, and
 * within a namespace who waits longest goes first: ten thousand objects of one store, or of one
 * namespace, delay the single object of another by one turn and not by ten thousand.
 *
 * <p>Whoever was served goes to the end of the row, with what is left of his; who is new is put at
 * the end too. A lane that is closed is passed over and keeps its place. All steps cost the same
 * whatever the length, but that lanes that are closed are looked at one by one.
 *
 * @param <E> who waits
 */
final class Line<E> {

  /** Where somebody stands. */
  record Place(Optional<Ref> lane, String namespace) {}

  private final SequencedMap<Optional<Ref>, SequencedMap<String, SequencedSet<E>>> lanes =
      new LinkedHashMap<>();
  private int size;

  void add(Place place, E who) {
    boolean added =
        lanes
            .computeIfAbsent(place.lane(), _ -> new LinkedHashMap<>())
            .computeIfAbsent(place.namespace(), _ -> new LinkedHashSet<>())
            .add(who);
    size += added ? 1 : 0;
  }

  boolean contains(Place place, E who) {
    SequencedMap<String, SequencedSet<E>> lane = lanes.get(place.lane());
    SequencedSet<E> waiting = lane == null ? null : lane.get(place.namespace());
    return waiting != null && waiting.contains(who);
  }

  /** Takes somebody out who leaves without having been served. */
  void remove(Place place, E who) {
    remove(place, who, /* served= */ false);
  }

  /** Takes somebody out whose turn it is. */
  void serve(Place place, E who) {
    remove(place, who, /* served= */ true);
  }

  private void remove(Place place, E who, boolean served) {
    SequencedMap<String, SequencedSet<E>> lane = lanes.get(place.lane());
    SequencedSet<E> waiting = lane == null ? null : lane.get(place.namespace());
    if (lane == null || waiting == null || !waiting.remove(who)) {
      return;
    }
    size--;
    if (waiting.isEmpty()) {
      lane.remove(place.namespace());
    } else if (served) {
      lane.putLast(place.namespace(), waiting);
    }
    if (lane.isEmpty()) {
      lanes.remove(place.lane());
    } else if (served) {
      lanes.putLast(place.lane(), lane);
    }
  }

  /** Whose turn it is among those whose lane is open; stays in line. */
  @Nullable E first(Predicate<Optional<Ref>> open) {
    for (var lane : lanes.entrySet()) {
      if (open.test(lane.getKey())) {
        return lane.getValue().firstEntry().getValue().getFirst();
      }
    }
    return null;
  }

  /** Who waits longest among those whose lane is open; stays in line. */
  @Nullable E oldest(Predicate<Optional<Ref>> open, ToLongFunction<E> order) {
    E oldest = null;
    for (var lane : lanes.entrySet()) {
      if (!open.test(lane.getKey())) {
        continue;
      }
      for (SequencedSet<E> waiting : lane.getValue().values()) {
        E head = waiting.getFirst();
        if (oldest == null || order.applyAsLong(head) < order.applyAsLong(oldest)) {
          oldest = head;
        }
      }
    }
    return oldest;
  }

  Iterable<Optional<Ref>> lanes() {
    return lanes.keySet();
  }

  int size() {
    return size;
  }

  void clear() {
    lanes.clear();
    size = 0;
  }
}
