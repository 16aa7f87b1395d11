package dev.signet.delivery.directory;

import dev.signet.core.Material;
import dev.signet.delivery.Apply;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plain Secrets in manifests become Secrets, as {@code kubectl apply} makes them: what others added
 * to the Secret stays, keys that were in the manifest last time and are no longer go. What a
 * controller owns is left alone. A label or annotation that the manifest no longer has stays too,
 * because who set it is not remembered.
 */
public final class PlainSecrets implements Controller {

  private final Directory directory;
  private final Apply apply;
  private final InstantSource clock;

  public PlainSecrets(Directory directory, InstantSource clock) {
    this.directory = directory;
    this.apply = new Apply(directory);
    this.clock = clock;
  }

  @Override
  public GroupKind kind() {
    return GroupKind.SECRET;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Manifest manifest = directory.manifests().byRef().get(ref);
    if (manifest == null) {
      return new Outcome.Done();
    }
    if (manifest.object().tree().containsKey("sops")) {
      return new Outcome.Stalled(
          "Encrypted",
          Manifests.staysEncrypted(manifest.object().tree())
              ? "it is encrypted with SOPS, and annotated to stay so"
              : "it has a field sops that names no keys: encrypt it with `sops encrypt -i`");
    }
    try (Secret wanted =
        SecretManifest.read(manifest.object().tree(), "manifest " + manifest.where())) {
      Secret placed =
          wanted.withMetadata(
              wanted.metadata().with("namespace", ref.namespace()).with("resourceVersion", null));
      Set<String> before =
          directory.delivery(ref, ref).map(last -> last.origins().keySet()).orElse(Set.of());
      return switch (apply.secret(
          ref.namespace(), ref.name(), existing -> decide(existing, placed, before))) {
        case Apply.Applied.Refused(String reason, String message) ->
            new Outcome.Stalled(reason, message);
        case Apply.Applied.Unchanged _ -> {
          if (directory.delivery(ref, ref).isEmpty()) {
            directory.delivered(Delivery.of(ref, ref, wanted.data(), clock.instant()));
          }
          yield new Outcome.Done();
        }
        case Apply.Applied.Created _, Apply.Applied.Updated _ -> {
          directory.delivered(Delivery.of(ref, ref, wanted.data(), clock.instant()));
          directory.event(
              Event.normal(
                  ref, "Applied", "applied from a plain manifest: encoded, not encrypted"));
          yield new Outcome.Done();
        }
      };
    } catch (MalformedObjectException e) {
      return new Outcome.Stalled("Malformed", e.getMessage());
    }
  }

  private static Apply.Decision decide(
      Optional<Secret> existing, Secret wanted, Set<String> before) {
    Optional<String> owner =
        existing
            .flatMap(secret -> secret.metadata().controllerOwner())
            .map(reference -> reference.get("kind") + " " + reference.get("name"));
    if (owner.isPresent()) {
      return new Apply.Decision.Refuse(
          "Owned", "the Secret belongs to " + owner.get() + "; delete one of the two manifests");
    }
    Material data = existing.map(secret -> secret.data().copy()).orElseGet(Material::new);
    before.forEach(data::remove);
    data.putAll(wanted.data().copy());
    Metadata metadata =
        existing.map(secret -> merged(secret.metadata(), wanted)).orElse(wanted.metadata());
    return new Apply.Decision.Write(new Secret(metadata, wanted.type(), wanted.immutable(), data));
  }

  private static Metadata merged(Metadata there, Secret wanted) {
    Map<String, String> labels = new LinkedHashMap<>(there.labels());
    labels.putAll(wanted.metadata().labels());
    Map<String, String> annotations = new LinkedHashMap<>(there.annotations());
    annotations.putAll(wanted.metadata().annotations());
    Metadata merged = there.with("labels", labels).with("annotations", annotations);
    for (String field : List.of("ownerReferences", "finalizers")) {
      Object value = wanted.metadata().tree().get(field);
      merged = value == null ? merged : merged.with(field, value);
    }
    return merged;
  }
}
