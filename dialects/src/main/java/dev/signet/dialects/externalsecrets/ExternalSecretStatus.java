package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes what became of an ExternalSecret into its status, in upstream's words. What there is to
 * say of single keys is a condition of its own; upstream's definition of the kind knows no
 * condition of that name and refuses it, and there the status goes without.
 */
final class ExternalSecretStatus {

  static final String SYNCED = "secret synced";
  static final String RETAINED = "secret retained due to DeletionPolicy=Retain";
  static final String DELETED = "secret deleted due to DeletionPolicy=Delete";

  private static final Duration BELIEVED = Duration.ofMinutes(10);

  private final Objects objects;
  private final Evidence evidence;
  private final InstantSource clock;

  /**
   * What was found of single keys and is not written yet; no object is reconciled twice at once.
   */
  private final Map<Ref, KeyNotes> found = new ConcurrentHashMap<>();

  /** Until when a definition that refused the condition is believed to be there. */
  private volatile Instant refused = Instant.MIN;

  ExternalSecretStatus(Objects objects, Evidence evidence, InstantSource clock) {
    this.objects = objects;
    this.evidence = evidence;
    this.clock = clock;
  }

  /** What the status that is written next says of single keys. */
  void found(Ref ref, KeyNotes notes) {
    if (notes.isEmpty()) {
      found.remove(ref);
    } else {
      found.put(ref, notes);
    }
  }

  /**
   * @param bound whether {@code status.binding} now names the target; it is never taken away
   */
  Outcome succeed(
      KubeObject object, ExternalSecret spec, String reason, String message, boolean bound)
      throws ObjectsException, MalformedObjectException {
    Map<String, Object> status =
        ReadyStatus.status(
            object, ReadyStatus.condition(object, true, reason, message, clock.instant()));
    status.put("refreshTime", ReadyStatus.time(clock.instant()));
    status.put("syncedResourceVersion", Refresh.resourceVersion(spec));
    if (bound) {
      status.put("binding", Map.of("name", spec.targetName()));
    }
    write(object, status);
    return Refresh.afterSuccess(spec);
  }

  /**
   * @param message upstream's words for the condition
   * @param detail what happened, for the event and for people
   */
  Outcome fail(KubeObject object, String reason, String message, String detail, boolean retry)
      throws ObjectsException {
    evidence.event(Event.warning(object.ref(), "UpdateFailed", detail));
    try {
      write(
          object,
          ReadyStatus.status(
              object, ReadyStatus.condition(object, false, reason, message, clock.instant())));
    } catch (MalformedObjectException e) {
      // Its own status is what cannot be read: start over with a new one.
      objects.updateStatus(object.ref(), Map.of());
    }
    return retry ? new Outcome.Retry(reason, detail) : new Outcome.Stalled(reason, detail);
  }

  private void write(KubeObject object, Map<String, Object> status)
      throws ObjectsException, MalformedObjectException {
    Ref ref = object.ref();
    KeyNotes notes = found.getOrDefault(ref, KeyNotes.NONE);
    found.remove(ref);
    if (notes.isEmpty() || clock.instant().isBefore(refused)) {
      objects.updateStatus(ref, status);
      return;
    }
    Map<String, Object> whole = new LinkedHashMap<>(status);
    List<Object> conditions =
        new ArrayList<>((List<?>) status.getOrDefault("conditions", List.of()));
    conditions.add(notes.condition(object, clock.instant()));
    whole.put("conditions", conditions);
    try {
      objects.updateStatus(ref, whole);
    } catch (ObjectsException e) {
      if (!(e.problem() instanceof Problem.Denied)) {
        throw e;
      }
      objects.updateStatus(ref, status);
      refused = clock.instant().plus(BELIEVED);
    }
  }
}
