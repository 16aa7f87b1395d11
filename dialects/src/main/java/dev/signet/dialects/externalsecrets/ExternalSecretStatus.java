package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.InstantSource;
import java.util.Map;

/** Writes what became of an ExternalSecret into its status, in upstream's words. */
final class ExternalSecretStatus {

  static final String SYNCED = "secret synced";
  static final String RETAINED = "secret retained due to DeletionPolicy=Retain";
  static final String DELETED = "secret deleted due to DeletionPolicy=Delete";

  private final Objects objects;
  private final Evidence evidence;
  private final InstantSource clock;

  ExternalSecretStatus(Objects objects, Evidence evidence, InstantSource clock) {
    this.objects = objects;
    this.evidence = evidence;
    this.clock = clock;
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
    objects.updateStatus(object.ref(), status);
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
      objects.updateStatus(
          object.ref(),
          ReadyStatus.status(
              object, ReadyStatus.condition(object, false, reason, message, clock.instant())));
    } catch (MalformedObjectException e) {
      // Its own status is what cannot be read: start over with a new one.
      objects.updateStatus(object.ref(), Map.of());
    }
    return retry ? new Outcome.Retry(reason, detail) : new Outcome.Stalled(reason, detail);
  }
}
