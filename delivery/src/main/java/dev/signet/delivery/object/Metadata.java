package dev.signet.delivery.object;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an object with the types that Kubernetes' ObjectMeta gives its fields, in the
 * order in which Go writes them. Fields that ObjectMeta does not know are dropped, as a typed
 * client drops them; an empty value is absent.
 */
public final class Metadata {

  /** Every field of ObjectMeta in Go's order, with its type. */
  private enum Field {
    name(Type.TEXT),
    generateName(Type.TEXT),
    namespace(Type.TEXT),
    selfLink(Type.TEXT),
    uid(Type.TEXT),
    resourceVersion(Type.TEXT),
    generation(Type.WHOLE_NUMBER),
    creationTimestamp(Type.TEXT),
    deletionTimestamp(Type.TEXT),
    deletionGracePeriodSeconds(Type.WHOLE_NUMBER),
    labels(Type.TEXT_MAP),
    annotations(Type.TEXT_MAP),
    ownerReferences(Type.OBJECTS),
    finalizers(Type.TEXTS),
    managedFields(Type.OBJECTS);

    private final Type type;

    Field(Type type) {
      this.type = type;
    }
  }

  private enum Type {
    TEXT,
    WHOLE_NUMBER,
    TEXT_MAP,
    TEXTS,
    OBJECTS
  }

  private final Map<String, Object> fields;

  private Metadata(Map<String, Object> fields) {
    this.fields = fields;
  }

  public static Metadata named(String namespace, String name) {
    return new Metadata(new LinkedHashMap<>()).with("namespace", namespace).with("name", name);
  }

  /** Reads an object's {@code metadata}. */
  public static Metadata of(Fields source) throws MalformedObjectException {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Field field : Field.values()) {
      put(fields, field.name(), read(source, field));
    }
    return new Metadata(fields);
  }

  private static @Nullable Object read(Fields source, Field field) throws MalformedObjectException {
    return switch (field.type) {
      case TEXT -> source.string(field.name()).orElse(null);
      case TEXT_MAP -> source.stringMap(field.name());
      case TEXTS -> source.strings(field.name());
      case OBJECTS -> {
        source.objects(field.name());
        yield source.raw(field.name());
      }
      case WHOLE_NUMBER -> {
        Object value = source.raw(field.name());
        if (value != null && !(value instanceof Long)) {
          throw new MalformedObjectException(
              source.path() + "." + field.name() + " must be a whole number");
        }
        yield value;
      }
    };
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    boolean empty =
        switch (value) {
          case null -> true;
          case String text -> text.isEmpty();
          case Map<?, ?> map -> map.isEmpty();
          case List<?> list -> list.isEmpty();
          case Long number -> number == 0;
          default -> false;
        };
    if (empty) {
      fields.remove(name);
    } else {
      fields.put(name, value instanceof Map<?, ?> map ? sorted(map) : value);
    }
  }

  private static Map<String, Object> sorted(Map<?, ?> map) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put((String) key, value));
    return sorted;
  }

  public String name() {
    return text("name");
  }

  public String namespace() {
    return text("namespace");
  }

  public String uid() {
    return text("uid");
  }

  public String resourceVersion() {
    return text("resourceVersion");
  }

  public long generation() {
    return fields.get("generation") instanceof Long number ? number : 0;
  }

  public Map<String, String> labels() {
    return textMap("labels");
  }

  public Map<String, String> annotations() {
    return textMap("annotations");
  }

  /** The owner that is marked as controller, as its raw map. */
  public Optional<Map<?, ?>> controllerOwner() {
    if (fields.get("ownerReferences") instanceof List<?> owners) {
      for (Object owner : owners) {
        if (owner instanceof Map<?, ?> reference
            && Boolean.TRUE.equals(reference.get("controller"))) {
          return Optional.of(reference);
        }
      }
    }
    return Optional.empty();
  }

  /** Whether the owner that is marked as controller is the object with that uid. */
  public boolean isControlledBy(String uid) {
    return controllerOwner().filter(owner -> uid.equals(owner.get("uid"))).isPresent();
  }

  /** A copy with one field set, or without it when the value is null or empty. */
  public Metadata with(String field, @Nullable Object value) {
    Field.valueOf(field);
    Map<String, Object> changed = new LinkedHashMap<>();
    for (Field each : Field.values()) {
      Object now = each.name().equals(field) ? value : fields.get(each.name());
      put(changed, each.name(), now);
    }
    return new Metadata(changed);
  }

  /**
   * The fields that are set, in Go's order; map values are sorted by key. The map must not be
   * changed.
   */
  public Map<String, Object> tree() {
    return fields;
  }

  private String text(String field) {
    return fields.get(field) instanceof String text ? text : "";
  }

  private Map<String, String> textMap(String field) {
    Map<String, String> result = new LinkedHashMap<>();
    if (fields.get(field) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> result.put((String) key, (String) value));
    }
    return result;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Metadata that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return "Metadata[" + namespace() + "/" + name() + "]";
  }
}
