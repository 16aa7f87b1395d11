package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedSet;
import java.util.TreeSet;
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
 * <p>The most urgent goes first, and among equals who waits longest. Every eighth turn goes to who
 * waits longest of all, so that a storm of changes delays the rest but starves nobody.
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

    Entry(Ref ref) {
      this.ref = ref;
    }
  }

  private final Pace pace;
  private final Map<Ref, Entry> entries = new HashMap<>();
  private final Map<Urgency, SequencedSet<Entry>> ready = new EnumMap<>(Urgency.class);
  private final TreeSet<Entry> delayed = new TreeSet<>(Agenda::earlier);
  private long orders;
  private long turns;
  private int running;

  Agenda(Pace pace) {
    this.pace = pace;
    for (Urgency urgency : Urgency.values()) {
      ready.put(urgency, new LinkedHashSet<>());
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
    } else if (!set(entry).contains(entry)) {
      makeReady(entry, urgency);
    } else if (urgency.compareTo(entry.urgency) < 0) {
      set(entry).remove(entry);
      makeReady(entry, urgency);
    }
  }

  private static Urgency moreUrgent(Urgency a, Urgency b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private SequencedSet<Entry> set(Entry entry) {
    return java.util.Objects.requireNonNull(ready.get(entry.urgency));
  }

  private void makeReady(Entry entry, Urgency urgency) {
    entry.delayed = false;
    entry.urgency = urgency;
    entry.order = orders++;
    set(entry).add(entry);
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
    boolean oldest = turns % TURNS_OF_THE_OLDEST == TURNS_OF_THE_OLDEST - 1;
    Entry chosen = oldest ? oldest() : mostUrgent();
    if (chosen == null) {
      return Optional.empty();
    }
    turns++;
    set(chosen).remove(chosen);
    chosen.running = true;
    running++;
    return Optional.of(chosen.ref);
  }

  private @Nullable Entry mostUrgent() {
    for (SequencedSet<Entry> set : ready.values()) {
      if (!set.isEmpty()) {
        return set.getFirst();
      }
    }
    return null;
  }

  private @Nullable Entry oldest() {
    Entry oldest = null;
    for (SequencedSet<Entry> set : ready.values()) {
      if (!set.isEmpty() && (oldest == null || set.getFirst().order < oldest.order)) {
        oldest = set.getFirst();
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
    ready.values().forEach(SequencedSet::clear);
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

  /** When {@link #poll} has something without a further call, if it has nothing now. */
  OptionalLong nextDue() {
    return delayed.isEmpty() ? OptionalLong.empty() : OptionalLong.of(delayed.first().due);
  }

  Depth depth() {
    int waiting = ready.values().stream().mapToInt(SequencedSet::size).sum();
    return new Depth(waiting, delayed.size(), running);
  }
}
