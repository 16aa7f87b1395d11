package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.Optional;

/** {@code target.manifest}: the target is an object of this kind, in the same namespace. */
record TargetManifest(String apiVersion, String kind) {

  static Optional<TargetManifest> of(Fields target) throws MalformedObjectException {
    Optional<Fields> found = target.object("manifest");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    TargetManifest manifest =
        new TargetManifest(
            found.get().requiredString("apiVersion"), found.get().requiredString("kind"));
    if (manifest.apiVersion.isEmpty() || manifest.kind.isEmpty()) {
      throw new MalformedObjectException(
          found.get().path() + " needs an apiVersion and a kind that are not empty");
    }
    if (manifest.groupKind().equals(GroupKind.SECRET)) {
      // By this way it would be a Secret without the rules that hold for Secrets.
      throw new MalformedObjectException(
          found.get().path() + " names a Secret, which is what is written without it: remove it");
    }
    return Optional.of(manifest);
  }

  private GroupKind groupKind() {
    return GroupKind.of(apiVersion, kind);
  }

  Ref ref(String namespace, String name) {
    return new Ref(groupKind(), namespace, name);
  }
}
