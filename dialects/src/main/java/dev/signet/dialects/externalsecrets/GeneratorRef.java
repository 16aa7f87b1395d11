package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.Optional;

/** Names a generator of the same namespace, or a ClusterGenerator. */
record GeneratorRef(String kind, String name) {

  static final String GROUP = "generators.external-secrets.io";
  static final GroupKind CLUSTER_GENERATOR = new GroupKind(GROUP, "ClusterGenerator");
  private static final String API_VERSION = GROUP + "/v1alpha1";

  static Optional<GeneratorRef> optional(Fields parent) throws MalformedObjectException {
    Optional<Fields> found = parent.object("generatorRef");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Fields ref = found.get();
    String version = ref.string("apiVersion").filter(it -> !it.isEmpty()).orElse(API_VERSION);
    if (!version.startsWith(GROUP + "/")) {
      throw new MalformedObjectException(
          ref.path() + ".apiVersion may only reference the generators group, but got " + version);
    }
    if (!version.equals(API_VERSION)) {
      throw new MalformedObjectException(ref.path() + ".apiVersion must be " + API_VERSION);
    }
    return Optional.of(new GeneratorRef(ref.requiredString("kind"), ref.requiredString("name")));
  }

  Ref in(String namespace) {
    GroupKind groupKind = new GroupKind(GROUP, kind);
    return new Ref(groupKind, groupKind.equals(CLUSTER_GENERATOR) ? "" : namespace, name);
  }
}
