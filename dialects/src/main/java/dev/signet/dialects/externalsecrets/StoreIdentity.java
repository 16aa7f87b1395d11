package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose answers are the same: an open store at one version, asked as one identity. Those with equal
 * names share what is fetched, so a name says too much rather than too little.
 *
 * <p>A SecretStore is one identity. A ClusterSecretStore is one for each namespace that uses it as
 * soon as it may be somebody else there: a reference without a namespace means the user's. So it is
 * when one was followed while the store was opened, and when its provider names anything without a
 * namespace, since that may be read later.
 */
final class StoreIdentity {

  private StoreIdentity() {}

  static String of(KubeObject store, Optional<String> user, boolean dependsOnUser)
      throws MalformedObjectException {
    Metadata metadata = store.metadata();
    String name =
        store.ref().kind().kind()
            + "/"
            + store.ref().path()
            + "@"
            + metadata.uid()
            + "/"
            + metadata.generation();
    boolean own =
        store.ref().kind().equals(StoreRef.CLUSTER_STORE)
            && (dependsOnUser || namesWithoutNamespace(provider(store)));
    return own ? name + " for " + user.orElse("itself") : name;
  }

  private static @Nullable Object provider(KubeObject store) {
    return store.tree().get("spec") instanceof Map<?, ?> spec ? spec.get("provider") : null;
  }

  private static boolean namesWithoutNamespace(@Nullable Object tree) {
    return switch (tree) {
      case Map<?, ?> map ->
          (map.get("name") instanceof String && !(map.get("namespace") instanceof String))
              || map.values().stream().anyMatch(StoreIdentity::namesWithoutNamespace);
      case List<?> list -> list.stream().anyMatch(StoreIdentity::namesWithoutNamespace);
      case null, default -> false;
    };
  }
}
