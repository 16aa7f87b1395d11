package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.externalsecrets.SyncSchedule;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Counts every reconcile, and logs one when it came to something else than the last one of that
 * object: what fails again and again is said once.
 */
final class JournalLog implements Journal {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.reconcile");

  private final Metrics metrics;
  private final Function<Ref, String> instance;
  private final Function<Ref, Optional<SyncSchedule>> schedule;
  private final Function<Ref, Optional<Boolean>> keys;

  /** The reason and message last logged; of live objects only. */
  private final Map<Ref, String> last = new ConcurrentHashMap<>();

  /**
   * @param instance the label {@code app.kubernetes.io/instance} of an object
   * @param schedule of an ExternalSecret that is fetched again and again
   * @param keys whether all keys of an ExternalSecret have a value, where that is to be said
   */
  JournalLog(
      Metrics metrics,
      Function<Ref, String> instance,
      Function<Ref, Optional<SyncSchedule>> schedule,
      Function<Ref, Optional<Boolean>> keys) {
    this.metrics = metrics;
    this.instance = instance;
    this.schedule = schedule;
    this.keys = keys;
  }

  @Override
  public void reconciled(Ref ref, Reconciled result, Duration took) {
    metrics.reconciled(ref, instance.apply(ref), result, took);
    metrics.synced(ref, schedule.apply(ref));
    metrics.keys(ref, keys.apply(ref));
    switch (result) {
      case Reconciled.As(Outcome outcome) -> {
        switch (outcome) {
          case Outcome.Done _, Outcome.After _ -> {
            if (last.remove(ref) != null) {
              about(LOG.atInfo(), ref, "Delivered").log("is as it should be again");
            } else {
              about(LOG.atDebug(), ref, "Delivered").log("is as it should be");
            }
          }
          case Outcome.Retry(String reason, String message) -> failed(ref, reason, message);
          case Outcome.Stalled(String reason, String message) -> failed(ref, reason, message);
        }
      }
      case Reconciled.Unfinished(ObjectsException why) ->
          failed(ref, why.problem().getClass().getSimpleName(), why.getMessage());
      case Reconciled.Crashed(Throwable bug) ->
          about(LOG.atError(), ref, "InternalError")
              .setCause(bug)
              .log("unexpected " + bug.getClass().getName() + "; please report it");
    }
  }

  private void failed(Ref ref, String reason, String message) {
    String now = reason + ": " + message;
    boolean again = now.equals(last.put(ref, now));
    about(again ? LOG.atDebug() : LOG.atError(), ref, reason).log(message);
  }

  private static LoggingEventBuilder about(LoggingEventBuilder line, Ref ref, String reason) {
    return line.addKeyValue("kind", ref.kind().kind())
        .addKeyValue("namespace", ref.namespace())
        .addKeyValue("name", ref.name())
        .addKeyValue("reason", reason);
  }

  @Override
  public void gone(Ref ref) {
    last.remove(ref);
    metrics.gone(ref);
    about(LOG.atInfo(), ref, "Gone").log("was deleted");
  }

  @Override
  public void unread(Ref ref, ObjectsException why) {
    about(LOG.atWarn(), ref, "Unread")
        .log("cannot find out what a change concerns: " + why.getMessage());
  }
}
