package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.Scope;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How an object's annotations say its scope: exactly the text {@code true}, cluster-wide before
 * namespace-wide.
 */
final class ScopeAnnotations {

  static final String CLUSTER_WIDE = "sealedsecrets.bitnami.com/cluster-wide";
  static final String NAMESPACE_WIDE = "sealedsecrets.bitnami.com/namespace-wide";

  private ScopeAnnotations() {}

  static Scope read(Map<String, String> annotations) {
    if ("true".equals(annotations.get(CLUSTER_WIDE))) {
      return Scope.CLUSTER_WIDE;
    }
    return "true".equals(annotations.get(NAMESPACE_WIDE)) ? Scope.NAMESPACE_WIDE : Scope.STRICT;
  }

  /** The annotations with that scope said, and no other. */
  static Map<String, String> write(Map<String, String> annotations, Scope scope) {
    Map<String, String> result = new LinkedHashMap<>(annotations);
    result.remove(CLUSTER_WIDE);
    result.remove(NAMESPACE_WIDE);
    switch (scope) {
      case CLUSTER_WIDE -> result.put(CLUSTER_WIDE, "true");
      case NAMESPACE_WIDE -> result.put(NAMESPACE_WIDE, "true");
      case STRICT -> {}
    }
    return result;
  }
}
