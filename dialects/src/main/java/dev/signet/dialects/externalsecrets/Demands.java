package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the objects of a place ask of stores and of generators, as far as they say so themselves: no
 * store is asked and no Secret is read. Who sets up a back end needs to know it.
 */
public final class Demands {

  /** One thing that is asked of a store. */
  public sealed interface Demand {
    /** A value, or what is kept about it. */
    record Read(RemoteRef ref) implements Demand {}

    /** All that a search finds. */
    record Find(Search search) implements Demand {}

    /**
     * A place that is written.
     *
     * @param deletes whether it is also deleted again
     */
    record Push(String key, boolean deletes) implements Demand {}

    /** Places whose names are keys of a Secret, or made of them. */
    record PushAny(boolean deletes) implements Demand {}
  }

  /**
   * A store that is asked.
   *
   * @param configuration what stands under the name of its provider
   * @param user the namespace that it is asked for
   * @param by who asks
   */
  public record OfStore(Ref store, Fields configuration, String user, Ref by, Demand demand) {}

  /**
   * A generator that is asked.
   *
   * @param spec of what generates, also where a ClusterGenerator wraps it
   * @param user the namespace that it is asked for
   * @param by who asks; the generator itself where nobody does
   */
  public record OfGenerator(Ref generator, Fields spec, String user, Ref by) {}

  /**
   * All of it.
   *
   * @param unknown what could not be told, and why: for people
   */
  public record Found(List<OfStore> stores, List<OfGenerator> generators, List<String> unknown) {}

  private final Objects objects;
  private final String provider;
  private final String kind;
  private final List<OfStore> stores = new ArrayList<>();
  private final List<OfGenerator> generators = new ArrayList<>();
  private final Set<Ref> used = new TreeSet<>();
  private final Set<String> unknown = new LinkedHashSet<>();

  private Demands(Objects objects, String provider, String kind) {
    this.objects = objects;
    this.provider = provider;
    this.kind = kind;
  }

  /**
   * What is asked of one back end.
   *
   * @param provider of the stores
   * @param kind of the generators; those that nobody uses are looked at as well
   */
  public static Found of(Objects objects, String provider, String kind)
      throws ObjectsException, MalformedObjectException {
    Demands demands = new Demands(objects, provider, kind);
    for (KubeObject each : objects.list(ExternalSecret.KIND)) {
      demands.external(each, each.ref());
    }
    for (KubeObject each : objects.list(PushSecret.KIND)) {
      demands.push(each, each.ref());
    }
    for (FanOut.Of of : FanOut.Of.values()) {
      for (KubeObject each : objects.list(of.kind())) {
        demands.fannedOut(of, each);
      }
    }
    for (KubeObject each : objects.list(new GroupKind(GeneratorRef.GROUP, kind))) {
      if (!demands.used.contains(each.ref())) {
        demands.generators.add(
            new OfGenerator(each.ref(), each.spec(), each.ref().namespace(), each.ref()));
      }
    }
    for (GroupKind stores : List.of(StoreRef.STORE, StoreRef.CLUSTER_STORE)) {
      for (KubeObject each : objects.list(stores)) {
        if (!demands.used.contains(each.ref()) && demands.configuration(each).isPresent()) {
          demands.unknown.add("nobody among these manifests uses " + each.ref());
        }
      }
    }
    return new Found(demands.stores, demands.generators, List.copyOf(demands.unknown));
  }

  private static MalformedObjectException at(Ref ref, MalformedObjectException e) {
    return new MalformedObjectException(ref + ": " + e.getMessage());
  }

  private void external(KubeObject object, Ref by)
      throws ObjectsException, MalformedObjectException {
    ExternalSecret spec;
    try {
      spec = ExternalSecret.of(object);
    } catch (MalformedObjectException e) {
      throw at(by, e);
    }
    String namespace = object.ref().namespace();
    for (ExternalSecret.Datum datum : spec.data()) {
      asks(spec, datum.store(), namespace, by, new Demand.Read(datum.ref()));
    }
    for (ExternalSecret.Source source : spec.dataFrom()) {
      switch (source) {
        case ExternalSecret.Source.Extract extract ->
            asks(spec, extract.store(), namespace, by, new Demand.Read(extract.ref()));
        case ExternalSecret.Source.Find find ->
            asks(spec, find.store(), namespace, by, new Demand.Find(find.search()));
        case ExternalSecret.Source.Generate generate ->
            generates(generate.generator(), namespace, by);
      }
    }
  }

  /** An entry with a store of its own has no other; one without falls back. */
  private void asks(
      ExternalSecret spec, Optional<StoreRef> own, String namespace, Ref by, Demand demand)
      throws ObjectsException, MalformedObjectException {
    Optional<StoreRef> first = own.or(spec::store);
    if (first.isPresent()) {
      asks(first.get().in(namespace), namespace, by, demand);
    }
    if (own.isEmpty()) {
      for (StoreRef fallback : spec.leniency().fallbacks()) {
        asks(fallback.in(namespace), namespace, by, demand);
      }
    }
  }

  private void asks(Ref ref, String namespace, Ref by, Demand demand)
      throws ObjectsException, MalformedObjectException {
    Optional<KubeObject> store = objects.get(ref);
    if (store.isEmpty()) {
      unknown.add(ref + ", which " + by + " uses, is not among these manifests");
    } else {
      asks(store.get(), namespace, by, demand);
    }
  }

  private void asks(KubeObject store, String namespace, Ref by, Demand demand)
      throws ObjectsException, MalformedObjectException {
    Ref ref = store.ref();
    try {
      Optional<Fields> configuration = configuration(store);
      if (configuration.isEmpty()) {
        return;
      }
      used.add(ref);
      ExternalSecret.requireVersion(store);
      if (!Stores.managed(store)) {
        unknown.add(ref + " is of another controller class, so " + by + " gets nothing from it");
        return;
      }
      StoreConditions conditions = StoreConditions.of(store.spec());
      if (ref.kind().equals(StoreRef.CLUSTER_STORE)
          && !conditions.entries().isEmpty()
          && !conditions.allow(namespace, NamespaceList.labels(objects, namespace))) {
        unknown.add(
            ref + " lets no namespace " + namespace + " use it, so " + by + " gets nothing");
        return;
      }
      stores.add(new OfStore(ref, configuration.get(), namespace, by, demand));
    } catch (MalformedObjectException e) {
      throw at(ref, e);
    }
  }

  /** Empty for a store of another provider. */
  private Optional<Fields> configuration(KubeObject store) throws MalformedObjectException {
    Fields all = store.spec().requiredObject("provider");
    String name = Stores.providerName(all);
    return name.equals(provider) ? Optional.of(all.requiredObject(name)) : Optional.empty();
  }

  private void push(KubeObject object, Ref by) throws ObjectsException, MalformedObjectException {
    PushSecret spec;
    try {
      spec = PushSecret.of(object);
    } catch (MalformedObjectException e) {
      throw at(by, e);
    }
    String namespace = object.ref().namespace();
    boolean deletes = spec.deletionPolicy() == PushSecret.DeletionPolicy.Delete;
    Map<Ref, KubeObject> chosen = new TreeMap<>();
    for (PushSecret.StoreChoice choice : spec.stores()) {
      Map<Ref, KubeObject> these = chosen(choice, namespace);
      if (these.isEmpty()) {
        unknown.add(
            "a store that "
                + by
                + " pushes to is not among these manifests: "
                + (choice.name().isEmpty() ? "none has its labels" : choice.name()));
      }
      chosen.putAll(these);
    }
    for (KubeObject store : chosen.values()) {
      for (PushSecret.Entry entry : spec.data()) {
        asks(store, namespace, by, new Demand.Push(entry.remote().key(), deletes));
      }
      for (PushSecret.Many many : spec.dataTo()) {
        if (many.store().chooses(store.ref(), store.metadata().labels())) {
          asks(
              store,
              namespace,
              by,
              many.remoteKey().isEmpty()
                  ? new Demand.PushAny(deletes)
                  : new Demand.Push(many.remoteKey(), deletes));
        }
      }
    }
    if (spec.source() instanceof PushSecret.Source.Generated(GeneratorRef generator)) {
      generates(generator, namespace, by);
    }
  }

  private Map<Ref, KubeObject> chosen(PushSecret.StoreChoice choice, String namespace)
      throws ObjectsException, MalformedObjectException {
    Map<Ref, KubeObject> chosen = new TreeMap<>();
    GroupKind kind = choice.clusterWide() ? StoreRef.CLUSTER_STORE : StoreRef.STORE;
    for (KubeObject store : objects.list(kind)) {
      boolean near = choice.clusterWide() || store.ref().namespace().equals(namespace);
      if (near && choice.chooses(store.ref(), store.metadata().labels())) {
        chosen.put(store.ref(), store);
      }
    }
    return chosen;
  }

  private void fannedOut(FanOut.Of of, KubeObject object)
      throws ObjectsException, MalformedObjectException {
    try {
      FanOut spec = FanOut.of(of, object);
      Set<String> namespaces = new TreeSet<>(spec.namespaces());
      NamespaceList.all(objects)
          .forEach(
              (namespace, labels) -> {
                if (spec.wants(namespace, labels)) {
                  namespaces.add(namespace);
                }
              });
      if (namespaces.isEmpty()) {
        unknown.add(object.ref() + " selects namespaces, and none is among these manifests");
      }
      for (String namespace : namespaces) {
        KubeObject child = KubeObject.of(spec.child(of, namespace), namespace);
        switch (of) {
          case EXTERNAL_SECRETS -> external(child, object.ref());
          case PUSH_SECRETS -> push(child, object.ref());
        }
      }
    } catch (MalformedObjectException e) {
      throw at(object.ref(), e);
    }
  }

  private void generates(GeneratorRef named, String namespace, Ref by)
      throws ObjectsException, MalformedObjectException {
    Ref ref = named.in(namespace);
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      unknown.add(ref + ", which " + by + " uses, is not among these manifests");
      return;
    }
    used.add(ref);
    try {
      Fields spec = found.get().spec();
      boolean clusterWide = ref.kind().equals(GeneratorRef.CLUSTER_GENERATOR);
      if (kind.equals(clusterWide ? spec.requiredString("kind") : named.kind())) {
        generators.add(
            new OfGenerator(
                ref, clusterWide ? Generating.virtual(found.get(), kind) : spec, namespace, by));
      }
    } catch (MalformedObjectException e) {
      throw at(ref, e);
    }
  }
}
