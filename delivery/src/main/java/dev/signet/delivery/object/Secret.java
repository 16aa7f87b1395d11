package dev.signet.delivery.object;

import dev.signet.core.Material;
import java.util.Optional;

/**
 * A Kubernetes Secret with its values as {@link Material}. It owns the material: closing it zeroes
 * the values.
 *
 * @param type the Secret's type, empty when none is given (an API server then says {@code Opaque})
 * @param immutable empty when the field is absent
 */
public record Secret(Metadata metadata, String type, Optional<Boolean> immutable, Material data)
    implements AutoCloseable {

  public Ref ref() {
    return Ref.secret(metadata.namespace(), metadata.name());
  }

  public Secret withMetadata(Metadata changed) {
    return new Secret(changed, type, immutable, data);
  }

  /** Whether a write would change nothing: the server's own metadata aside, all is equal. */
  public boolean sameAs(Secret other) {
    return defaulted(type).equals(defaulted(other.type))
        && immutable.orElse(false).equals(other.immutable.orElse(false))
        && ofOurs(metadata).equals(ofOurs(other.metadata))
        && data.sameValuesAs(other.data);
  }

  private static String defaulted(String type) {
    return type.isEmpty() ? "Opaque" : type;
  }

  private static Metadata ofOurs(Metadata metadata) {
    return metadata
        .with("uid", null)
        .with("resourceVersion", null)
        .with("generation", null)
        .with("creationTimestamp", null)
        .with("managedFields", null)
        .with("selfLink", null);
  }

  @Override
  public void close() {
    data.close();
  }
}
