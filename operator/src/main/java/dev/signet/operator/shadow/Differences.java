package dev.signet.operator.shadow;

import dev.signet.delivery.object.Ref;
import dev.signet.operator.shadow.Difference.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The book of what differs now, object by object. A difference is told when it is still there after
 * nothing of its object has changed for a while: the other controller may be in the middle of its
 * own delivery. It is taken back by the first look that does not find it. Each is logged once when
 * it is told and once when it is taken back.
 */
final class Differences {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.shadow");

  /** A difference that has been told. */
  record Told(Ref about, Difference difference, Instant since) {}

  /** What is known of one object. */
  private static final class Page {
    private String state = "";
    private long since;
    private boolean wanted;
    private final SortedMap<Difference, Instant> told = new TreeMap<>();
    private final SortedSet<Difference> unsettled = new TreeSet<>();
  }

  private final Duration settled;
  private final InstantSource calendar;
  private final LongSupplier nanos;
  private final SortedMap<Ref, Page> pages = new TreeMap<>();

  /**
   * @param settled for how long an object must not have changed
   */
  Differences(Duration settled, InstantSource calendar, LongSupplier nanos) {
    this.settled = settled;
    this.calendar = calendar;
    this.nanos = nanos;
  }

  /**
   * An object was looked at.
   *
   * @param state another text than before when something of the object has changed
   * @param found all that differs now
   */
  synchronized void looked(Ref about, String state, Collection<Difference> found) {
    long now = nanos.getAsLong();
    Page page = pages.get(about);
    if (page == null) {
      page = new Page();
      page.since = now;
      page.state = state;
      pages.put(about, page);
    }
    if (!page.state.equals(state)) {
      page.state = state;
      page.since = now;
    }
    page.wanted = false;
    for (Difference each : List.copyOf(page.told.keySet())) {
      if (!found.contains(each)) {
        page.told.remove(each);
        about(LOG.atInfo(), about, each).log("no longer differs");
      }
    }
    page.unsettled.clear();
    page.unsettled.addAll(found);
    page.unsettled.removeAll(page.told.keySet());
    if (now - page.since >= settled.toNanos()) {
      for (Difference each : page.unsettled) {
        page.told.put(each, calendar.instant());
        about(LOG.atWarn(), about, each).log("differs from what would be written here");
      }
      page.unsettled.clear();
    }
  }

  private static LoggingEventBuilder about(
      LoggingEventBuilder line, Ref about, Difference difference) {
    return line.addKeyValue("kind", about.kind().kind())
        .addKeyValue("namespace", about.namespace())
        .addKeyValue("name", about.name())
        .addKeyValue("difference", difference.kind().text())
        .addKeyValue("detail", difference.detail());
  }

  /** The object is gone, and what differed with it. */
  synchronized void gone(Ref about) {
    pages.remove(about);
  }

  /** Objects that have settled and wait for one more look; each is named once. */
  synchronized List<Ref> due() {
    long now = nanos.getAsLong();
    List<Ref> due = new ArrayList<>();
    pages.forEach(
        (about, page) -> {
          if (!page.unsettled.isEmpty() && !page.wanted && now - page.since >= settled.toNanos()) {
            page.wanted = true;
            due.add(about);
          }
        });
    return due;
  }

  /** How many of each kind have been told, none included. */
  synchronized Map<Kind, Integer> counts() {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, 0);
    }
    pages
        .values()
        .forEach(
            page -> page.told.keySet().forEach(each -> counts.merge(each.kind(), 1, Integer::sum)));
    return counts;
  }

  /** How many objects were looked at, those left out that are no resources. */
  synchronized int compared(Set<Ref> except) {
    return (int) pages.keySet().stream().filter(each -> !except.contains(each)).count();
  }

  /** How many objects differ in something that has not been told yet. */
  synchronized int unsettled() {
    return (int) pages.values().stream().filter(page -> !page.unsettled.isEmpty()).count();
  }

  /** All that has been told, ordered by object. */
  synchronized List<Told> told() {
    List<Told> all = new ArrayList<>();
    pages.forEach(
        (about, page) -> page.told.forEach((each, since) -> all.add(new Told(about, each, since))));
    return all;
  }
}
