package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * External Secrets' finalizers. Only those of PushSecrets and GeneratorStates are ever set here:
 * what these made lies outside the cluster. All else is deleted by its owner reference, so the
 * finalizers that upstream set are only taken away, or what it left would never go.
 */
final class Finalizers {

  static final String EXTERNAL_SECRET =
      "externalsecrets.external-secrets.io/externalsecret-cleanup";
  static final String CLUSTER_EXTERNAL_SECRET =
      "externalsecrets.external-secrets.io/clusterexternalsecret-cleanup";

  /** On namespaces; the name of a ClusterExternalSecret follows. */
  static final String OF_NAMESPACES = "externalsecrets.external-secrets.io/ces-";

  static final String PUSH_SECRET = "pushsecret.externalsecrets.io/finalizer";
  static final String GENERATOR_STATE = "generatorstate.externalsecrets.io/finalizer";
  static final String STORE = "secretstore.externalsecrets.io/finalizer";

  private Finalizers() {}

  /** Whether the object is being deleted. */
  static boolean going(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("deletionTimestamp") != null;
  }

  static boolean has(KubeObject object, String finalizer) {
    return all(object).contains(finalizer);
  }

  static void add(Objects objects, KubeObject object, String finalizer) throws ObjectsException {
    List<String> all = all(object);
    if (!all.contains(finalizer)) {
      all.add(finalizer);
      objects.setFinalizers(object, all);
    }
  }

  static void remove(Objects objects, KubeObject object, String finalizer) throws ObjectsException {
    List<String> all = all(object);
    if (all.remove(finalizer)) {
      objects.setFinalizers(object, all);
    }
  }

  /** Removes all that begin so. */
  static void removeAll(Objects objects, KubeObject object, String prefix) throws ObjectsException {
    List<String> all = all(object);
    if (all.removeIf(each -> each.startsWith(prefix))) {
      objects.setFinalizers(object, all);
    }
  }

  private static List<String> all(KubeObject object) {
    List<String> all = new ArrayList<>();
    if (object.tree().get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("finalizers") instanceof List<?> there) {
      there.forEach(each -> all.add(String.valueOf(each)));
    }
    return all;
  }
}
