package dev.signet.delivery.object;

/** Names one object. A cluster-wide object has the empty namespace. */
public record Ref(GroupKind kind, String namespace, String name) implements Comparable<Ref> {

  public static Ref secret(String namespace, String name) {
    return new Ref(GroupKind.SECRET, namespace, name);
  }

  /** {@code production/db-credentials}, or the bare name of a cluster-wide object. */
  public String path() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /** {@code SealedSecret production/db-credentials}, the form of every message. */
  @Override
  public String toString() {
    return kind.kind() + " " + path();
  }

  /** By namespace, then name, then kind: the order of tables. */
  @Override
  public int compareTo(Ref other) {
    int order = namespace.compareTo(other.namespace);
    if (order == 0) {
      order = name.compareTo(other.name);
    }
    if (order == 0) {
      order = kind.kind().compareTo(other.kind.kind());
    }
    return order != 0 ? order : kind.group().compareTo(other.kind.group());
  }
}
