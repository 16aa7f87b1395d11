package dev.signet.kube;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import org.jspecify.annotations.Nullable;

/**
 * What fabric8 gets to see of a cached object: as much as it compares and names. Its key is {@code
 * namespace/name}, or the bare name of a cluster-wide object.
 */
final class Stub {

  private Stub() {}

  static String key(GenericKubernetesResource object) {
    ObjectMeta metadata = object.getMetadata();
    return key(namespace(metadata), metadata.getName());
  }

  static String key(String namespace, String name) {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  static Ref ref(GroupKind kind, String key) {
    int slash = key.indexOf('/');
    return slash < 0
        ? new Ref(kind, "", key)
        : new Ref(kind, key.substring(0, slash), key.substring(slash + 1));
  }

  static GenericKubernetesResource of(String key, String uid, String version) {
    int slash = key.indexOf('/');
    ObjectMeta metadata = new ObjectMeta();
    metadata.setNamespace(slash < 0 ? null : key.substring(0, slash));
    metadata.setName(key.substring(slash + 1));
    metadata.setUid(uid);
    metadata.setResourceVersion(version);
    GenericKubernetesResource object = new GenericKubernetesResource();
    object.setMetadata(metadata);
    return object;
  }

  static String namespace(ObjectMeta metadata) {
    return orEmpty(metadata.getNamespace());
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
