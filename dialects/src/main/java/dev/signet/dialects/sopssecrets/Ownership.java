package dev.signet.dialects.sopssecrets;

import dev.signet.delivery.Apply;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.util.Optional;

/**
 * Whether a Secret may be written, and what of one that is there stays: all metadata but labels and
 * annotations, which are the template's, and {@code immutable}. One that the SopsSecret does not
 * own is left alone unless it is annotated, or ownership is enforced.
 */
final class Ownership {

  static final String NOT_OWNED = "NotOwned";

  private Ownership() {}

  static Apply.Decision decide(
      Optional<Secret> existing, Secret wanted, String owner, boolean enforce) {
    if (existing.isEmpty()) {
      return new Apply.Decision.Write(
          new Secret(wanted.metadata(), wanted.type(), wanted.immutable(), wanted.data().copy()));
    }
    Secret there = existing.get();
    boolean takenOver =
        enforce || "true".equals(there.metadata().annotations().get(SopsSecret.MANAGED));
    if (!takenOver && !there.metadata().isControlledBy(owner)) {
      return new Apply.Decision.Refuse(
          NOT_OWNED,
          there.ref()
              + " is there and belongs to "
              + holder(there.metadata())
              + "; annotate it with "
              + SopsSecret.MANAGED
              + "=true to let it be replaced, or delete it");
    }
    Metadata metadata =
        there
            .metadata()
            .with("labels", wanted.metadata().labels())
            .with("annotations", wanted.metadata().annotations());
    if (takenOver) {
      metadata = metadata.with("ownerReferences", wanted.metadata().tree().get("ownerReferences"));
    }
    return new Apply.Decision.Write(
        new Secret(metadata, wanted.type(), there.immutable(), wanted.data().copy()));
  }

  private static String holder(Metadata metadata) {
    return metadata
        .controllerOwner()
        .map(owner -> owner.get("kind") + " " + owner.get("name"))
        .orElse("somebody else");
  }
}
