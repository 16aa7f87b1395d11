package dev.signet.kube;

import java.util.List;

/**
 * Where to look: everywhere, or in some namespaces. Cluster-wide kinds are seen in either case.
 *
 * @param names empty for all
 */
public record Namespaces(List<String> names) {

  public Namespaces {
    names = names.stream().distinct().sorted().toList();
  }

  public static Namespaces all() {
    return new Namespaces(List.of());
  }

  public static Namespaces of(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("no namespace is named");
    }
    return new Namespaces(names);
  }

  /** What to ask the API server for: the empty name is all namespaces at once. */
  List<String> requests(Resource resource) {
    return names.isEmpty() || !resource.namespaced() ? List.of("") : names;
  }

  boolean contain(Resource resource, String namespace) {
    return names.isEmpty() || !resource.namespaced() || names.contains(namespace);
  }
}
