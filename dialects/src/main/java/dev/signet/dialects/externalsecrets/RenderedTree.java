package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.ShapeException;
import dev.signet.template.Str;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.YamlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Any object but a Secret as templates change it, by External Secrets' rules for {@code
 * target.manifest}:
 *
 * <ul>
 *   <li>{@code annotations}, {@code labels}, {@code data} and {@code spec}, in any case, take each
 *       value as text under its key.
 *   <li>Anything else is a path: names with dots between them, each followed by any number of
 *       indexes such as {@code [0]}. A value is parsed as YAML and put there; its key does not
 *       matter. A parsed map is merged into the map that is there, unless the path is one name.
 *   <li>Maps and lists on the way are made; a list grows with nulls, to 10,000 at most.
 *   <li>After a value was put, labels and annotations exist, and hold texts only.
 * </ul>
 */
final class RenderedTree implements TemplateObject {

  private static final int MAX_INDEX = 10_000;

  private sealed interface Step {
    record Name(String name) implements Step {}

    record Index(int index) implements Step {}
  }

  private Map<String, @Nullable Object> tree;

  /** The tree is changed in place. */
  RenderedTree(Map<String, @Nullable Object> tree) {
    this.tree = tree;
  }

  Map<String, @Nullable Object> tree() {
    return tree;
  }

  @Override
  public void put(String target, String key, byte[] value) throws ShapeException {
    String text = Str.of(value).utf8();
    switch (target.toLowerCase(Locale.ROOT)) {
      case "annotations" -> metadata("annotations").put(key, text);
      case "labels" -> metadata("labels").put(key, text);
      case "data" -> field("data").put(key, text);
      case "spec" -> field("spec").put(key, text);
      default -> {
        Object parsed = parsed(value, text);
        at(target, steps(target), _ -> parsed);
      }
    }
    onlyTexts("annotations");
    onlyTexts("labels");
  }

  @Override
  public void place(String path, @Nullable Object parsed) throws ShapeException {
    List<Step> steps = steps(path);
    if (steps.size() == 1) {
      at(path, steps, _ -> parsed);
      return;
    }
    at(
        path,
        steps,
        there -> {
          if (there instanceof Map<?, ?> before && parsed instanceof Map<?, ?> added) {
            Map<String, @Nullable Object> merged = new LinkedHashMap<>();
            before.forEach((key, value) -> merged.put((String) key, value));
            added.forEach((key, value) -> merged.put((String) key, value));
            return merged;
          }
          return parsed;
        });
  }

  private static @Nullable Object parsed(byte[] value, String text) {
    try {
      return YamlValue.read(value, "value", TemplateEngine.YAML_LIMITS, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      return text;
    }
  }

  private Map<String, @Nullable Object> field(String name) throws ShapeException {
    return child(tree, name);
  }

  private Map<String, @Nullable Object> metadata(String name) throws ShapeException {
    return child(child(tree, "metadata"), name);
  }

  private static Map<String, @Nullable Object> child(
      Map<String, @Nullable Object> parent, String name) throws ShapeException {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    switch (parent.get(name)) {
      case null -> {}
      case Map<?, ?> map -> map.forEach((key, value) -> copy.put((String) key, value));
      default -> throw new ShapeException(name + " of the object is not a map");
    }
    parent.put(name, copy);
    return copy;
  }

  /** The object's typed accessors see texts only, and write back what they see. */
  private void onlyTexts(String name) throws ShapeException {
    Map<String, @Nullable Object> metadata = child(tree, "metadata");
    boolean texts =
        metadata.get(name) instanceof Map<?, ?> map
            && map.values().stream().allMatch(String.class::isInstance);
    if (!texts) {
      metadata.put(name, new LinkedHashMap<>());
    }
  }

  private void at(String path, List<Step> steps, UnaryOperator<@Nullable Object> leaf)
      throws ShapeException {
    try {
      Map<String, @Nullable Object> changed = new LinkedHashMap<>();
      if (set(tree, steps, leaf) instanceof Map<?, ?> map) {
        map.forEach((key, value) -> changed.put((String) key, value));
      }
      tree = changed;
    } catch (ShapeException e) {
      throw new ShapeException("failed to set path " + path + ": " + e.getMessage());
    }
  }

  private static @Nullable Object set(
      @Nullable Object node, List<Step> steps, UnaryOperator<@Nullable Object> leaf)
      throws ShapeException {
    List<Step> rest = steps.subList(1, steps.size());
    return switch (steps.getFirst()) {
      case Step.Name(String name) -> {
        if (node != null && !(node instanceof Map<?, ?>)) {
          throw new ShapeException(
              "expected map at key \"" + name + "\" but found " + goType(node));
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (node instanceof Map<?, ?> there) {
          there.forEach((key, value) -> map.put((String) key, value));
        }
        Object before = map.get(name);
        map.put(name, rest.isEmpty() ? leaf.apply(before) : set(before, rest, leaf));
        yield map;
      }
      case Step.Index(int index) -> {
        if (node != null && !(node instanceof List<?>)) {
          throw new ShapeException(
              "expected array at index " + index + " but found " + goType(node));
        }
        List<@Nullable Object> list = new ArrayList<>();
        if (node instanceof List<?> there) {
          list.addAll(there);
        }
        while (list.size() <= index) {
          list.add(null);
        }
        Object before = list.get(index);
        list.set(index, rest.isEmpty() ? leaf.apply(before) : set(before, rest, leaf));
        yield list;
      }
    };
  }

  private static String goType(Object node) {
    return switch (node) {
      case Map<?, ?> _ -> "map[string]interface {}";
      case List<?> _ -> "[]interface {}";
      case String _ -> "string";
      case Boolean _ -> "bool";
      case Double _ -> "float64";
      default -> "int64";
    };
  }

  private static List<Step> steps(String path) throws ShapeException {
    List<Step> steps = new ArrayList<>();
    for (String segment : path.split("\\.", -1)) {
      int bracket = segment.indexOf('[');
      String name = bracket < 0 ? segment : segment.substring(0, bracket);
      String rest = bracket < 0 ? "" : segment.substring(bracket);
      if (name.isEmpty() && rest.isEmpty()) {
        throw invalid(path, "empty segment");
      }
      if (!name.isEmpty()) {
        steps.add(new Step.Name(name));
      }
      while (!rest.isEmpty()) {
        if (!rest.startsWith("[")) {
          throw invalid(path, "expected '[' near \"" + rest + "\"");
        }
        int end = rest.indexOf(']');
        if (end < 0) {
          throw invalid(path, "unterminated '['");
        }
        steps.add(new Step.Index(index(path, rest.substring(1, end))));
        rest = rest.substring(end + 1);
      }
    }
    if (!(steps.getFirst() instanceof Step.Name)) {
      throw invalid(path, "path must start with a key");
    }
    return steps;
  }

  private static int index(String path, String text) throws ShapeException {
    int index;
    try {
      index = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw invalid(path, "bad index \"" + text + "\"");
    }
    if (index < 0) {
      throw invalid(path, "negative index " + index);
    }
    if (index > MAX_INDEX) {
      throw invalid(path, "index " + index + " exceeds maximum (" + MAX_INDEX + ")");
    }
    return index;
  }

  private static ShapeException invalid(String path, String why) {
    return new ShapeException("invalid path \"" + path + "\": " + why);
  }
}
