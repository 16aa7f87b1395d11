package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.Optional;

/** Names a SecretStore of the same namespace, or a ClusterSecretStore. */
record StoreRef(String name, boolean clusterWide) {

  static final GroupKind STORE = new GroupKind(ExternalSecret.GROUP, "SecretStore");
  static final GroupKind CLUSTER_STORE = new GroupKind(ExternalSecret.GROUP, "ClusterSecretStore");

  static Optional<StoreRef> optional(Fields parent, String field) throws MalformedObjectException {
    Optional<Fields> found = parent.object(field);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Fields ref = found.get();
    String kind = ref.string("kind").filter(given -> !given.isEmpty()).orElse(STORE.kind());
    if (!kind.equals(STORE.kind()) && !kind.equals(CLUSTER_STORE.kind())) {
      throw new MalformedObjectException(
          ref.path() + ".kind must be SecretStore or ClusterSecretStore");
    }
    return Optional.of(new StoreRef(ref.requiredString("name"), kind.equals(CLUSTER_STORE.kind())));
  }

  Ref in(String namespace) {
    return clusterWide ? new Ref(CLUSTER_STORE, "", name) : new Ref(STORE, namespace, name);
  }

  @Override
  public String toString() {
    return (clusterWide ? CLUSTER_STORE : STORE).kind() + "/" + name;
  }
}
