package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Delivers into an object of another kind than Secret ({@code target.manifest}). What is to stand
 * there is decided by {@link WantedObject}; this reads, writes and reports.
 */
final class GenericTarget {

  static final String ERROR = "ResourceSyncedError";
  private static final String SYNCED = "ResourceSynced";
  private static final int ATTEMPTS = 5;

  private final Objects objects;
  private final Evidence evidence;
  private final Templates templates;
  private final ExternalSecretStatus status;
  private final InstantSource clock;

  GenericTarget(
      Objects objects,
      Evidence evidence,
      Templates templates,
      ExternalSecretStatus status,
      InstantSource clock) {
    this.objects = objects;
    this.evidence = evidence;
    this.templates = templates;
    this.status = status;
    this.clock = clock;
  }

  /** Whether objects of its kind can be targets here; they cannot where nobody knows the kind. */
  boolean served(TargetManifest manifest) throws ObjectsException {
    return objects.serves(manifest.apiVersion(), manifest.kind());
  }

  /** The values end up as texts in an object that is not a Secret: that is what was asked for. */
  Outcome deliver(KubeObject object, ExternalSecret spec, TargetManifest manifest, Material fetched)
      throws ObjectsException, MalformedObjectException {
    if (fetched.isEmpty()) {
      switch (spec.deletionPolicy()) {
        case Delete -> {
          return delete(object, spec, manifest);
        }
        case Retain -> {
          return status.succeed(object, spec, SYNCED, ExternalSecretStatus.RETAINED, false);
        }
        case Merge -> {}
      }
    }
    try {
      return apply(object, spec, manifest, fetched);
    } catch (ShapeException e) {
      return status.fail(
          object,
          ERROR,
          "could not apply template to manifest",
          "could not apply template to manifest: " + e.getMessage(),
          /* retry= */ true);
    } catch (ObjectsException e) {
      if (!(e.problem() instanceof Problem.Denied)) {
        throw e;
      }
      return status.fail(
          object, ERROR, "could not update secret", e.getMessage(), /* retry= */ false);
    }
  }

  private Outcome apply(
      KubeObject object, ExternalSecret spec, TargetManifest manifest, Material fetched)
      throws ObjectsException, MalformedObjectException, ShapeException {
    Ref target = manifest.ref(object.ref().namespace(), spec.targetName());
    for (int attempt = 1; ; attempt++) {
      try {
        return once(object, spec, manifest, target, fetched);
      } catch (ObjectsException e) {
        boolean moved =
            e.problem() instanceof Problem.Conflict || e.problem() instanceof Problem.NotFound;
        if (!moved || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Outcome once(
      KubeObject object, ExternalSecret spec, TargetManifest manifest, Ref target, Material fetched)
      throws ObjectsException, MalformedObjectException, ShapeException {
    if (spec.creationPolicy() == ExternalSecret.CreationPolicy.None) {
      return status.succeed(object, spec, SYNCED, ExternalSecretStatus.SYNCED, false);
    }
    Optional<KubeObject> existing = objects.get(target);
    if (existing.isEmpty() && spec.creationPolicy() == ExternalSecret.CreationPolicy.Merge) {
      return status.succeed(
          object,
          spec,
          "ResourceMissing",
          "resource will not be created due to CreationPolicy=Merge",
          false);
    }
    Optional<String> refused = WantedObject.refused(spec, existing);
    if (refused.isPresent()) {
      return status.fail(
          object,
          ERROR,
          "could not apply template to manifest",
          "unable to write " + target + ": " + refused.get(),
          /* retry= */ false);
    }
    WantedObject wanted = WantedObject.begin(spec, manifest, target, existing);
    if (spec.template().isPresent()) {
      templates.render(object.ref(), spec.template().get(), fetched, wanted.rendered());
    } else {
      wanted.hold(fetched);
    }
    KubeObject finished = wanted.finished();
    String event = "";
    if (existing.isEmpty()) {
      objects.create(finished);
      event = "Created";
    } else if (!WantedObject.same(existing.get(), finished)) {
      objects.update(finished);
      event = "Updated";
    }
    if (!event.isEmpty()) {
      evidence.event(
          Event.normal(object.ref(), event, event + " " + manifest.kind() + " " + target.name()));
    }
    boolean unchanged = event.isEmpty();
    Optional<Delivery> last = evidence.delivery(object.ref(), target).filter(_ -> unchanged);
    evidence.delivered(
        Delivery.of(object.ref(), target, fetched, last.map(Delivery::at).orElse(clock.instant())));
    return status.succeed(object, spec, SYNCED, ExternalSecretStatus.SYNCED, false);
  }

  /** Only what is this ExternalSecret's own; upstream deletes whatever has the name. */
  private Outcome delete(KubeObject object, ExternalSecret spec, TargetManifest manifest)
      throws ObjectsException, MalformedObjectException {
    if (spec.creationPolicy() != ExternalSecret.CreationPolicy.Owner) {
      return status.fail(
          object,
          ERROR,
          "could not delete resource",
          "unable to delete resource: creationPolicy=" + spec.creationPolicy() + " is not Owner",
          /* retry= */ false);
    }
    Ref target = manifest.ref(object.ref().namespace(), spec.targetName());
    Optional<KubeObject> existing = objects.get(target);
    if (existing.isPresent() && TargetSecret.ownedBy(existing.get().metadata(), spec)) {
      objects.delete(target, existing.get().metadata().uid());
      evidence.event(
          Event.normal(
              object.ref(), "Deleted", "Deleted " + manifest.kind() + " " + target.name()));
    }
    return status.succeed(
        object, spec, "ResourceDeleted", ExternalSecretStatus.DELETED, /* bound= */ false);
  }
}
