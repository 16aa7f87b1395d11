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
import dev.signet.delivery.store.Searchable;
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

  private final Fetching fetching;
  private final Evidence evidence;
  private final Ref resource;

  Fetch(Fetching fetching, Evidence evidence, Ref resource) {
    this.fetching = fetching;
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
        from(spec, i, open, result);
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

  private void from(ExternalSecret spec, int index, Map<Ref, SecretStore> open, Material result)
      throws StoreException, ShapeException, ObjectsException, MalformedObjectException {
    ExternalSecret.Source source = spec.dataFrom().get(index);
    String where =
        "error processing spec.dataFrom["
            + index
            + "]."
            + switch (source) {
              case ExternalSecret.Source.Extract _ -> "extract";
              case ExternalSecret.Source.Find _ -> "find";
              case ExternalSecret.Source.Generate _ -> "sourceRef.generatorRef";
            }
            + ", err: ";
    try {
      Material fetched =
          switch (source) {
            case ExternalSecret.Source.Extract extract ->
                shaped(
                    store(spec, extract.store(), open).fetchMap(extract.ref()),
                    source,
                    extract.treatment());
            case ExternalSecret.Source.Find find ->
                shaped(find(spec, find, open), source, find.treatment());
            case ExternalSecret.Source.Generate generate ->
                Shape.validKeys(
                    Rewrite.all(
                        source.rewrites(),
                        fetching
                            .generating()
                            .generate(generate.generator(), spec.metadata().namespace()),
                        fetching.templates()));
          };
      result.putAll(fetched);
    } catch (StoreException e) {
      missingOrThrow(spec, missing(source, index), where, e);
    } catch (ShapeException e) {
      throw new ShapeException(where + e.getMessage());
    }
  }

  private Material find(
      ExternalSecret spec, ExternalSecret.Source.Find find, Map<Ref, SecretStore> open)
      throws StoreException, ObjectsException, MalformedObjectException {
    SecretStore store = store(spec, find.store(), open);
    Searchable searchable =
        store
            .searching()
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.Malformed(),
                        "error getting all secrets: this store cannot be searched; name the keys"
                            + " instead"));
    try {
      return searchable.find(find.search());
    } catch (StoreException e) {
      throw new StoreException(e.problem(), "error getting all secrets: " + e.getMessage());
    }
  }

  /** Names first, then values: where names are rewritten they are not converted. */
  private Material shaped(
      Material fetched, ExternalSecret.Source source, ExternalSecret.Treatment treatment)
      throws ShapeException, ObjectsException {
    Material named =
        source.rewrites().isEmpty()
            ? Shape.convertKeys(fetched, treatment.conversion())
            : Rewrite.all(source.rewrites(), fetched, fetching.templates());
    return treated(Shape.validKeys(named), treatment);
  }

  private static String missing(ExternalSecret.Source source, int index) {
    String what = "secret does not exist at provider using spec.dataFrom[" + index + "]";
    return source instanceof ExternalSecret.Source.Extract extract
        ? what + " (key=" + extract.ref().key() + ")"
        : what;
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
      missingOrThrow(
          spec,
          "secret does not exist at provider using spec.dataFrom["
              + index
              + "] (key="
              + datum.ref().key()
              + ")",
          where,
          e);
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
  private void missingOrThrow(ExternalSecret spec, String event, String where, StoreException e)
      throws StoreException {
    if (e.problem() instanceof Problem.NotFound
        && spec.deletionPolicy() != ExternalSecret.DeletionPolicy.Retain) {
      evidence.event(Event.normal(resource, "MissingProviderSecret", event));
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
      store = fetching.stores().openFor(resource, ref);
      open.put(ref, store);
    }
    return store;
  }
}
