package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Namespaces with their labels, the one with its name included, which every namespace has. */
final class NamespaceList {

  static final GroupKind KIND = new GroupKind("", "Namespace");
  private static final String NAME = "kubernetes.io/metadata.name";

  private NamespaceList() {}

  /** The labels of one; in a directory without its manifest, its name alone. */
  static Map<String, String> labels(Objects objects, String namespace)
      throws ObjectsException, MalformedObjectException {
    Optional<KubeObject> found = objects.get(new Ref(KIND, "", namespace));
    return found.isEmpty() ? Map.of(NAME, namespace) : labels(found.get());
  }

  /** Every namespace that is not about to go, by name. */
  static Map<String, Map<String, String>> all(Objects objects)
      throws ObjectsException, MalformedObjectException {
    Map<String, Map<String, String>> all = new TreeMap<>();
    for (KubeObject each : objects.list(KIND)) {
      if (!each.metadata().tree().containsKey("deletionTimestamp")) {
        all.put(each.ref().name(), labels(each));
      }
    }
    return all;
  }

  private static Map<String, String> labels(KubeObject namespace) throws MalformedObjectException {
    Map<String, String> labels = new LinkedHashMap<>(namespace.metadata().labels());
    labels.put(NAME, namespace.ref().name());
    return labels;
  }
}
