package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Pushes Secrets, or what a generator makes, into stores. What was pushed is written down in the
 * status, and deleted there by it when the policy says so. Upstream looks at its interval only;
 * here a change of the Secret is pushed at once.
 */
public final class PushSecretController implements Controller {

  private static final String ERRORED = "Errored";

  private final Objects objects;
  private final Evidence evidence;
  private final Fetching fetching;
  private final InstantSource clock;
  private final boolean whenAsked;
  private final Named named = new Named();

  /** The version of each source as it was pushed last. */
  private final Map<Ref, Map<Ref, String>> pushed = new ConcurrentHashMap<>();

  /** Pushes every time it is asked to reconcile. */
  public static PushSecretController whenAsked(
      Objects objects, Evidence evidence, Fetching fetching, InstantSource clock) {
    return new PushSecretController(objects, evidence, fetching, clock, true);
  }

  /** Pushes when it is time, or when the Secret changed. */
  public static PushSecretController whenDue(
      Objects objects, Evidence evidence, Fetching fetching, InstantSource clock) {
    return new PushSecretController(objects, evidence, fetching, clock, false);
  }

  private PushSecretController(
      Objects objects,
      Evidence evidence,
      Fetching fetching,
      InstantSource clock,
      boolean whenAsked) {
    this.objects = objects;
    this.evidence = evidence;
    this.fetching = fetching;
    this.clock = clock;
    this.whenAsked = whenAsked;
  }

  @Override
  public GroupKind kind() {
    return PushSecret.KIND;
  }

  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (changed.kind().equals(PushSecret.KIND)) {
      Optional<KubeObject> object = objects.get(changed);
      named.note(changed, object.map(PushSecretController::names).orElse(Set.of()));
    }
    return named.by(changed);
  }

  private static Set<Ref> names(KubeObject object) {
    try {
      PushSecret spec = PushSecret.of(object);
      Set<Ref> names = new HashSet<>();
      String namespace = object.ref().namespace();
      if (spec.source() instanceof PushSecret.Source.Named(String secret)) {
        names.add(Ref.secret(namespace, secret));
      }
      for (PushSecret.StoreChoice store : spec.stores()) {
        if (!store.name().isEmpty()) {
          names.add(new StoreRef(store.name(), store.clusterWide()).in(namespace));
        }
      }
      return names;
    } catch (MalformedObjectException e) {
      return Set.of();
    }
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      pushed.remove(ref);
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    try {
      if (Finalizers.going(object)) {
        return end(object);
      }
      return push(object, PushSecret.of(object));
    } catch (MalformedObjectException e) {
      return fail(object, e.getMessage(), Synced.of(object), /* retry= */ false);
    }
  }

  /** It is being deleted: with it goes what it pushed, if the policy says so. */
  private Outcome end(KubeObject object) throws ObjectsException, MalformedObjectException {
    if (Finalizers.has(object, Finalizers.PUSH_SECRET)) {
      Synced synced = Synced.of(object);
      try {
        synced.deleteAllBut(Map.of(), store -> open(object.ref(), store));
      } catch (StoreException e) {
        return fail(
            object,
            "Failed to Delete Secrets from Provider: " + e.getMessage(),
            synced,
            /* retry= */ true);
      }
      Finalizers.remove(objects, object, Finalizers.PUSH_SECRET);
    }
    return new Outcome.Done();
  }

  private Outcome push(KubeObject object, PushSecret spec)
      throws ObjectsException, MalformedObjectException {
    if (spec.deletionPolicy() == PushSecret.DeletionPolicy.Delete) {
      Finalizers.add(objects, object, Finalizers.PUSH_SECRET);
    } else {
      Finalizers.remove(objects, object, Finalizers.PUSH_SECRET);
    }
    Map<Ref, String> versions = versions(spec);
    // What is made anew each time is not made just because somebody asks again.
    boolean asked = whenAsked && !(spec.source() instanceof PushSecret.Source.Generated);
    if (!asked && !due(object, spec, versions)) {
      return next(object, spec);
    }
    Synced synced = Synced.of(object);
    Sources sources;
    try {
      sources = sources(spec);
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.NotFound
          && spec.deletionPolicy() == PushSecret.DeletionPolicy.Delete
          && !synced.isEmpty()) {
        return sourceGone(object, synced);
      }
      evidence.event(Event.warning(object.ref(), ERRORED, e.getMessage()));
      return fail(object, "could not get source secret", synced, /* retry= */ true);
    }
    try (sources) {
      Map<Ref, KubeObject> stores;
      try {
        stores = stores(spec);
      } catch (StoreException e) {
        return fail(object, String.valueOf(e.getMessage()), synced, /* retry= */ true);
      }
      if (stores.isEmpty()) {
        return new Outcome.Done();
      }
      Optional<String> unused = spec.unusedLabels(stores);
      if (unused.isPresent()) {
        return fail(object, unused.get(), synced, /* retry= */ true);
      }
      return pushAll(object, spec, sources, stores, synced, versions);
    } catch (StoreException | ShapeException e) {
      return fail(object, "set secret failed: " + e.getMessage(), synced, /* retry= */ true);
    }
  }

  private Outcome pushAll(
      KubeObject object,
      PushSecret spec,
      Sources sources,
      Map<Ref, KubeObject> stores,
      Synced synced,
      Map<Ref, String> versions)
      throws ObjectsException, MalformedObjectException, StoreException, ShapeException {
    Map<String, Map<String, Map<String, @Nullable Object>>> now = new TreeMap<>();
    for (Pushed source : sources.all()) {
      try (Pushed rendered = rendered(object.ref(), spec, source)) {
        for (Map.Entry<Ref, KubeObject> store : stores.entrySet()) {
          pushTo(store.getKey(), store.getValue(), spec, rendered, now, synced);
        }
      }
    }
    if (spec.deletionPolicy() == PushSecret.DeletionPolicy.Delete) {
      try {
        synced.deleteAllBut(now, store -> open(object.ref(), store));
      } catch (StoreException e) {
        return fail(
            object,
            "Failed to Delete Secrets from Provider: " + e.getMessage(),
            synced,
            /* retry= */ true);
      }
    }
    pushed.put(object.ref(), versions);
    String message =
        spec.updatePolicy() == PushSecret.UpdatePolicy.IfNotExists
            ? "PushSecret synced successfully. Existing secrets in providers unchanged."
            : "PushSecret synced successfully";
    Map<String, Object> status =
        ReadyStatus.status(
            object, ReadyStatus.condition(object, true, "Synced", message, clock.instant()));
    status.put("refreshTime", ReadyStatus.time(clock.instant()));
    status.put("syncedResourceVersion", version(spec));
    status.put("syncedPushSecrets", now);
    if (!version(spec).equals(text(object, "syncedResourceVersion"))) {
      evidence.event(Event.normal(object.ref(), "Synced", message));
    }
    objects.updateStatus(object.ref(), status);
    return spec.refreshInterval().isPositive()
        ? new Outcome.After(spec.refreshInterval())
        : new Outcome.Done();
  }

  /** The template writes the copy that is pushed, its labels and annotations too. */
  private Pushed rendered(Ref resource, PushSecret spec, Pushed source)
      throws ShapeException, ObjectsException {
    if (spec.template().isEmpty()) {
      return new Pushed(source.data().copy(), source.type(), source.labels(), source.annotations());
    }
    TargetTemplate template = spec.template().get();
    RenderedSecret rendered =
        fetching.templates().render(resource, template, source.data(), source.data().copy());
    Map<String, String> labels = new TreeMap<>(source.labels());
    labels.putAll(rendered.labels());
    Map<String, String> annotations = new TreeMap<>(source.annotations());
    annotations.putAll(rendered.annotations());
    return new Pushed(
        rendered.data(),
        template.type().isEmpty() ? source.type() : template.type(),
        labels,
        annotations);
  }

  private void pushTo(
      Ref ref,
      KubeObject store,
      PushSecret spec,
      Pushed source,
      Map<String, Map<String, Map<String, @Nullable Object>>> now,
      Synced synced)
      throws StoreException, ShapeException, ObjectsException, MalformedObjectException {
    Material data = source.data();
    String storeKey = ref.kind().kind() + "/" + ref.name();
    var entries = now.computeIfAbsent(storeKey, _ -> new TreeMap<>());
    List<PushPlan.Push> pushes =
        PushPlan.of(spec, ref, store.metadata().labels(), data, fetching.templates());
    try (SecretStore open = open(ref, spec.metadata().namespace(), ref.name())) {
      Writable writable = writable(open, ref);
      for (PushPlan.Push push : pushes) {
        PushSecret.Entry entry = push.entry();
        try (SecretBytes value = PushPlan.value(push, data)) {
          if (!stays(spec, writable, entry)) {
            write(writable, push, value, source, ref);
          }
        }
        entries.put(entry.remote().toString(), entry.tree());
        synced.note(storeKey, entry.remote().toString(), entry.tree());
      }
    }
  }

  /** Whether what is there already is to be left as it is. */
  private static boolean stays(PushSecret spec, Writable writable, PushSecret.Entry entry)
      throws StoreException {
    try {
      return spec.updatePolicy() == PushSecret.UpdatePolicy.IfNotExists
          && writable.exists(entry.remote());
    } catch (StoreException e) {
      throw new StoreException(
          e.problem(), "could not verify if secret exists in store: " + e.getMessage());
    }
  }

  private static void write(
      Writable writable, PushPlan.Push push, SecretBytes value, Pushed source, Ref store)
      throws StoreException {
    PushSecret.Entry entry = push.entry();
    try (Material whole = PushPlan.whole(push, source.data())) {
      writable.push(entry.remote(), value, source.of(entry, whole), entry.metadata());
    } catch (StoreException e) {
      throw new StoreException(
          e.problem(),
          "could not write remote ref "
              + entry.secretKey()
              + " to target secretstore "
              + store.name()
              + ": "
              + e.getMessage());
    }
  }

  private static Writable writable(SecretStore store, Ref ref) throws StoreException {
    return store
        .writing()
        .orElseThrow(
            () ->
                new StoreException(
                    new Problem.Malformed(),
                    ref + " cannot be written to: its provider is read-only here"));
  }

  private Synced.Target open(Ref resource, String storeKey) throws StoreException {
    int slash = storeKey.indexOf('/');
    boolean clusterWide = storeKey.startsWith(StoreRef.CLUSTER_STORE.kind() + "/");
    Ref ref = new StoreRef(storeKey.substring(slash + 1), clusterWide).in(resource.namespace());
    try {
      SecretStore store = open(ref, resource.namespace(), storeKey);
      return new Synced.Target(store, writable(store, ref));
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * @param called how a message names the store
   */
  private SecretStore open(Ref store, String namespace, String called)
      throws StoreException, ObjectsException {
    try {
      return fetching.stores().open(store, namespace);
    } catch (StoreException e) {
      throw new StoreException(
          e.problem(), "could not get secrets client for store " + called + ": " + e.getMessage());
    }
  }

  private Outcome sourceGone(KubeObject object, Synced synced)
      throws ObjectsException, MalformedObjectException {
    try {
      synced.deleteAllBut(Map.of(), store -> open(object.ref(), store));
    } catch (StoreException e) {
      return fail(
          object,
          "failed to cleanup provider secrets: " + e.getMessage(),
          synced,
          /* retry= */ true);
    }
    String message = "source secret deleted; provider secrets cleaned up";
    evidence.event(Event.normal(object.ref(), "SourceDeleted", message));
    Map<String, Object> status =
        ReadyStatus.status(
            object,
            ReadyStatus.condition(object, false, "SourceDeleted", message, clock.instant()));
    status.put("syncedPushSecrets", Map.of());
    objects.updateStatus(object.ref(), status);
    return new Outcome.Stalled("SourceDeleted", message);
  }

  /** The Secrets, or what was generated; closing it zeroes all of it. */
  private record Sources(List<Pushed> all) implements AutoCloseable {
    @Override
    public void close() {
      all.forEach(Pushed::close);
    }
  }

  /** One Secret that is pushed, or what a generator made. */
  private record Pushed(
      Material data, String type, Map<String, String> labels, Map<String, String> annotations)
      implements AutoCloseable {

    /** Without the annotation in which kubectl keeps the whole Secret, values included. */
    static Pushed of(Secret secret) {
      Map<String, String> annotations = new TreeMap<>(secret.metadata().annotations());
      annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
      return new Pushed(secret.data(), secret.type(), secret.metadata().labels(), annotations);
    }

    Writable.Source of(PushSecret.Entry entry, Material whole) {
      return new Writable.Source(entry.secretKey(), whole, type, labels, annotations);
    }

    @Override
    public void close() {
      data.close();
    }
  }

  private Sources sources(PushSecret spec)
      throws StoreException, ObjectsException, MalformedObjectException {
    String namespace = spec.metadata().namespace();
    return switch (spec.source()) {
      case PushSecret.Source.Named(String name) -> {
        Secret secret =
            objects
                .secret(namespace, name)
                .orElseThrow(
                    () ->
                        new StoreException(
                            new Problem.NotFound(), "secrets \"" + name + "\" not found"));
        yield new Sources(List.of(Pushed.of(secret)));
      }
      case PushSecret.Source.Labelled(LabelSelector labels) -> {
        Map.Entry<String, String> first = labels.labels().entrySet().iterator().next();
        List<Pushed> all = new ArrayList<>();
        for (Secret each : objects.secrets(namespace, first.getKey(), first.getValue())) {
          if (labels.matches(each.metadata().labels())) {
            all.add(Pushed.of(each));
          } else {
            each.close();
          }
        }
        yield new Sources(all);
      }
      case PushSecret.Source.Generated(GeneratorRef generator) ->
          new Sources(
              List.of(
                  new Pushed(
                      fetching.generating().generate(generator, namespace).values(),
                      "",
                      Map.of(),
                      Map.of())));
    };
  }

  /** The stores that are chosen, for this controller and not about to go. */
  private Map<Ref, KubeObject> stores(PushSecret spec)
      throws ObjectsException, StoreException, MalformedObjectException {
    String namespace = spec.metadata().namespace();
    Map<Ref, KubeObject> stores = new TreeMap<>();
    for (PushSecret.StoreChoice choice : spec.stores()) {
      GroupKind kind = choice.clusterWide() ? StoreRef.CLUSTER_STORE : StoreRef.STORE;
      // Where there are labels, upstream does not look at the name.
      if (choice.labels().isPresent()) {
        for (KubeObject each : objects.list(kind)) {
          boolean near = choice.clusterWide() || each.ref().namespace().equals(namespace);
          if (near && choice.labels().get().matches(each.metadata().labels())) {
            stores.put(each.ref(), each);
          }
        }
        continue;
      }
      Ref ref = new StoreRef(choice.name(), choice.clusterWide()).in(namespace);
      Optional<KubeObject> store = objects.get(ref);
      if (store.isEmpty()) {
        throw new StoreException(
            new Problem.Unreachable(),
            "could not get %s \"%s\", %ss.%s \"%s\" not found"
                .formatted(
                    kind.kind(),
                    ref.name(),
                    kind.kind().toLowerCase(Locale.ROOT),
                    kind.group(),
                    ref.name()));
      }
      stores.put(ref, store.get());
    }
    Map<Ref, KubeObject> usable = new TreeMap<>();
    for (Map.Entry<Ref, KubeObject> each : stores.entrySet()) {
      if (!Finalizers.going(each.getValue()) && Stores.managed(each.getValue())) {
        usable.put(each.getKey(), each.getValue());
      }
    }
    return usable;
  }

  private Map<Ref, String> versions(PushSecret spec) throws ObjectsException {
    if (spec.source() instanceof PushSecret.Source.Named(String name)) {
      Ref secret = Ref.secret(spec.metadata().namespace(), name);
      Optional<String> version = objects.secretVersion(secret.namespace(), secret.name());
      return Map.of(secret, version.orElse(""));
    }
    return Map.of();
  }

  private boolean due(KubeObject object, PushSecret spec, Map<Ref, String> versions)
      throws MalformedObjectException {
    Map<Ref, String> last = pushed.get(object.ref());
    return (last != null && !last.equals(versions)) || due(object, spec, clock);
  }

  /** Whether it is due by its own status, whatever became of its Secret meanwhile. */
  static boolean due(KubeObject object, PushSecret spec, InstantSource clock)
      throws MalformedObjectException {
    return !version(spec).equals(text(object, "syncedResourceVersion"))
        || (spec.refreshInterval().isPositive() && left(object, spec, clock).isZero());
  }

  private Outcome next(KubeObject object, PushSecret spec) throws MalformedObjectException {
    return spec.refreshInterval().isPositive()
        ? new Outcome.After(left(object, spec, clock))
        : new Outcome.Done();
  }

  private static Duration left(KubeObject object, PushSecret spec, InstantSource clock)
      throws MalformedObjectException {
    try {
      Instant last = Instant.parse(text(object, "refreshTime"));
      Duration left = Duration.between(clock.instant(), last.plus(spec.refreshInterval()));
      return left.isNegative() ? Duration.ZERO : left;
    } catch (DateTimeException | ArithmeticException e) {
      return Duration.ZERO;
    }
  }

  private static String version(PushSecret spec) {
    Metadata metadata = spec.metadata();
    return metadata.generation()
        + "-"
        + GoHash.ofMetadata(metadata.annotations(), metadata.labels());
  }

  private static String text(KubeObject object, String field) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    return status.isPresent() ? status.get().string(field).orElse("") : "";
  }

  private Outcome fail(KubeObject object, String message, Synced synced, boolean retry)
      throws ObjectsException {
    evidence.event(Event.warning(object.ref(), ERRORED, message));
    try {
      Map<String, Object> status =
          ReadyStatus.status(
              object, ReadyStatus.condition(object, false, ERRORED, message, clock.instant()));
      status.put("syncedPushSecrets", synced.tree());
      objects.updateStatus(object.ref(), status);
    } catch (MalformedObjectException e) {
      // Its own status is what cannot be read: start over with a new one.
      objects.updateStatus(object.ref(), Map.of());
    }
    return retry ? new Outcome.Retry(ERRORED, message) : new Outcome.Stalled(ERRORED, message);
  }
}
