package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose turn it is. It holds no thread and no clock: every call is told the time, in
 * nanoseconds of a clock that only goes forward and may overflow, so that a step of the wall clock
 * means nothing here. Not safe for use by several threads.
 *
 * <p>An object is in at most one of three states, and unknown otherwise:
 *
 * <pre>
 *             add                    poll                     finish
 *   unknown ───────▶ ready[urgency] ───────▶ running ────────────────────▶ unknown   Never
 *                      ▲        ▲              │ add: runs again afterwards ▶ delayed   In, Failed
 *                      │        └──────────────┘
 *                      └── add, or its time has come ── delayed
 * </pre>
 *
 * <p>The most urgent goes first. Among equals the stores take turns, then namespaces, and there who
 * waits longest goes first ({@link Line}). Every eighth turn goes to who waits longest of all, so
 * that a storm of changes delays the rest but starves nobody. Objects whose store is not to be
 * asked now, or is busy with as many as it takes, keep their place and are passed over ({@link
 * Lanes}): they cost no worker, no attempt and no status while they wait.
 */
final class Agenda {

  private static final int TURNS_OF_THE_OLDEST = 8;

  private static final class Entry {
    final Ref ref;
    Urgency urgency = Urgency.PERIODIC;
    boolean running;

    /** With which urgency it is to run again, after this run. */
    @Nullable Urgency again;

    /** Whether the agenda was cleared during this run, and nobody has asked for it since. */
    boolean forgotten;

    boolean delayed;
    long due;
    long order;
    int failures;
    Line.Place place;

    Entry(Ref ref) {
      this.ref = ref;
      this.place = new Line.Place(Optional.empty(), ref.namespace());
    }
  }

  private final Pace pace;
  private final Map<Ref, Entry> entries = new HashMap<>();
  private final Lanes lanes;
  private final Map<Urgency, Line<Entry>> ready = new EnumMap<>(Urgency.class);
  private final Map<Ref, Integer> runningIn = new HashMap<>();
  private final TreeSet<Entry> delayed = new TreeSet<>(Agenda::earlier);
  private long orders;
  private long turns;
  private int running;

  Agenda(Pace pace) {
    this(pace, Lanes.NONE);
  }

  Agenda(Pace pace, Lanes lanes) {
    this.pace = pace;
    this.lanes = lanes;
    for (Urgency urgency : Urgency.values()) {
      ready.put(urgency, new Line<>());
    }
  }

  private static int earlier(Entry a, Entry b) {
    long difference = a.due - b.due;
    return difference != 0 ? Long.signum(difference) : Long.compare(a.order, b.order);
  }

  /** Wants a run as soon as possible; a change also forgives all failures. */
  void add(Ref ref, Urgency urgency) {
    Entry entry = entries.computeIfAbsent(ref, Entry::new);
    if (urgency == Urgency.CHANGE) {
      entry.failures = 0;
    }
    if (entry.running) {
      entry.forgotten = false;
      entry.again = entry.again == null ? urgency : moreUrgent(entry.again, urgency);
      return;
    }
    if (entry.delayed) {
      delayed.remove(entry);
      makeReady(entry, urgency);
    } else if (!line(entry).contains(entry.place, entry)) {
      makeReady(entry, urgency);
    } else if (urgency.compareTo(entry.urgency) < 0) {
      line(entry).remove(entry.place, entry);
      makeReady(entry, urgency);
    }
  }

  private static Urgency moreUrgent(Urgency a, Urgency b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private Line<Entry> line(Entry entry) {
    return java.util.Objects.requireNonNull(ready.get(entry.urgency));
  }

  private void makeReady(Entry entry, Urgency urgency) {
    entry.delayed = false;
    entry.urgency = urgency;
    entry.order = orders++;
    entry.place = new Line.Place(lanes.of(entry.ref), entry.ref.namespace());
    line(entry).add(entry.place, entry);
  }

  private void delay(Entry entry, Urgency urgency, long due) {
    entry.delayed = true;
    entry.urgency = urgency;
    entry.due = due;
    entry.order = orders++;
    delayed.add(entry);
  }

  /** Who is to run now. It counts as running until {@link #finish}. */
  Optional<Ref> poll(long now) {
    while (!delayed.isEmpty() && delayed.first().due - now <= 0) {
      Entry entry = delayed.removeFirst();
      makeReady(entry, entry.urgency);
    }
    Predicate<Optional<Ref>> open = opens();
    boolean oldest = turns % TURNS_OF_THE_OLDEST == TURNS_OF_THE_OLDEST - 1;
    Entry chosen = oldest ? oldest(open) : mostUrgent(open);
    if (chosen == null) {
      return Optional.empty();
    }
    turns++;
    line(chosen).serve(chosen.place, chosen);
    chosen.running = true;
    running++;
    chosen.place.lane().ifPresent(lane -> runningIn.merge(lane, 1, Integer::sum));
    return Optional.of(chosen.ref);
  }

  /** Which lanes are open now; each is asked once at most. */
  private Predicate<Optional<Ref>> opens() {
    Map<Ref, Boolean> asked = new HashMap<>();
    return lane ->
        lane.isEmpty()
            || asked.computeIfAbsent(
                lane.get(), each -> roomIn(each) && lanes.closedFor(each) == 0);
  }

  private boolean roomIn(Ref lane) {
    return runningIn.getOrDefault(lane, 0) < lanes.width(lane);
  }

  private @Nullable Entry mostUrgent(Predicate<Optional<Ref>> open) {
    for (Line<Entry> line : ready.values()) {
      Entry first = line.first(open);
      if (first != null) {
        return first;
      }
    }
    return null;
  }

  private @Nullable Entry oldest(Predicate<Optional<Ref>> open) {
    Entry oldest = null;
    for (Line<Entry> line : ready.values()) {
      Entry head = line.oldest(open, entry -> entry.order);
      if (head != null && (oldest == null || head.order < oldest.order)) {
        oldest = head;
      }
    }
    return oldest;
  }

  /** Ends a run that {@link #poll} began. */
  void finish(Ref ref, Next next, long now) {
    Entry entry = entries.get(ref);
    if (entry == null || !entry.running) {
      throw new IllegalStateException(ref + " was not running");
    }
    entry.running = false;
    running--;
    entry
        .place
        .lane()
        .ifPresent(
            lane -> runningIn.computeIfPresent(lane, (_, count) -> count > 1 ? count - 1 : null));
    boolean changed = entry.again == Urgency.CHANGE;
    entry.failures =
        switch (next) {
          case Next.Never _, Next.In _ -> 0;
          // What changed meanwhile is a new case.
          case Next.Failed _ -> changed ? 0 : entry.failures + 1;
        };
    if (entry.again != null) {
      Urgency urgency = entry.again;
      entry.again = null;
      makeReady(entry, urgency);
      return;
    }
    if (entry.forgotten) {
      entries.remove(ref);
      return;
    }
    switch (next) {
      case Next.Never _ -> entries.remove(ref);
      case Next.In(Duration wait) ->
          delay(entry, Urgency.PERIODIC, now + pace.periodic(ref, wait).toNanos());
      case Next.Failed(Duration atLeast) ->
          delay(entry, Urgency.RETRY, now + pace.retry(ref, entry.failures, atLeast).toNanos());
    }
  }

  /** Forgets all but who is running; those will not run again by themselves. */
  void clear() {
    delayed.clear();
    ready.values().forEach(Line::clear);
    entries.values().removeIf(entry -> !entry.running);
    entries
        .values()
        .forEach(
            entry -> {
              entry.again = null;
              entry.failures = 0;
              entry.forgotten = true;
            });
  }

  /** Those of a lane that wait because they failed wait no more: what failed them is repaired. */
  void wake(Ref lane) {
    List<Entry> waiting =
        delayed.stream()
            .filter(entry -> entry.urgency == Urgency.RETRY)
            .filter(entry -> entry.place.lane().filter(lane::equals).isPresent())
            .toList();
    for (Entry entry : waiting) {
      delayed.remove(entry);
      makeReady(entry, Urgency.RETRY);
    }
  }

  /** When {@link #poll} has something without a further call, if it has nothing now. */
  OptionalLong nextDue() {
    return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.first().due);
  }

  /**
   * How long until the next lane opens in which somebody could run, in nanoseconds; empty when
   * there is none that opens by itself.
   */
  OptionalLong nextOpening() {
    long soonest = Long.MAX_VALUE;
    for (Line<Entry> line : ready.values()) {
      for (Optional<Ref> lane : line.lanes()) {
        if (lane.isPresent() && roomIn(lane.get())) {
          soonest = Math.min(soonest, lanes.closedFor(lane.get()));
        }
      }
    }
    return soonest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(soonest);
  }

  Depth depth() {
    int waiting = ready.values().stream().mapToInt(Line::size).sum();
    return new Depth(waiting, delayed.size(), running);
  }
}
