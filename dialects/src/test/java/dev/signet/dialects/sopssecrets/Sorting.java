package dev.signet.dialects.sopssecrets;

import dev.signet.yaml.GoJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an API server, and people with access to it, do to an object. */
final class Sorting {

  private Sorting() {}

  static Map<String, Object> sorted(Map<String, @Nullable Object> tree) {
    Map<String, Object> sorted = new TreeMap<>();
    tree.forEach(
        (key, value) -> {
          if (value != null) {
            sorted.put(key, deep(value));
          }
        });
    return new LinkedHashMap<>(sorted);
  }

  private static Object deep(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, each) -> copy.put((String) key, each));
        yield sorted(copy);
      }
      case List<?> list -> new java.util.ArrayList<>(list.stream().map(Sorting::deep).toList());
      default -> value;
    };
  }

  static void label(Map<String, Object> tree) {
    child(tree, "metadata").put("labels", Map.of("app.example.com/instance", "x"));
  }

  /** Of two Secrets: each gets the values of the other. */
  static void exchangeNames(Map<String, Object> tree) {
    List<?> templates = (List<?>) child(tree, "spec").getOrDefault("secretTemplates", List.of());
    Map<String, Object> first = map(templates.getFirst());
    Map<String, Object> second = map(templates.getLast());
    Object name = first.put("name", second.getOrDefault("name", ""));
    second.put("name", name == null ? "" : name);
  }

  private static Map<String, Object> child(Map<String, Object> tree, String name) {
    return map(tree.getOrDefault(name, Map.of()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  static String written(Map<String, Object> tree) {
    return GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN);
  }
}
