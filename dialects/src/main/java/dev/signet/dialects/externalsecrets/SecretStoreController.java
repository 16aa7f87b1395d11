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
import dev.signet.delivery.store.StoreException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Says in a store's status whether it can be opened. Delivers nothing. */
public final class SecretStoreController implements Controller {

  private static final String INVALID = "InvalidProviderConfig";

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
    try {
      try {
        stores.open(store).close();
        write(store, true, "Valid", "store validated");
        return new Outcome.Done();
      } catch (StoreException e) {
        evidence.event(Event.warning(ref, INVALID, e.getMessage()));
        write(store, false, INVALID, "unable to create client");
        return new Outcome.Retry(INVALID, e.getMessage());
      }
    } catch (MalformedObjectException e) {
      evidence.event(Event.warning(ref, INVALID, e.getMessage()));
      writeMalformed(store);
      return new Outcome.Stalled(INVALID, e.getMessage());
    }
  }

  private void write(KubeObject store, boolean ready, String reason, String message)
      throws ObjectsException, MalformedObjectException {
    Map<String, Object> condition =
        ReadyStatus.condition(store, ready, reason, message, clock.instant());
    Map<String, Object> status = ReadyStatus.status(store, condition);
    if (ready) {
      status.put("capabilities", "ReadOnly");
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
