package dev.signet.core.sealing;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** How far a sealed value may be moved and still open: what its ciphertext is bound to. */
public enum Scope {
  /** To the namespace and the name of its object. */
  STRICT("strict"),
  /** To the namespace: the object may be renamed. */
  NAMESPACE_WIDE("namespace-wide"),
  /** To nothing: any object in the cluster may carry it. */
  CLUSTER_WIDE("cluster-wide");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  /** The value of {@code kubeseal --scope}; empty text is the default, {@link #STRICT}. */
  public static Optional<Scope> parse(String text) {
    if (text.isEmpty()) {
      return Optional.of(STRICT);
    }
    for (Scope scope : values()) {
      if (scope.text.equals(text)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  /** The value of {@code kubeseal --scope}. */
  public String text() {
    return text;
  }

  /** The OAEP label of an object's items. */
  public byte[] label(String namespace, String name) {
    String label =
        switch (this) {
          case STRICT -> namespace + "/" + name;
          case NAMESPACE_WIDE -> namespace;
          case CLUSTER_WIDE -> "";
        };
    return label.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return text;
  }
}
