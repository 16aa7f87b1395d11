package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.delivery.Apply;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.StoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Fetches what an ExternalSecret asks for and writes it into its Secret. */
public final class ExternalSecretController implements Controller {

  private static final String SYNCED = "SecretSynced";
  private static final String ERROR = "SecretSyncedError";

  private final Objects objects;
  private final Evidence evidence;
  private final Fetching fetching;
  private final Apply apply;
  private final InstantSource clock;
  private final Refresh refresh;
  private final boolean genericTargets;
  private final ExternalSecretStatus status;
  private final GenericTarget generic;
  private final Named named = new Named();

  /** The store that each asks first. */
  private final Map<Ref, Ref> asked = new ConcurrentHashMap<>();

  /** The versions of what held the templates that went into the last delivery. */
  private final Map<Ref, Map<Ref, String>> templates = new ConcurrentHashMap<>();

  /** Fetches every time it is asked to reconcile, except where the refresh policy forbids it. */
  public static ExternalSecretController whenAsked(
      Objects objects, Evidence evidence, Fetching fetching, InstantSource clock) {
    return whenAsked(objects, evidence, fetching, clock, /* genericTargets= */ false);
  }

  /**
   * The same.
   *
   * @param genericTargets as in {@link #whenDue}
   */
  public static ExternalSecretController whenAsked(
      Objects objects,
      Evidence evidence,
      Fetching fetching,
      InstantSource clock,
      boolean genericTargets) {
    return new ExternalSecretController(
        objects, evidence, fetching, clock, Refresh.whenAsked(objects, clock), genericTargets);
  }

  /** Fetches when it is time, or when the Secret is not as it was written. */
  public static ExternalSecretController whenDue(
      Objects objects, Evidence evidence, Fetching fetching, InstantSource clock) {
    return whenDue(objects, evidence, fetching, clock, /* genericTargets= */ false);
  }

  /**
   * The same.
   *
   * @param genericTargets whether values may be written into objects that are not Secrets, where
   *     neither encryption nor roles expect them
   */
  public static ExternalSecretController whenDue(
      Objects objects,
      Evidence evidence,
      Fetching fetching,
      InstantSource clock,
      boolean genericTargets) {
    return new ExternalSecretController(
        objects, evidence, fetching, clock, Refresh.whenDue(objects, clock), genericTargets);
  }

  private ExternalSecretController(
      Objects objects,
      Evidence evidence,
      Fetching fetching,
      InstantSource clock,
      Refresh refresh,
      boolean genericTargets) {
    this.objects = objects;
    this.evidence = evidence;
    this.fetching = fetching;
    this.apply = new Apply(objects);
    this.clock = clock;
    this.refresh = refresh;
    this.genericTargets = genericTargets;
    this.status = new ExternalSecretStatus(objects, evidence, clock);
    this.generic = new GenericTarget(objects, evidence, fetching.templates(), status, clock);
  }

  @Override
  public GroupKind kind() {
    return ExternalSecret.KIND;
  }

  /**
   * A store concerns those that name it, a Secret those whose target it is. Who names what is kept
   * as the ExternalSecrets change: looking through all of them for each Secret that changes would
   * cost too much.
   */
  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (changed.kind().equals(ExternalSecret.KIND)) {
      Optional<KubeObject> object = objects.get(changed);
      named.note(changed, names(object));
      firstStore(object)
          .ifPresentOrElse(store -> asked.put(changed, store), () -> asked.remove(changed));
    }
    List<Ref> stores = fetching.stores().reading(changed);
    if (stores.isEmpty()) {
      return named.by(changed);
    }
    // What a store reads has changed: whoever uses it may be able to again.
    Set<Ref> concerned = new LinkedHashSet<>(named.by(changed));
    stores.forEach(store -> concerned.addAll(named.by(store)));
    return List.copyOf(concerned);
  }

  /**
   * None of an object that is being deleted: that asks no store. None either of one that has stores
   * to fall back to: it must not wait for the first while that is down.
   */
  private static Optional<Ref> firstStore(Optional<KubeObject> object) {
    if (object.isEmpty() || Finalizers.going(object.get())) {
      return Optional.empty();
    }
    try {
      ExternalSecret spec = ExternalSecret.of(object.get());
      return spec.stores().stream()
          .findFirst()
          .filter(_ -> spec.leniency().fallbacks().isEmpty())
          .map(store -> store.in(object.get().ref().namespace()));
    } catch (MalformedObjectException e) {
      return Optional.empty();
    }
  }

  @Override
  public Optional<Ref> asks(Ref ref) {
    return Optional.ofNullable(asked.get(ref));
  }

  private static Set<Ref> names(Optional<KubeObject> object) {
    if (object.isEmpty()) {
      return Set.of();
    }
    String namespace = object.get().ref().namespace();
    try {
      ExternalSecret spec = ExternalSecret.of(object.get());
      Set<Ref> names = new HashSet<>();
      spec.stores().forEach(store -> names.add(store.in(namespace)));
      names.add(
          spec.manifest()
              .map(manifest -> manifest.ref(namespace, spec.targetName()))
              .orElse(spec.target()));
      for (ExternalSecret.Source source : spec.dataFrom()) {
        if (source instanceof ExternalSecret.Source.Generate generate) {
          names.add(generate.generator().in(namespace));
        }
      }
      spec.template().ifPresent(template -> template.reads(namespace).forEach(names::add));
      return names;
    } catch (MalformedObjectException e) {
      // Nothing but its own change can help it.
      return Set.of();
    }
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      templates.remove(ref);
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    if (Finalizers.going(object)) {
      // The owner reference lets the cluster delete what is ours; whoever put the finalizer there
      // may not be here any more.
      Finalizers.remove(objects, object, Finalizers.EXTERNAL_SECRET);
      return new Outcome.Done();
    }
    try {
      ExternalSecret spec = ExternalSecret.of(object);
      if (!managed(spec)) {
        return new Outcome.Done();
      }
      if (spec.manifest().isPresent()) {
        Optional<String> why = impossible(spec.manifest().get());
        if (why.isPresent()) {
          return status.fail(
              object, ERROR, "invalid generic target", why.get(), /* retry= */ false);
        }
      }
      Map<Ref, String> read = templates(spec);
      boolean templatesChanged = !templates.getOrDefault(ref, read).equals(read);
      if (!templatesChanged && !refresh.due(object, spec)) {
        return refresh.next(object, spec);
      }
      templates.put(ref, read);
      return fetchAndApply(object, spec);
    } catch (MalformedObjectException e) {
      return status.fail(object, "InvalidSpec", e.getMessage(), e.getMessage(), /* retry= */ false);
    }
  }

  private Optional<String> impossible(TargetManifest manifest) throws ObjectsException {
    if (!genericTargets) {
      return Optional.of(
          "generic targets are disabled: they take an operator with the flag"
              + " --unsafe-allow-generic-targets, or `signet render --deliver`");
    }
    return generic.served(manifest)
        ? Optional.empty()
        : Optional.of(
            manifest.apiVersion()
                + " "
                + manifest.kind()
                + " is no kind of objects in namespaces that this cluster serves");
  }

  /** What holds its templates, at the versions of now; asking costs no request. */
  private Map<Ref, String> templates(ExternalSecret spec) throws ObjectsException {
    Map<Ref, String> versions = new HashMap<>();
    if (spec.template().isPresent()) {
      for (Ref read : spec.template().get().reads(spec.metadata().namespace())) {
        Optional<String> version =
            read.kind().equals(GroupKind.SECRET)
                ? objects.secretVersion(read.namespace(), read.name())
                : objects.knownVersion(read);
        versions.put(read, version.orElse(""));
      }
    }
    return versions;
  }

  /** Whether all that it names is for this controller; otherwise it is somebody else's. */
  private boolean managed(ExternalSecret spec) throws ObjectsException, MalformedObjectException {
    String namespace = spec.metadata().namespace();
    for (StoreRef store : spec.stores()) {
      if (!fetching.stores().managed(store.in(namespace))) {
        return false;
      }
    }
    for (ExternalSecret.Source source : spec.dataFrom()) {
      if (source instanceof ExternalSecret.Source.Generate generate) {
        String wanted = fetching.generating().controllerClass(generate.generator(), namespace);
        if (!wanted.isEmpty() && !wanted.equals(Stores.CLASS)) {
          return false;
        }
      }
    }
    return true;
  }

  private Outcome fetchAndApply(KubeObject object, ExternalSecret spec)
      throws ObjectsException, MalformedObjectException {
    Fetch fetch = new Fetch(fetching, evidence, object.ref());
    String error = spec.manifest().isPresent() ? GenericTarget.ERROR : ERROR;
    Material fetched;
    try {
      fetched = fetch.all(spec);
    } catch (StoreException e) {
      boolean retry = !(e.problem() instanceof Problem.Malformed);
      status.found(object.ref(), fetch.notes());
      return status.fail(
          object, error, "could not get secret data from provider", e.getMessage(), retry);
    }
    status.found(object.ref(), fetch.notes());
    try (fetched) {
      if (spec.manifest().isPresent()) {
        return generic.deliver(object, spec, spec.manifest().get(), fetched);
      }
      return fetched.isEmpty() ? applyNothing(object, spec) : applySome(object, spec, fetched);
    } catch (ShapeException e) {
      return status.fail(
          object,
          ERROR,
          "could not update secret",
          "could not apply template: " + e.getMessage(),
          /* retry= */ true);
    } catch (ObjectsException e) {
      if (e.problem() instanceof Problem.Refused) {
        return status.fail(object, ERROR, e.getMessage(), e.getMessage(), /* retry= */ false);
      }
      if (!(e.problem() instanceof Problem.Denied)) {
        throw e;
      }
      return status.fail(object, ERROR, "could not update secret", e.getMessage(), false);
    }
  }

  private Outcome applySome(KubeObject object, ExternalSecret spec, Material fetched)
      throws ObjectsException, MalformedObjectException, ShapeException {
    if (spec.creationPolicy() == ExternalSecret.CreationPolicy.None) {
      return status.succeed(object, spec, SYNCED, ExternalSecretStatus.SYNCED, /* bound= */ false);
    }
    Ref target = Ref.secret(object.ref().namespace(), spec.targetName());
    if (spec.creationPolicy() == ExternalSecret.CreationPolicy.Merge
        && objects.secretVersion(target.namespace(), target.name()).isEmpty()) {
      return status.succeed(
          object,
          spec,
          "SecretMissing",
          "secret will not be created due to CreationPolicy=Merge",
          /* bound= */ false);
    }
    Optional<Delivery> last = evidence.delivery(object.ref(), target);
    Set<String> before = last.map(delivery -> delivery.origins().keySet()).orElse(Set.of());
    try (RenderedSecret rendered = rendered(object.ref(), spec, fetched)) {
      Apply.Applied applied =
          apply.secret(
              target.namespace(),
              target.name(),
              FieldOwner.of(spec.metadata().name()),
              existing -> TargetSecret.decide(spec, existing, rendered, before));
      return applied(object, spec, target, rendered, last, applied);
    }
  }

  /** What the templates make of it; all of it where there are none. */
  private RenderedSecret rendered(Ref resource, ExternalSecret spec, Material fetched)
      throws ShapeException, ObjectsException {
    if (spec.template().isEmpty()) {
      return new RenderedSecret(fetched.copy(), "");
    }
    TargetTemplate template = spec.template().get();
    Material onto = template.keepsFetched() ? fetched.copy() : new Material();
    return fetching.templates().render(resource, template, fetched, onto);
  }

  private Outcome applied(
      KubeObject object,
      ExternalSecret spec,
      Ref target,
      RenderedSecret rendered,
      Optional<Delivery> last,
      Apply.Applied applied)
      throws ObjectsException, MalformedObjectException {
    String event =
        switch (applied) {
          case Apply.Applied.Created _ -> "Created";
          case Apply.Applied.Updated _ -> "Updated";
          case Apply.Applied.Unchanged _ -> "";
          case Apply.Applied.Refused _ -> "";
        };
    if (applied instanceof Apply.Applied.Refused(String summary, String explanation)) {
      return status.fail(
          object,
          ERROR,
          summary.equals(Apply.TOO_LARGE) ? "could not update secret: " + explanation : summary,
          explanation,
          /* retry= */ false);
    }
    if (!event.isEmpty()) {
      evidence.event(
          Event.normal(
              object.ref(), event, event.equals("Created") ? "secret created" : "secret updated"));
    }
    Instant written =
        last.filter(_ -> applied instanceof Apply.Applied.Unchanged)
            .map(Delivery::at)
            .orElse(clock.instant());
    evidence.delivered(Delivery.of(object.ref(), target, rendered.data(), written));
    refresh.wrote(target, applied);
    // Upstream does it before it writes; but then a write that fails would leave nothing.
    deleteRenamed(spec, target);
    return status.succeed(object, spec, SYNCED, ExternalSecretStatus.SYNCED, /* bound= */ true);
  }

  private Outcome applyNothing(KubeObject object, ExternalSecret spec)
      throws ObjectsException, MalformedObjectException, ShapeException {
    return switch (spec.deletionPolicy()) {
      case Retain ->
          status.succeed(object, spec, SYNCED, ExternalSecretStatus.RETAINED, /* bound= */ false);
      case Merge -> applySome(object, spec, new Material());
      case Delete -> {
        if (spec.creationPolicy() != ExternalSecret.CreationPolicy.Owner) {
          yield status.fail(
              object,
              ERROR,
              "could not delete secret",
              "unable to delete secret "
                  + spec.targetName()
                  + ": creationPolicy="
                  + spec.creationPolicy()
                  + " is not Owner",
              /* retry= */ false);
        }
        deleteOwned(object, spec);
        yield status.succeed(
            object, spec, "SecretDeleted", ExternalSecretStatus.DELETED, /* bound= */ false);
      }
    };
  }

  private void deleteOwned(KubeObject object, ExternalSecret spec) throws ObjectsException {
    Optional<Secret> existing = objects.secret(object.ref().namespace(), spec.targetName());
    if (existing.isEmpty()) {
      return;
    }
    try (Secret secret = existing.get()) {
      if (TargetSecret.ownedBy(secret.metadata(), spec)) {
        objects.deleteSecret(
            secret.metadata().namespace(), secret.metadata().name(), secret.metadata().uid());
        evidence.event(Event.normal(object.ref(), "Deleted", ExternalSecretStatus.DELETED));
      }
    }
  }

  /** A renamed target leaves its old Secret behind; the label says that it was ours. */
  private void deleteRenamed(ExternalSecret spec, Ref target) throws ObjectsException {
    if (spec.creationPolicy() != ExternalSecret.CreationPolicy.Owner) {
      return;
    }
    for (Metadata secret :
        objects.secretMetadata(
            target.namespace(), TargetSecret.CREATED_BY, TargetSecret.createdBy(spec))) {
      if (!secret.name().equals(target.name())) {
        objects.deleteSecret(target.namespace(), secret.name(), secret.uid());
        evidence.event(
            Event.normal(
                new Ref(ExternalSecret.KIND, target.namespace(), spec.metadata().name()),
                "Deleted",
                "secret deleted because it was orphaned"));
      }
    }
  }
}
