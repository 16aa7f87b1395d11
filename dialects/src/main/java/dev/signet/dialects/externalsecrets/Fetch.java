package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.Shape;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the values of one ExternalSecret: {@code dataFrom} in order, then {@code data} in order,
 * later ones winning. All or nothing, but for values that do not exist: those are left out where
 * the deletion policy says so.
 */
final class Fetch {

  private final Stores stores;
  private final Evidence evidence;
  private final Ref resource;

  Fetch(Stores stores, Evidence evidence, Ref resource) {
    this.stores = stores;
    this.evidence = evidence;
    this.resource = resource;
  }

  /** The caller closes the material. */
  Material all(ExternalSecret spec)
      throws StoreException, ShapeException, ObjectsException, MalformedObjectException {
    Map<Ref, SecretStore> open = new HashMap<>();
    Material result = new Material();
    boolean complete = false;
    try {
      for (int i = 0; i < spec.dataFrom().size(); i++) {
        extract(spec, i, open, result);
      }
      for (int i = 0; i < spec.data().size(); i++) {
        datum(spec, i, open, result);
      }
      complete = true;
      return result;
    } finally {
      if (!complete) {
        result.close();
      }
      open.values().forEach(SecretStore::close);
    }
  }

  private void extract(ExternalSecret spec, int index, Map<Ref, SecretStore> open, Material result)
      throws StoreException, ShapeException, ObjectsException, MalformedObjectException {
    ExternalSecret.Extract extract = spec.dataFrom().get(index);
    String where = "error processing spec.dataFrom[" + index + "].extract, err: ";
    try {
      Material fetched = store(spec, extract.store(), open).fetchMap(extract.ref());
      fetched = Shape.convertKeys(fetched, extract.treatment().conversion());
      fetched = Shape.validKeys(fetched);
      result.putAll(treated(fetched, extract.treatment()));
    } catch (StoreException e) {
      missingOrThrow(spec, index, extract.ref().key(), where, e);
    } catch (ShapeException e) {
      throw new ShapeException(where + e.getMessage());
    }
  }

  private void datum(ExternalSecret spec, int index, Map<Ref, SecretStore> open, Material result)
      throws StoreException, ShapeException, ObjectsException, MalformedObjectException {
    ExternalSecret.Datum datum = spec.data().get(index);
    String where =
        "error processing spec.data[" + index + "] (key: " + datum.ref().key() + "), err: ";
    try {
      Item item = store(spec, datum.store(), open).fetch(datum.ref());
      Material fetched = new Material();
      fetched.put(datum.secretKey(), item);
      result.putAll(treated(Shape.validKeys(fetched), datum.treatment()));
    } catch (StoreException e) {
      missingOrThrow(spec, index, datum.ref().key(), where, e);
    } catch (ShapeException e) {
      throw new ShapeException(where + e.getMessage());
    }
  }

  private static Material treated(Material fetched, ExternalSecret.Treatment treatment)
      throws ShapeException {
    Material decoded = Shape.decode(fetched, treatment.decoding());
    return switch (treatment.nullBytes()) {
      case Ignore -> decoded;
      case Fail -> Shape.withoutNullBytes(decoded);
    };
  }

  /** A value that does not exist is no error when the policy is to drop what the store dropped. */
  private void missingOrThrow(
      ExternalSecret spec, int index, String key, String where, StoreException e)
      throws StoreException {
    if (e.problem() instanceof Problem.NotFound
        && spec.deletionPolicy() != ExternalSecret.DeletionPolicy.Retain) {
      evidence.event(
          Event.normal(
              resource,
              "MissingProviderSecret",
              "secret does not exist at provider using spec.dataFrom["
                  + index
                  + "] (key="
                  + key
                  + ")"));
      return;
    }
    throw new StoreException(e.problem(), where + e.getMessage());
  }

  private SecretStore store(
      ExternalSecret spec, Optional<StoreRef> chosen, Map<Ref, SecretStore> open)
      throws StoreException, ObjectsException, MalformedObjectException {
    StoreRef name =
        chosen
            .or(spec::store)
            .orElseThrow(() -> new MalformedObjectException("spec.secretStoreRef is required"));
    Ref ref = name.in(spec.metadata().namespace());
    SecretStore store = open.get(ref);
    if (store == null) {
      store = stores.open(ref);
      open.put(ref, store);
    }
    return store;
  }
}
