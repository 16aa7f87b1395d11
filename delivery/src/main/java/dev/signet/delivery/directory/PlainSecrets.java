package dev.signet.delivery.directory;

import dev.signet.delivery.Apply;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Plain Secrets in manifests become Secrets, as {@code kubectl apply} makes them. What a controller
 * owns is left alone.
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
          "Unsupported", "it is encrypted with SOPS, which this version does not open yet");
    }
    try (Secret wanted =
        SecretManifest.read(manifest.object().tree(), "manifest " + manifest.where())) {
      Secret placed =
          wanted.withMetadata(
              wanted.metadata().with("namespace", ref.namespace()).with("resourceVersion", null));
      return switch (apply.secret(
          ref.namespace(), ref.name(), existing -> decide(existing, placed))) {
        case Apply.Applied.Refused(String reason, String message) ->
            new Outcome.Stalled(reason, message);
        case Apply.Applied.Unchanged _ -> new Outcome.Done();
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

  private static Apply.Decision decide(Optional<Secret> existing, Secret wanted) {
    Optional<String> owner =
        existing
            .flatMap(secret -> secret.metadata().controllerOwner())
            .map(reference -> reference.get("kind") + " " + reference.get("name"));
    if (owner.isPresent()) {
      return new Apply.Decision.Refuse(
          "Owned", "the Secret belongs to " + owner.get() + "; delete one of the two manifests");
    }
    return new Apply.Decision.Write(
        new Secret(wanted.metadata(), wanted.type(), wanted.immutable(), wanted.data().copy()));
  }
}
