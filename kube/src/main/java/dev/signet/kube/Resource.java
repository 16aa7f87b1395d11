package dev.signet.kube;

import dev.signet.delivery.object.GroupKind;
import java.util.List;

/**
 * A kind as the API server addresses it.
 *
 * @param versions those that Signet can read, the preferred one first; which one is served is found
 *     out by asking
 * @param plural the name in paths, such as {@code sealedsecrets}
 */
public record Resource(GroupKind kind, List<String> versions, String plural, boolean namespaced) {

  /** Watched as metadata only: no value comes over the wire. */
  public static final Resource SECRETS =
      new Resource(GroupKind.SECRET, List.of("v1"), "secrets", true);

  /** ConfigMaps, watched as metadata only: what is in them is asked for when it is used. */
  public static final Resource CONFIG_MAPS =
      new Resource(new GroupKind("", "ConfigMap"), List.of("v1"), "configmaps", true);

  public Resource {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a resource needs a version: " + kind);
    }
  }

  boolean isConfigMaps() {
    return kind.equals(CONFIG_MAPS.kind);
  }

  boolean isSecrets() {
    return kind.equals(GroupKind.SECRET);
  }

  /** {@code /apis/bitnami.com/v1alpha1}, or {@code /api/v1} for the core group. */
  String root(String version) {
    return kind.group().isEmpty() ? "/api/" + version : "/apis/" + kind.group() + "/" + version;
  }

  /** The path of all objects of a namespace, or of all namespaces if it is empty. */
  String path(String version, String namespace) {
    return namespace.isEmpty() || !namespaced
        ? root(version) + "/" + plural
        : root(version) + "/namespaces/" + namespace + "/" + plural;
  }
}
