package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Apply;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether an ExternalSecret is to be fetched now. In a directory it is when a person says so, as
 * far as the refresh policy allows. In a cluster upstream's rules hold: when the object changed,
 * when its interval has passed, or when the Secret is not as it was written. That last question is
 * answered by the Secret's version where this process has seen that version before, and by one look
 * at its values where it has not.
 */
final class Refresh {

  private final Objects objects;
  private final InstantSource clock;
  private final boolean whenAsked;

  /** The version at which a target was last seen to be as its annotation says. */
  private final Map<Ref, String> intact = new ConcurrentHashMap<>();

  private Refresh(Objects objects, InstantSource clock, boolean whenAsked) {
    this.objects = objects;
    this.clock = clock;
    this.whenAsked = whenAsked;
  }

  static Refresh whenAsked(Objects objects, InstantSource clock) {
    return new Refresh(objects, clock, true);
  }

  static Refresh whenDue(Objects objects, InstantSource clock) {
    return new Refresh(objects, clock, false);
  }

  /** What {@code status.syncedResourceVersion} says of an object as it is now. */
  static String resourceVersion(ExternalSecret spec) {
    return spec.metadata().generation()
        + "-"
        + GoHash.ofMetadata(spec.metadata().annotations(), spec.metadata().labels());
  }

  static Outcome afterSuccess(ExternalSecret spec) {
    return periodic(spec) ? new Outcome.After(spec.refreshInterval()) : new Outcome.Done();
  }

  boolean due(KubeObject object, ExternalSecret spec)
      throws MalformedObjectException, ObjectsException {
    String synced = status(object, "syncedResourceVersion");
    boolean time =
        switch (spec.refreshPolicy()) {
          case CreatedOnce -> synced.isEmpty();
          case OnChange -> !synced.equals(resourceVersion(spec));
          case Periodic ->
              synced.isEmpty()
                  || (spec.refreshInterval().isPositive()
                      && (whenAsked
                          || !synced.equals(resourceVersion(spec))
                          || untilDue(object, spec).isZero()));
        };
    return time || (!whenAsked && !targetIsIntact(spec));
  }

  /** What follows when nothing is due. */
  Outcome next(KubeObject object, ExternalSecret spec) throws MalformedObjectException {
    if (!periodic(spec)) {
      return new Outcome.Done();
    }
    return new Outcome.After(whenAsked ? spec.refreshInterval() : untilDue(object, spec));
  }

  void wrote(Ref target, Apply.Applied applied) {
    switch (applied) {
      case Apply.Applied.Created(String version) -> intact.put(target, version);
      case Apply.Applied.Updated(String version) -> intact.put(target, version);
      case Apply.Applied.Unchanged(String version) -> intact.put(target, version);
      case Apply.Applied.Refused _ -> intact.remove(target);
    }
  }

  private static boolean periodic(ExternalSecret spec) {
    return spec.refreshPolicy() == ExternalSecret.RefreshPolicy.Periodic
        && spec.refreshInterval().isPositive();
  }

  /** Zero when it is due; a last time in the future cannot be trusted, so it is due too. */
  private Duration untilDue(KubeObject object, ExternalSecret spec)
      throws MalformedObjectException {
    Instant now = clock.instant();
    try {
      Instant last = Instant.parse(status(object, "refreshTime"));
      Duration left = Duration.between(now, last.plus(spec.refreshInterval()));
      return last.isAfter(now) || left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException | ArithmeticException e) {
      return Duration.ZERO;
    }
  }

  private static String status(KubeObject object, String field) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    return status.isPresent() ? status.get().string(field).orElse("") : "";
  }

  private boolean targetIsIntact(ExternalSecret spec) throws ObjectsException {
    switch (spec.creationPolicy()) {
      case Orphan, None -> {
        return true;
      }
      case Owner, Merge, CreateOrMerge -> {}
    }
    Ref target = Ref.secret(spec.metadata().namespace(), spec.targetName());
    Optional<String> version = objects.secretVersion(target.namespace(), target.name());
    if (version.isEmpty()) {
      intact.remove(target);
      return spec.creationPolicy() == ExternalSecret.CreationPolicy.Merge;
    }
    if (version.get().equals(intact.get(target))) {
      return true;
    }
    Optional<Secret> found = objects.secret(target.namespace(), target.name());
    if (found.isEmpty()) {
      return false;
    }
    try (Secret secret = found.get()) {
      boolean asWritten =
          "true".equals(secret.metadata().labels().get(TargetSecret.MANAGED))
              && GoHash.ofData(secret.data())
                  .equals(secret.metadata().annotations().get(TargetSecret.DATA_HASH));
      if (asWritten) {
        intact.put(target, secret.metadata().resourceVersion());
      }
      return asWritten;
    }
  }
}
