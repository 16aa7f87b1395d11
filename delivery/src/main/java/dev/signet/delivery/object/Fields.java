package dev.signet.delivery.object;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one map of an object's tree field by field, with types checked and the path kept for
 * messages. It remembers what was read, so a dialect can refuse a field it does not understand
 * instead of ignoring it ({@link #refuseUnread}).
 *
 * <p>As in Kubernetes, a field that is null counts as absent.
 */
public final class Fields {

  private final Map<?, ?> map;
  private final String path;
  private final boolean strict;
  private final Set<String> read = new LinkedHashSet<>();
  private final Map<String, Fields> children = new LinkedHashMap<>();

  private Fields(Map<?, ?> map, String path, boolean strict) {
    this.map = map;
    this.path = path;
    this.strict = strict;
  }

  /** {@code path} is where the map stands in its object, empty for the object itself. */
  public static Fields of(Map<?, ?> map, String path) {
    return new Fields(map, path, /* strict= */ true);
  }

  /** The same, not yet read, with fields that may be ignored: for who looks for other mistakes. */
  public Fields lenient() {
    return new Fields(map, path, /* strict= */ false);
  }

  public String path() {
    return path;
  }

  public Optional<String> string(String name) throws MalformedObjectException {
    return typed(name, String.class, "a string");
  }

  public String requiredString(String name) throws MalformedObjectException {
    return string(name).orElseThrow(() -> missing(name));
  }

  public Optional<Boolean> bool(String name) throws MalformedObjectException {
    return typed(name, Boolean.class, "true or false");
  }

  public Optional<Fields> object(String name) throws MalformedObjectException {
    Optional<Map<?, ?>> found = typed(name, Map.class, "an object").map(value -> (Map<?, ?>) value);
    return found.map(value -> child(value, at(name)));
  }

  public Fields requiredObject(String name) throws MalformedObjectException {
    return object(name).orElseThrow(() -> missing(name));
  }

  /** The objects of a list; an absent list is empty. */
  public List<Fields> objects(String name) throws MalformedObjectException {
    List<Fields> result = new ArrayList<>();
    List<?> list = list(name);
    for (int i = 0; i < list.size(); i++) {
      String where = at(name) + "[" + i + "]";
      if (!(list.get(i) instanceof Map<?, ?> element)) {
        throw wrongType(where, "an object", list.get(i));
      }
      result.add(child(element, where));
    }
    return result;
  }

  public List<?> list(String name) throws MalformedObjectException {
    return typed(name, List.class, "a list").orElse(List.of());
  }

  /** The strings of a list; an absent list is empty. */
  public List<String> strings(String name) throws MalformedObjectException {
    List<String> result = new ArrayList<>();
    for (Object element : list(name)) {
      if (!(element instanceof String text)) {
        throw wrongType(at(name) + "[" + result.size() + "]", "a string", element);
      }
      result.add(text);
    }
    return result;
  }

  /**
   * A map of strings, as labels and annotations are; an absent one is empty. A null value is the
   * empty string, as in Go.
   */
  public Map<String, String> stringMap(String name) throws MalformedObjectException {
    Map<String, String> result = new LinkedHashMap<>();
    Optional<Map<?, ?>> found = typed(name, Map.class, "an object").map(value -> (Map<?, ?>) value);
    for (Map.Entry<?, ?> entry : found.orElse(Map.of()).entrySet()) {
      if (entry.getValue() != null && !(entry.getValue() instanceof String)) {
        throw wrongType(at(name) + "." + entry.getKey(), "a string", entry.getValue());
      }
      result.put(
          String.valueOf(entry.getKey()),
          entry.getValue() == null ? "" : (String) entry.getValue());
    }
    return result;
  }

  /** Whether the field is there and not null; it does not count as read by this. */
  public boolean has(String name) {
    return map.get(name) != null;
  }

  /** The names of the fields that are there and not null, in order. */
  public List<String> names() {
    return map.entrySet().stream()
        .filter(entry -> entry.getValue() != null)
        .map(entry -> String.valueOf(entry.getKey()))
        .toList();
  }

  /** Counts the field as read and gives its raw value, null when absent. */
  public @Nullable Object raw(String name) {
    read.add(name);
    return map.get(name);
  }

  /** Paths of the fields below here that nothing has read. */
  public List<String> unread() {
    List<String> result = new ArrayList<>();
    for (String name : names()) {
      if (!read.contains(name)) {
        result.add(at(name));
      }
    }
    children.values().forEach(child -> result.addAll(child.unread()));
    return result;
  }

  /**
   * Fails with the paths of the fields that nothing has read, so that nothing is ever ignored
   * silently.
   */
  public void refuseUnread() throws MalformedObjectException {
    List<String> unread = strict ? unread() : List.of();
    if (!unread.isEmpty()) {
      throw new MalformedObjectException(
          "this version does not understand "
              + String.join(", ", unread)
              + "; nothing was delivered");
    }
  }

  private Fields child(Map<?, ?> value, String where) {
    return children.computeIfAbsent(where, _ -> new Fields(value, where, strict));
  }

  private <T> Optional<T> typed(String name, Class<T> type, String expected)
      throws MalformedObjectException {
    read.add(name);
    Object value = map.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw wrongType(at(name), expected, value);
    }
    return Optional.of(type.cast(value));
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private MalformedObjectException missing(String name) {
    return new MalformedObjectException(at(name) + " is required");
  }

  private static MalformedObjectException wrongType(
      String where, String expected, @Nullable Object found) {
    return new MalformedObjectException(where + " must be " + expected + ", not " + nameOf(found));
  }

  private static String nameOf(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String _ -> "a string";
      case Boolean _ -> "a boolean";
      case Long _, Integer _, BigInteger _ -> "a whole number";
      case Number _ -> "a number";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "an object";
      default -> "something else";
    };
  }
}
