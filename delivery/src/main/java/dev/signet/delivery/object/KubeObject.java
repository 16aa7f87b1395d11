package dev.signet.delivery.object;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One object: its raw tree and its name. The tree is what is kept and written back; typed reading
 * goes through {@link Fields}. A tree must not be changed by its readers: {@link #with} gives a
 * changed copy.
 */
public record KubeObject(Ref ref, String apiVersion, Map<String, @Nullable Object> tree) {

  /**
   * Reads kind and name; a missing namespace is {@code namespace}, which is empty for cluster-wide
   * kinds.
   */
  public static KubeObject of(Map<String, @Nullable Object> tree, String namespace)
      throws MalformedObjectException {
    Fields fields = Fields.of(tree, "");
    String apiVersion = fields.requiredString("apiVersion");
    String kind = fields.requiredString("kind");
    Fields metadata = fields.requiredObject("metadata");
    String name = metadata.requiredString("name");
    if (name.isEmpty()) {
      throw new MalformedObjectException("metadata.name is required");
    }
    String ownNamespace =
        metadata.string("namespace").filter(own -> !own.isEmpty()).orElse(namespace);
    return new KubeObject(
        new Ref(GroupKind.of(apiVersion, kind), ownNamespace, name), apiVersion, tree);
  }

  public Fields fields() {
    return Fields.of(tree, "");
  }

  /** The field {@code spec}, empty when absent. */
  public Fields spec() throws MalformedObjectException {
    Optional<Fields> spec = fields().object("spec");
    return spec.orElse(Fields.of(Map.of(), "spec"));
  }

  public Metadata metadata() throws MalformedObjectException {
    return Metadata.of(fields().requiredObject("metadata"));
  }

  /** A copy with one top-level field replaced. */
  public KubeObject with(String field, Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(tree);
    copy.put(field, value);
    return new KubeObject(ref, apiVersion, copy);
  }
}
