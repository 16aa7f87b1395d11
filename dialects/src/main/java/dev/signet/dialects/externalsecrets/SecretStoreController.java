package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says in a store's status whether it can be opened. Delivers nothing. */
public final class SecretStoreController implements Controller {

  private static final String INVALID = "InvalidProviderConfig";

  private static final Duration USUAL_INTERVAL = Duration.ofMinutes(5);

  private final GroupKind kind;
  private final Objects objects;
  private final Evidence evidence;
  private final Stores stores;
  private final InstantSource clock;

  private SecretStoreController(
      GroupKind kind, Objects objects, Evidence evidence, Stores stores, InstantSource clock) {
    this.kind = kind;
    this.objects = objects;
    this.evidence = evidence;
    this.stores = stores;
    this.clock = clock;
  }

  public static SecretStoreController namespaced(
      Objects objects, Evidence evidence, Stores stores, InstantSource clock) {
    return new SecretStoreController(StoreRef.STORE, objects, evidence, stores, clock);
  }

  public static SecretStoreController clusterWide(
      Objects objects, Evidence evidence, Stores stores, InstantSource clock) {
    return new SecretStoreController(StoreRef.CLUSTER_STORE, objects, evidence, stores, clock);
  }

  @Override
  public GroupKind kind() {
    return kind;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      return new Outcome.Done();
    }
    KubeObject store = found.get();
    if (Finalizers.going(store)) {
      release(store);
      return new Outcome.Done();
    }
    try {
      return Stores.managed(store) ? validate(store) : new Outcome.Done();
    } catch (MalformedObjectException e) {
      evidence.event(Event.warning(ref, INVALID, e.getMessage()));
      writeMalformed(store);
      return new Outcome.Stalled(INVALID, e.getMessage());
    }
  }

  /**
   * A finalizer that upstream set on a store is taken away when nothing that was pushed there waits
   * for the store to delete it.
   */
  private void release(KubeObject store) throws ObjectsException {
    String key = store.ref().kind().kind() + "/" + store.ref().name();
    if (!Finalizers.has(store, Finalizers.STORE)) {
      return;
    }
    for (KubeObject push : objects.list(PushSecret.KIND)) {
      boolean near =
          store.ref().namespace().isEmpty()
              || store.ref().namespace().equals(push.ref().namespace());
      if (near
          && Finalizers.has(push, Finalizers.PUSH_SECRET)
          && Synced.of(push).tree().containsKey(key)) {
        return;
      }
    }
    Finalizers.remove(objects, store, Finalizers.STORE);
  }

  private Outcome validate(KubeObject store) throws ObjectsException, MalformedObjectException {
    Outcome again = again(store);
    SecretStore opened;
    try {
      opened = stores.open(store);
    } catch (StoreException e) {
      return invalid(store, "unable to create client", e);
    }
    try (opened) {
      switch (opened.validate()) {
        case READY -> write(store, true, "Valid", "store validated");
        case UNKNOWN ->
            write(store, true, "ValidationUnknown", "could not determine validation status");
      }
      return again;
    } catch (StoreException e) {
      return invalid(store, "unable to validate store", e);
    }
  }

  private Outcome invalid(KubeObject store, String message, StoreException e)
      throws ObjectsException, MalformedObjectException {
    evidence.event(Event.warning(store.ref(), INVALID, e.getMessage()));
    write(store, false, INVALID, message);
    return new Outcome.Retry(INVALID, e.getMessage());
  }

  /** Looked at again after its own interval, or the usual one. */
  private static Outcome again(KubeObject store) throws MalformedObjectException {
    return new Outcome.After(Stores.refreshInterval(store.spec()).orElse(USUAL_INTERVAL));
  }

  /** A store is looked at again when something that it reads changes. */
  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (changed.kind().equals(kind)) {
      if (objects.get(changed).isPresent()) {
        stores.repaired(changed);
      } else {
        stores.gone(changed);
      }
    }
    stores.reading(changed).forEach(stores::repaired);
    return stores.reading(changed).stream().filter(ref -> ref.kind().equals(kind)).toList();
  }

  private void write(KubeObject store, boolean ready, String reason, String message)
      throws ObjectsException, MalformedObjectException {
    Map<String, Object> condition =
        ReadyStatus.condition(store, ready, reason, message, clock.instant());
    Map<String, Object> status = ReadyStatus.status(store, condition);
    if (ready) {
      status.put("capabilities", stores.capabilities(store).name());
    }
    objects.updateStatus(store.ref(), status);
  }

  private void writeMalformed(KubeObject store) throws ObjectsException {
    try {
      write(store, false, INVALID, "unable to create client");
    } catch (MalformedObjectException e) {
      // Its own status is what cannot be read: start over with a new one.
      objects.updateStatus(store.ref(), Map.of());
    }
  }
}
