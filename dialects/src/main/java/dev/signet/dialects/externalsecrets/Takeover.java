package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What would happen to an ExternalSecret if this program became its controller now: nothing, where
 * upstream's status and its Secret's hash say that all is as it should be. It asks no store and
 * writes nothing.
 */
public final class Takeover {

  /** What would happen. */
  public enum Kind {
    /** Its values would be fetched, and written where they differ. */
    FETCH,
    /** It could not be delivered, and its Secret would stay as it is. */
    REFUSAL,
    /** A finalizer of upstream is there, which is taken away when its object is deleted. */
    FINALIZER
  }

  /**
   * One thing that would happen.
   *
   * @param why names and times, never a value
   */
  public record Finding(Ref about, Kind kind, String why) {}

  private final Objects objects;
  private final Stores stores;
  private final InstantSource clock;
  private final Refresh refresh;

  public Takeover(Objects objects, Stores stores, InstantSource clock) {
    this.objects = objects;
    this.stores = stores;
    this.clock = clock;
    this.refresh = Refresh.whenDue(objects, clock);
  }

  /** Nothing for an object that is somebody else's by its controller class, or that is going. */
  public List<Finding> look(KubeObject object) throws ObjectsException {
    List<Finding> found = new ArrayList<>();
    if (Finalizers.going(object)) {
      return found;
    }
    try {
      ExternalSecret spec = ExternalSecret.of(object);
      for (StoreRef each : spec.stores()) {
        Ref ref = each.in(object.ref().namespace());
        Optional<KubeObject> store = objects.get(ref);
        if (store.isPresent()) {
          if (!Stores.managed(store.get())) {
            return List.of();
          }
          refused(store.get()).ifPresent(why -> found.add(refusal(object, ref + ": " + why)));
        }
      }
      if (found.isEmpty() && refresh.due(object, spec)) {
        found.add(new Finding(object.ref(), Kind.FETCH, why(object, spec)));
      }
    } catch (MalformedObjectException e) {
      found.add(refusal(object, e.getMessage()));
    }
    return found;
  }

  private static Finding refusal(KubeObject object, String why) {
    return new Finding(object.ref(), Kind.REFUSAL, why);
  }

  private Optional<String> refused(KubeObject store) {
    try {
      var _ = stores.capabilities(store);
      return Optional.empty();
    } catch (MalformedObjectException e) {
      return Optional.of(e.getMessage());
    }
  }

  private String why(KubeObject object, ExternalSecret spec) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    String synced = status.isEmpty() ? "" : status.get().string("syncedResourceVersion").orElse("");
    if (synced.isEmpty()) {
      return "it was never synced";
    }
    if (!synced.equals(Refresh.resourceVersion(spec))) {
      return "it changed since it was synced, or was synced by a version that hashes otherwise";
    }
    String last = status.orElseThrow().string("refreshTime").orElse("");
    try {
      Instant refreshed = Instant.parse(last);
      if (refreshed.isAfter(clock.instant())) {
        return "its last refresh is in the future";
      }
      Duration late = Duration.between(refreshed.plus(spec.refreshInterval()), clock.instant());
      if (!late.isNegative()) {
        return "its refresh has been due for " + late.toSeconds() + " seconds";
      }
    } catch (DateTimeException | ArithmeticException e) {
      return "its last refresh has no time";
    }
    return "its Secret is missing or not as its annotation says";
  }

  /** Upstream's finalizers on namespaces and on objects of its kinds. */
  public static Optional<Finding> finalizer(KubeObject object) {
    if (!(object.tree().get("metadata") instanceof Map<?, ?> metadata)
        || !(metadata.get("finalizers") instanceof List<?> finalizers)) {
      return Optional.empty();
    }
    return finalizers.stream()
        .map(String::valueOf)
        .filter(
            each ->
                each.startsWith(Finalizers.OF_NAMESPACES)
                    || each.equals(Finalizers.EXTERNAL_SECRET)
                    || each.equals(Finalizers.STORE)
                    || each.equals(Finalizers.CLUSTER_EXTERNAL_SECRET))
        .findFirst()
        .map(each -> new Finding(object.ref(), Kind.FINALIZER, each));
  }
}
