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
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether an ExternalSecret is to be fetched now. In a directory it is when a person says so, as
 * far as the refresh policy allows; but what generators make anew each time is made when its
 * interval has passed, or, where there are stores beside them, once in each run. In a cluster
 * upstream's rules hold: when the object changed, when its interval has passed, or when the Secret
 * is not as it was written. That last question is answered by the Secret's version where this
 * process has seen that version before, and by one look at its values where it has not.
 */
final class Refresh {

  /** Where nothing will ever open or close: any time that is far away. */
  private static final Duration NEVER = Duration.ofDays(1);

  private final Objects objects;
  private final InstantSource clock;
  private final boolean whenAsked;
  private final Instant began;

  /** The version at which a target was last seen to be as its annotation says. */
  private final Map<Ref, String> intact = new ConcurrentHashMap<>();

  private Refresh(Objects objects, InstantSource clock, boolean whenAsked) {
    this.objects = objects;
    this.clock = clock;
    this.whenAsked = whenAsked;
    // Refreshes are noted in whole seconds.
    this.began = clock.instant().truncatedTo(ChronoUnit.SECONDS);
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
    boolean never = status(object, "refreshTime").isEmpty();
    boolean asked = asked(object, spec);
    boolean time =
        switch (spec.refreshPolicy()) {
          case CreatedOnce -> synced.isEmpty() || never;
          case OnChange -> !synced.equals(resourceVersion(spec)) || never;
          case Periodic ->
              synced.isEmpty()
                  || (spec.refreshInterval().isPositive()
                      && (asked
                          || !synced.equals(resourceVersion(spec))
                          || lastRefresh(object).isEmpty()
                          || (untilDue(object, spec).isZero() && blockedUntil(spec).isEmpty())));
        };
    return time || (!asked && !targetIsIntact(spec));
  }

  private boolean asked(KubeObject object, ExternalSecret spec) throws MalformedObjectException {
    if (!whenAsked || !spec.generates()) {
      return whenAsked;
    }
    return spec.fetches() && lastRefresh(object).filter(last -> !last.isBefore(began)).isEmpty();
  }

  /** When to ask again while its windows do not let it be fetched; empty when they do. */
  private Optional<Instant> blockedUntil(ExternalSecret spec) {
    Instant now = clock.instant();
    return spec.syncWindows()
        .filter(windows -> !windows.allow(now))
        .map(windows -> windows.turns(now).orElse(now.plus(NEVER)));
  }

  /** What follows when nothing is due. */
  Outcome next(KubeObject object, ExternalSecret spec) throws MalformedObjectException {
    if (!periodic(spec)) {
      return new Outcome.Done();
    }
    if (whenAsked) {
      return new Outcome.After(spec.refreshInterval());
    }
    Duration left = untilDue(object, spec);
    boolean waits = left.isZero() && lastRefresh(object).isPresent();
    Optional<Instant> blocked = waits ? blockedUntil(spec) : Optional.empty();
    return new Outcome.After(
        blocked.map(until -> Duration.between(clock.instant(), until)).orElse(left));
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

  /** Zero when it is due. */
  private Duration untilDue(KubeObject object, ExternalSecret spec)
      throws MalformedObjectException {
    Optional<Instant> last = lastRefresh(object);
    if (last.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      Duration left = Duration.between(clock.instant(), last.get().plus(spec.refreshInterval()));
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException | ArithmeticException e) {
      return Duration.ZERO;
    }
  }

  /** Empty when there is none, or one in the future, which cannot be trusted. */
  private Optional<Instant> lastRefresh(KubeObject object) throws MalformedObjectException {
    try {
      return Optional.of(Instant.parse(status(object, "refreshTime")))
          .filter(last -> !last.isAfter(clock.instant()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String status(KubeObject object, String field) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    return status.isPresent() ? status.get().string(field).orElse("") : "";
  }

  private boolean targetIsIntact(ExternalSecret spec)
      throws ObjectsException, MalformedObjectException {
    switch (spec.creationPolicy()) {
      case Orphan, None -> {
        return true;
      }
      case Owner, Merge, CreateOrMerge -> {}
    }
    if (spec.manifest().isPresent()) {
      return objectIsIntact(spec);
    }
    Ref target = spec.target();
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

  private boolean objectIsIntact(ExternalSecret spec)
      throws ObjectsException, MalformedObjectException {
    Optional<KubeObject> found = objects.get(spec.target());
    return found.isEmpty()
        ? spec.creationPolicy() == ExternalSecret.CreationPolicy.Merge
        : WantedObject.intact(found.get());
  }
}
