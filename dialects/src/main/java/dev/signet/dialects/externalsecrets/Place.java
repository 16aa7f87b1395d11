package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.List;
import java.util.Optional;

/**
 * Where values go.
 *
 * @param key the label that its notes carry
 */
record Place(Ref owner, String key) {

  static final String LABEL = GeneratorRef.GROUP + "/owner-key";

  /**
   * @param entry which of the owner's, in its own terms
   */
  static Place of(Ref owner, String entry) {
    return new Place(
        owner,
        GoHash.ofText(
            String.join("-", owner.kind().kind(), owner.namespace(), owner.name(), entry)));
  }

  static Optional<Place> of(KubeObject note) throws MalformedObjectException {
    String key = note.metadata().labels().get(LABEL);
    for (Fields owner : note.fields().requiredObject("metadata").objects("ownerReferences")) {
      for (GroupKind kind : List.of(ExternalSecret.KIND, PushSecret.KIND)) {
        if (key != null && owner.string("kind").orElse("").equals(kind.kind())) {
          Ref ref = new Ref(kind, note.ref().namespace(), owner.requiredString("name"));
          return Optional.of(new Place(ref, key));
        }
      }
    }
    return Optional.empty();
  }
}
