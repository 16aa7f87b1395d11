package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.GoDuration;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When an ExternalSecret may be fetched merely because its interval has passed. A change of the
 * object, and a Secret that is not as it was written, do not wait for it.
 *
 * @param allows whether the windows are those in which it may, or those in which it may not
 */
record SyncWindows(boolean allows, List<Window> windows) {

  /** Opens at the times of the schedule and stays open that long, both ends included. */
  record Window(Cron schedule, Duration duration) {

    /**
     * Upstream's question: whether the first opening after (now − duration − 1 s) has been by now.
     * It asks for one opening only, so of openings that overlap it may miss one.
     */
    boolean open(Instant now) {
      return opened(now).isPresent();
    }

    private Optional<Instant> opened(Instant now) {
      return schedule
          .next(now.minus(duration).minusSeconds(1))
          .filter(opening -> !opening.isAfter(now) && !now.isAfter(opening.plus(duration)));
    }

    /** When asking again may give another answer. */
    private Optional<Instant> turns(Instant now) {
      Optional<Instant> opened = opened(now);
      return opened.isPresent()
          ? Optional.of(opened.get().plus(duration).plusSeconds(1))
          : schedule.next(now);
    }
  }

  private enum Kind {
    allow,
    deny
  }

  static Optional<SyncWindows> of(Fields spec) throws MalformedObjectException {
    Optional<Fields> found = spec.object("syncWindows");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Fields fields = found.get();
    fields.requiredString("kind");
    Kind kind = Choices.of(fields, "kind", Kind.allow);
    List<Window> windows = new ArrayList<>();
    for (Fields each : fields.objects("windows")) {
      windows.add(window(each));
    }
    return windows.isEmpty()
        ? Optional.empty()
        : Optional.of(new SyncWindows(kind == Kind.allow, List.copyOf(windows)));
  }

  /**
   * What upstream's schema refuses is refused; upstream's controller alone would take such a window
   * for one that never opens.
   */
  private static Window window(Fields fields) throws MalformedObjectException {
    String schedule = fields.requiredString("schedule");
    Optional<Cron> cron = Cron.parse(schedule);
    if (cron.isEmpty()) {
      throw new MalformedObjectException(
          fields.path()
              + ".schedule is no schedule; write minute, hour, day of month, month and day of week,"
              + " as in \"0 22 * * 1-5\", or @daily or @every 1h");
    }
    Optional<Duration> duration = GoDuration.parse(fields.requiredString("duration"));
    if (duration.isEmpty() || duration.get().isNegative()) {
      throw new MalformedObjectException(
          fields.path() + ".duration is not a duration such as 1h, 15m or 30s");
    }
    return new Window(cron.get(), duration.get());
  }

  /** Whether it may be fetched then. */
  boolean allow(Instant now) {
    return windows.stream().anyMatch(window -> window.open(now)) == allows;
  }

  /** When to ask again after it was not allowed; empty when no window will ever turn. */
  Optional<Instant> turns(Instant now) {
    return windows.stream()
        .map(window -> window.turns(now))
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }
}
