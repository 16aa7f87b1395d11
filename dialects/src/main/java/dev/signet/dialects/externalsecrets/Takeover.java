package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
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
 * What would happen to an object if this program became its controller now: nothing, where
 * upstream's status and a Secret's hash say that all is as it should be. It asks no store and
 * writes nothing.
 */
public final class Takeover {

  /** What would happen. */
  public enum Kind {
    /** Its values would be fetched, and written where they differ. */
    FETCH,
    /** Its values would be compared with those in its stores, and pushed where they differ. */
    PUSH,
    /** Objects in namespaces would be made, changed or deleted. */
    WRITE,
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

  /** Events of what is not done are told to nobody. */
  private static final Evidence SILENT =
      new Evidence() {
        @Override
        public void event(Event event) {}

        @Override
        public Optional<Delivery> delivery(Ref resource, Ref target) {
          return Optional.empty();
        }

        @Override
        public void delivered(Delivery delivery) {}
      };

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

  /** The kinds that it looks at. */
  public static List<GroupKind> kinds() {
    return List.of(
        ExternalSecret.KIND,
        PushSecret.KIND,
        FanOut.Of.EXTERNAL_SECRETS.kind(),
        FanOut.Of.PUSH_SECRETS.kind());
  }

  /** Nothing for an object that is somebody else's by its controller class, or that is going. */
  public List<Finding> look(KubeObject object) throws ObjectsException {
    if (Finalizers.going(object)) {
      return List.of();
    }
    try {
      return switch (object.ref().kind().kind()) {
        case "ExternalSecret" -> external(object, ExternalSecret.of(object));
        case "PushSecret" -> push(object, PushSecret.of(object));
        case "ClusterExternalSecret" -> fannedOut(object, FanOut.Of.EXTERNAL_SECRETS);
        case "ClusterPushSecret" -> fannedOut(object, FanOut.Of.PUSH_SECRETS);
        default -> List.of();
      };
    } catch (MalformedObjectException e) {
      return List.of(refusal(object, e.getMessage()));
    }
  }

  private List<Finding> external(KubeObject object, ExternalSecret spec)
      throws ObjectsException, MalformedObjectException {
    List<Finding> found = new ArrayList<>();
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
    return found;
  }

  private List<Finding> push(KubeObject object, PushSecret spec)
      throws ObjectsException, MalformedObjectException {
    List<Finding> found = new ArrayList<>();
    boolean ours = false;
    for (PushSecret.StoreChoice choice : spec.stores()) {
      Optional<KubeObject> store =
          choice.labels().isPresent()
              ? Optional.empty()
              : objects.get(
                  new StoreRef(choice.name(), choice.clusterWide()).in(object.ref().namespace()));
      if (store.isEmpty()) {
        // Chosen by labels, or missing: when it is pushed, that is seen.
        ours = true;
      } else if (Stores.managed(store.get())) {
        ours = true;
        refused(store.get())
            .ifPresent(why -> found.add(refusal(object, store.get().ref() + ": " + why)));
      }
    }
    if (ours && found.isEmpty() && PushSecretController.due(object, spec, clock)) {
      found.add(new Finding(object.ref(), Kind.PUSH, "it is due, or changed since it was synced"));
    }
    return found;
  }

  private List<Finding> fannedOut(KubeObject object, FanOut.Of of)
      throws ObjectsException, MalformedObjectException {
    // What cannot be read the controller says in a status, which is not looked at here.
    FanOut.of(of, object);
    Rehearsal rehearsal = new Rehearsal(objects);
    var _ = FanOutController.of(of, rehearsal, SILENT).reconcile(object.ref());
    return rehearsal.written().stream()
        .map(each -> new Finding(object.ref(), Kind.WRITE, each))
        .toList();
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
