package dev.signet.deploy;

import dev.signet.yaml.GoJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Walks through trees of maps, lists and scalars, and tells them apart. */
final class Trees {

  /** Where something that was there is no longer. */
  static final String GONE = "null";

  private Trees() {}

  @SuppressWarnings("unchecked") // all keys of a tree are strings
  static Map<String, @Nullable Object> map(@Nullable Object tree) {
    if (tree instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new IllegalArgumentException("no map: " + tree);
  }

  static List<?> list(@Nullable Object tree) {
    if (tree instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("no list: " + tree);
  }

  static @Nullable Object at(Map<String, @Nullable Object> tree, String... path) {
    @Nullable Object at = tree;
    for (String key : path) {
      at = map(at).get(key);
    }
    return at;
  }

  /** As the API server takes it: a field that is null is absent. */
  static Map<String, @Nullable Object> withoutNulls(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (value != null) {
            copy.put((String) key, withoutNulls(value));
          }
        });
    return copy;
  }

  private static Object withoutNulls(Object value) {
    return switch (value) {
      case Map<?, ?> map -> withoutNulls(map);
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(item -> copy.add(withoutNulls(item)));
        yield copy;
      }
      default -> value;
    };
  }

  /** As helm merges two files of values: maps key by key, everything else is replaced. */
  static Map<String, @Nullable Object> merged(
      Map<String, @Nullable Object> under, Map<String, @Nullable Object> over) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>(under);
    over.forEach(
        (key, value) ->
            all.put(
                key,
                value instanceof Map && all.get(key) instanceof Map
                    ? merged(map(all.get(key)), map(value))
                    : value));
    return all;
  }

  /**
   * What has to be done to the first set of objects to have the second: the name of an object, or
   * that and a JSON pointer, to JSON. Lists are compared item by item only if they hold as many
   * maps before as after.
   */
  static SortedMap<String, String> differences(
      Map<String, ? extends @Nullable Object> before,
      Map<String, ? extends @Nullable Object> after) {
    SortedMap<String, String> found = new TreeMap<>();
    for (String name : keys(before, after)) {
      compare(before.get(name), after.get(name), name, name + " ", found);
    }
    return found;
  }

  private static Set<String> keys(Map<String, ?> one, Map<String, ?> other) {
    Set<String> keys = new TreeSet<>(one.keySet());
    keys.addAll(other.keySet());
    return keys;
  }

  private static void compare(
      @Nullable Object before,
      @Nullable Object after,
      String place,
      String prefix,
      SortedMap<String, String> found) {
    if (before instanceof Map && after instanceof Map) {
      for (String key : keys(map(before), map(after))) {
        String there = prefix + "/" + key.replace("~", "~0").replace("/", "~1");
        compare(map(before).get(key), map(after).get(key), there, there, found);
      }
    } else if (before instanceof List<?> olds
        && after instanceof List<?> news
        && olds.size() == news.size()
        && olds.stream().allMatch(Map.class::isInstance)
        && news.stream().allMatch(Map.class::isInstance)) {
      for (int i = 0; i < olds.size(); i++) {
        compare(olds.get(i), news.get(i), prefix + "/" + i, prefix + "/" + i, found);
      }
    } else if (!json(before).equals(json(after))) {
      found.put(place, json(after));
    }
  }

  static String json(@Nullable Object tree) {
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.SORTED);
  }
}
