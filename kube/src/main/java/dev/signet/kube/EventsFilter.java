package dev.signet.kube;

import dev.signet.delivery.Event;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which events are worth posting: the same one again only after a while. It remembers the last
 * {@code size} of them. Not safe for use by several threads.
 */
final class EventsFilter {

  private final long silence;
  private final int size;

  /** When each was let through, oldest first. */
  private final Map<Event, Long> passed = new LinkedHashMap<>();

  EventsFilter(Duration silence, int size) {
    this.silence = silence.toNanos();
    this.size = size;
  }

  /** Whether to post it now, at that time of a clock that only goes forward. */
  boolean passes(Event event, long now) {
    Iterator<Long> oldest = passed.values().iterator();
    while (oldest.hasNext() && now - oldest.next() >= silence) {
      oldest.remove();
    }
    if (passed.containsKey(event)) {
      return false;
    }
    if (passed.size() == size) {
      Iterator<Event> first = passed.keySet().iterator();
      first.next();
      first.remove();
    }
    passed.put(event, now);
    return true;
  }
}
