package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.Shape;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Collects the values of one ExternalSecret: {@code dataFrom} in order, then {@code data} in order,
 * later ones winning. All or nothing, but for values that do not exist: those are left out where
 * the deletion policy or an annotation says so ({@link Leniency}).
 *
 * <p>The first entry that fails fails the whole, as upstream has it. The entries after it are asked
 * for all the same, some of them, to say of each whether it fails too; but no generator runs, and a
 * store that did not answer is not asked again.
 */
final class Fetch {

  /** So many entries are looked at after the first that failed. */
  private static final int MOST_AFTER_FAILURE = 20;

  private final Fetching fetching;
  private final Round round;
  private final Evidence evidence;
  private final Ref resource;
  private final KeyNotes notes = new KeyNotes();
  private final Map<Ref, SecretStore> open = new HashMap<>();
  private final Map<Ref, StoreException> silent = new HashMap<>();
  private final Map<Ref, StoreException> unopened = new HashMap<>();
  private final Together together = new Together();
  private final List<StoreException> failures = new ArrayList<>();
  private final Map<String, String> absent = new LinkedHashMap<>();
  private int afterFailure;

  Fetch(Fetching fetching, Round round, Evidence evidence, Ref resource) {
    this.fetching = fetching;
    this.round = round;
    this.evidence = evidence;
    this.resource = resource;
  }

  /** What came of single keys. */
  KeyNotes notes() {
    return notes;
  }

  /** To be called once. The caller closes the material. */
  Material all(ExternalSecret spec)
      throws StoreException, ObjectsException, MalformedObjectException {
    Material result = new Material();
    boolean complete = false;
    try {
      readTogether(spec);
      for (int i = 0; i < spec.dataFrom().size(); i++) {
        int index = i;
        unlessFailed(Leniency.from(i), () -> from(spec, index, result));
      }
      for (int i = 0; i < spec.data().size(); i++) {
        int index = i;
        unlessFailed(spec.data().get(i).secretKey(), () -> datum(spec, index, result));
      }
      if (!failures.isEmpty()) {
        throw failures.getFirst();
      }
      fillIn(spec, result);
      complete = true;
      return result;
    } finally {
      if (!complete) {
        result.close();
      }
      together.close();
      open.values().forEach(SecretStore::close);
    }
  }

  /** Of stores that several entries name. What fails is told where the first of them is. */
  private void readTogether(ExternalSecret spec) throws ObjectsException {
    Map<Ref, Set<RemoteRef>> wanted = new LinkedHashMap<>();
    for (ExternalSecret.Source source : spec.dataFrom()) {
      if (source instanceof ExternalSecret.Source.Extract extract) {
        want(spec, extract.store(), extract.ref(), wanted);
      }
    }
    for (ExternalSecret.Datum datum : spec.data()) {
      want(spec, datum.store(), datum.ref(), wanted);
    }
    for (Map.Entry<Ref, Set<RemoteRef>> each : wanted.entrySet()) {
      if (each.getValue().size() > 1) {
        try {
          together.read(store(each.getKey()), each.getValue());
        } catch (StoreException e) {
          unopened.put(each.getKey(), e);
        }
      }
    }
  }

  private static void want(
      ExternalSecret spec, Optional<StoreRef> own, RemoteRef ref, Map<Ref, Set<RemoteRef>> wanted) {
    own.or(spec::store)
        .ifPresent(
            store ->
                wanted
                    .computeIfAbsent(
                        store.in(spec.metadata().namespace()), _ -> new LinkedHashSet<>())
                    .add(ref));
  }

  @FunctionalInterface
  private interface Looking {
    void run() throws ObjectsException, MalformedObjectException;
  }

  /** What ends everything does not, once an entry has failed: that one is what is to be told. */
  private void unlessFailed(String entry, Looking looking)
      throws ObjectsException, MalformedObjectException {
    try {
      looking.run();
    } catch (ObjectsException | MalformedObjectException e) {
      if (failures.isEmpty()) {
        throw e;
      }
      notes.failed(entry, String.valueOf(e.getMessage()));
    }
  }

  private void from(ExternalSecret spec, int index, Material result)
      throws ObjectsException, MalformedObjectException {
    ExternalSecret.Source source = spec.dataFrom().get(index);
    String what = "secret does not exist at provider using spec.dataFrom[" + index + "]";
    String where = "error processing spec.dataFrom[" + index + "].";
    switch (source) {
      case ExternalSecret.Source.Extract extract ->
          entry(
              spec,
              new Entry(
                  Leniency.from(index),
                  where + "extract, err: ",
                  what + " (key=" + extract.ref().key() + ")",
                  extract.store()),
              store -> shaped(together.fetchMap(store, extract.ref()), source, extract.treatment()),
              result);
      case ExternalSecret.Source.Find find ->
          entry(
              spec,
              new Entry(Leniency.from(index), where + "find, err: ", what, find.store()),
              store -> shaped(find(store, find), source, find.treatment()),
              result);
      case ExternalSecret.Source.Generate generate -> {
        if (failures.isEmpty()) {
          generated(spec, index, where + "sourceRef.generatorRef, err: ", generate, result);
        }
      }
    }
  }

  private void generated(
      ExternalSecret spec,
      int index,
      String where,
      ExternalSecret.Source.Generate generate,
      Material result)
      throws ObjectsException, MalformedObjectException {
    Entry entry =
        new Entry(
            Leniency.from(index),
            where,
            "secret does not exist at provider using spec.dataFrom[" + index + "]",
            Optional.empty());
    try {
      result.putAll(
          Shape.validKeys(
              Rewrite.all(
                  generate.rewrites(),
                  round.generate(generate.generator(), Integer.toString(index)),
                  fetching.templates())));
    } catch (StoreException e) {
      if (!missing(spec, entry, e)) {
        failed(entry, e.problem(), Optional.empty(), e.getMessage());
      }
    } catch (ShapeException e) {
      failed(entry, new Problem.Malformed(), Optional.empty(), String.valueOf(e.getMessage()));
    }
  }

  private static Material find(SecretStore store, ExternalSecret.Source.Find find)
      throws StoreException {
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

  private void datum(ExternalSecret spec, int index, Material result)
      throws ObjectsException, MalformedObjectException {
    ExternalSecret.Datum datum = spec.data().get(index);
    String key = datum.ref().key();
    entry(
        spec,
        new Entry(
            datum.secretKey(),
            "error processing spec.data[" + index + "] (key: " + key + "), err: ",
            "secret does not exist at provider using spec.dataFrom["
                + index
                + "] (key="
                + key
                + ")",
            datum.store()),
        store -> {
          Material fetched = new Material();
          fetched.put(datum.secretKey(), together.fetch(store, datum.ref()));
          return treated(Shape.validKeys(fetched), datum.treatment());
        },
        result);
  }

  private static Material treated(Material fetched, ExternalSecret.Treatment treatment)
      throws ShapeException {
    Material decoded = Shape.decode(fetched, treatment.decoding());
    return switch (treatment.nullBytes()) {
      case Ignore -> decoded;
      case Fail -> Shape.withoutNullBytes(decoded);
    };
  }

  /**
   * One entry of the ExternalSecret.
   *
   * @param name how it is called when something is said of it
   * @param where how upstream begins what it says of a failure
   * @param missing what upstream says when its value does not exist
   * @param store the one that it names itself
   */
  private record Entry(String name, String where, String missing, Optional<StoreRef> store) {}

  @FunctionalInterface
  private interface Asking {
    Material of(SecretStore store) throws StoreException, ShapeException, ObjectsException;
  }

  /** Asks the stores of an entry, one after the other until one answers. */
  private void entry(ExternalSecret spec, Entry entry, Asking asking, Material result)
      throws ObjectsException, MalformedObjectException {
    if (!failures.isEmpty() && ++afterFailure > MOST_AFTER_FAILURE) {
      notes.failed(entry.name(), "not asked for, after others failed");
      return;
    }
    Optional<StoreRef> usual = entry.store().or(spec::store);
    List<StoreRef> stores = new ArrayList<>();
    stores.add(
        usual.orElseThrow(() -> new MalformedObjectException("spec.secretStoreRef is required")));
    if (usual.equals(spec.store())) {
      stores.addAll(spec.leniency().fallbacks());
    }
    Map<StoreRef, StoreException> why = new LinkedHashMap<>();
    try {
      for (StoreRef each : stores) {
        Ref ref = each.in(spec.metadata().namespace());
        try {
          result.putAll(asking.of(store(ref)));
          if (!why.isEmpty()) {
            notes.substituted(entry.name(), "from " + each + ", " + said(why));
          }
          return;
        } catch (StoreException e) {
          why.put(each, e);
          if (e.problem() instanceof Problem.Unreachable
              || e.problem() instanceof Problem.Throttled) {
            silent.putIfAbsent(ref, e);
          }
          if (!spec.leniency().goesOn(e.problem())) {
            break;
          }
        }
      }
      none(spec, entry, why);
    } catch (ShapeException e) {
      failed(entry, new Problem.Malformed(), usual, String.valueOf(e.getMessage()));
    }
  }

  private static String said(Map<StoreRef, StoreException> why) {
    List<String> each = new ArrayList<>();
    why.forEach((store, e) -> each.add(KeyNotes.why(store, e)));
    return String.join("; ", each);
  }

  /**
   * No store gave it. It does not exist only if all that were asked say so: what one that was not
   * reached holds is not known.
   */
  private void none(ExternalSecret spec, Entry entry, Map<StoreRef, StoreException> why) {
    StoreException decisive =
        why.values().stream()
            .filter(e -> !(e.problem() instanceof Problem.NotFound))
            .findFirst()
            .orElseGet(() -> why.values().iterator().next());
    if (decisive.problem() instanceof Problem.NotFound
        && spec.leniency().mayBeAbsent(entry.name())) {
      absent.put(entry.name(), said(why));
    } else if (!missing(spec, entry, decisive)) {
      notes.failed(entry.name(), said(why));
      String text = why.size() == 1 ? decisive.getMessage() : said(why);
      failures.add(new StoreException(decisive.problem(), entry.where() + text));
    }
  }

  private void failed(Entry entry, Problem problem, Optional<StoreRef> store, String text) {
    notes.failed(entry.name(), KeyNotes.why(problem, store, text));
    failures.add(new StoreException(problem, entry.where() + text));
  }

  /** A value that does not exist is no error when the policy is to drop what the store dropped. */
  private boolean missing(ExternalSecret spec, Entry entry, StoreException e) {
    boolean dropped =
        e.problem() instanceof Problem.NotFound
            && spec.deletionPolicy() != ExternalSecret.DeletionPolicy.Retain;
    if (dropped && failures.isEmpty()) {
      evidence.event(Event.normal(resource, "MissingProviderSecret", entry.missing()));
    }
    return dropped;
  }

  /** What nobody brought and has a default gets it. */
  private void fillIn(ExternalSecret spec, Material result) {
    String source = "default in " + resource.kind().kind() + "/" + resource.path();
    spec.leniency()
        .defaults()
        .forEach(
            (key, text) -> {
              if (result.get(key).isEmpty()) {
                SecretBytes value = SecretBytes.ofText(CharBuffer.wrap(text));
                result.put(key, new Item(value, Origin.of(source, key)));
                String why = absent.remove(key);
                notes.substituted(key, why == null ? "by default" : "by default, " + why);
              }
            });
    absent.forEach(
        (entry, why) -> {
          if (result.get(entry).isEmpty()) {
            notes.substituted(entry, "left out, " + why);
          }
        });
  }

  private SecretStore store(Ref ref) throws StoreException, ObjectsException {
    StoreException first = unopened.remove(ref);
    if (first != null) {
      throw first;
    }
    StoreException before = silent.get(ref);
    if (before != null) {
      throw new StoreException(before.problem(), "not asked again: " + before.getMessage());
    }
    SecretStore store = open.get(ref);
    if (store == null) {
      store = fetching.stores().openFor(resource, ref);
      open.put(ref, store);
    }
    return store;
  }
}
