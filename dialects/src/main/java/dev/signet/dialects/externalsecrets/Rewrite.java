package dev.signet.dialects.externalsecrets;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonTree;
import dev.signet.template.Floats;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Str;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One step of {@code rewrite}: other names for what was fetched, or one value made of many. Where
 * two names become one, the one that sorts last wins; upstream leaves that to chance.
 */
sealed interface Rewrite {

  /** Replaces every match in each name, with Go's rules for {@code $1} and {@code ${1}}. */
  record Regexp(Pattern source, String target) implements Rewrite {}

  /** Renders each name anew; the template sees it as {@code .value}. */
  record Transform(String template) implements Rewrite {}

  /** Makes one map of all values, which must be JSON objects. */
  record Merge(
      String into,
      List<String> priority,
      boolean strictPriority,
      boolean conflictsFail,
      boolean json)
      implements Rewrite {

    public Merge {
      priority = List.copyOf(priority);
    }
  }

  enum PriorityPolicy {
    Strict,
    IgnoreNotFound
  }

  enum ConflictPolicy {
    Error,
    Ignore
  }

  enum Strategy {
    Extract,
    JSON
  }

  static List<Rewrite> of(Fields parent) throws MalformedObjectException {
    List<Rewrite> rewrites = new ArrayList<>();
    for (Fields each : parent.objects("rewrite")) {
      if (each.names().size() != 1) {
        throw new MalformedObjectException(
            each.path() + " must have exactly one of merge, regexp and transform");
      }
      Optional<Fields> regexp = each.object("regexp");
      Optional<Fields> transform = each.object("transform");
      Optional<Fields> merge = each.object("merge");
      if (regexp.isPresent()) {
        rewrites.add(
            new Regexp(
                pattern(regexp.get().requiredString("source"), regexp.get().path() + ".source"),
                regexp.get().requiredString("target")));
      } else if (transform.isPresent()) {
        rewrites.add(new Transform(transform.get().requiredString("template")));
      } else if (merge.isPresent()) {
        rewrites.add(merge(merge.get()));
      }
    }
    return List.copyOf(rewrites);
  }

  private static Merge merge(Fields merge) throws MalformedObjectException {
    return new Merge(
        merge.string("into").orElse(""),
        merge.strings("priority"),
        Choices.of(merge, "priorityPolicy", PriorityPolicy.Strict) == PriorityPolicy.Strict,
        Choices.of(merge, "conflictPolicy", ConflictPolicy.Error) == ConflictPolicy.Error,
        Choices.of(merge, "strategy", Strategy.Extract) == Strategy.JSON);
  }

  /** RE2: linear in what it is matched against, whoever wrote it. */
  static Pattern pattern(String expression, String path) throws MalformedObjectException {
    if (expression.length() > 1000) {
      throw new MalformedObjectException(path + " is longer than 1000 characters");
    }
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new MalformedObjectException(
          path + " is not a regular expression of RE2: " + e.getMessage());
    }
  }

  /** Applies them in order. Takes the input over. */
  static Material all(List<Rewrite> rewrites, Material input, Templates templates)
      throws ShapeException, ObjectsException {
    Material current = input;
    for (int i = 0; i < rewrites.size(); i++) {
      Material next = new Material();
      boolean complete = false;
      try (Material before = current) {
        switch (rewrites.get(i)) {
          case Regexp(Pattern source, String target) -> {
            for (String name : new TreeSet<>(before.items().keySet())) {
              next.put(replaced(source, target, name), copy(before, name));
            }
          }
          case Transform(String template) -> transform(template, before, templates, next);
          case Merge merge -> merge(merge, before, next);
        }
        complete = true;
      } catch (ShapeException e) {
        throw new ShapeException(
            "error applying rewrite to keys: failed rewrite operation["
                + i
                + "]: "
                + e.getMessage());
      } finally {
        if (!complete) {
          next.close();
        }
      }
      current = next;
    }
    return current;
  }

  private static Item copy(Material material, String name) {
    Item item = material.items().get(name);
    if (item == null) {
      throw new IllegalArgumentException("no item " + name);
    }
    return new Item(item.value().copy(), item.origin());
  }

  private static String replaced(Pattern source, String target, String name) throws ShapeException {
    com.google.re2j.Matcher matcher = source.matcher(name);
    StringBuilder result = new StringBuilder();
    int from = 0;
    int lastEnd = -1;
    while (matcher.find()) {
      // As in Go, no empty match right after another match.
      if (matcher.end() == matcher.start() && matcher.start() == lastEnd) {
        continue;
      }
      result.append(name, from, matcher.start());
      GoExpansion.expand(target, matcher, result);
      from = matcher.end();
      lastEnd = matcher.end();
      if (result.length() > 100_000) {
        throw new ShapeException("the rewritten name is longer than 100000 characters");
      }
    }
    return result.append(name, from, name.length()).toString();
  }

  private static void transform(String text, Material before, Templates templates, Material next)
      throws ShapeException, ObjectsException {
    Template template;
    try {
      template = Template.parse("transform", text, templates.functions(), Options.DEFAULT);
    } catch (TemplateException e) {
      throw new ShapeException("transform failed with failed to parse template: " + e.getMessage());
    }
    for (String name : new TreeSet<>(before.items().keySet())) {
      try {
        Value data = Value.stringMap(Map.of("value", name.getBytes(StandardCharsets.UTF_8)));
        byte[] renamed = template.execute(data, Limits.DEFAULT, templates.sources());
        next.put(Str.of(renamed).utf8(), copy(before, name));
      } catch (TemplateException e) {
        // Names are no secret.
        throw new ShapeException(
            "transform failed with failed to execute template for key \""
                + name
                + "\": "
                + e.getMessage());
      }
    }
  }

  private static void merge(Merge merge, Material before, Material next) throws ShapeException {
    Map<String, @Nullable Object> merged = new TreeMap<>();
    Map<String, Origin> origins = new TreeMap<>();
    TreeSet<String> conflicts = new TreeSet<>();
    List<String> names = new ArrayList<>(new TreeSet<>(before.items().keySet()));
    names.removeAll(merge.priority());
    names.addAll(merge.priority());
    for (String name : names) {
      Optional<Item> item = before.get(name);
      if (item.isEmpty()) {
        if (merge.strictPriority()) {
          throw new ShapeException("merge failed with key \"" + name + "\" not found in input map");
        }
        continue;
      }
      Map<String, @Nullable Object> fields =
          item.get()
              .value()
              .with(JsonTree::object)
              .orElseThrow(
                  () ->
                      new ShapeException(
                          "merge failed with failed to unmarshal JSON: the value of "
                              + name
                              + " is not a JSON object"));
      Origin origin = item.get().origin();
      fields.forEach(
          (key, value) -> {
            if (merged.containsKey(key)) {
              conflicts.add(key);
            }
            merged.put(key, value);
            origins.put(key, origin);
          });
    }
    if (merge.conflictsFail() && !conflicts.isEmpty()) {
      throw new ShapeException("merge failed with conflicts: " + String.join(", ", conflicts));
    }
    if (merge.json()) {
      if (merge.into().isEmpty()) {
        throw new ShapeException("merge failed with missing 'into' field");
      }
      next.putAll(before.copy());
      byte[] json = unescaped(json(merged)).getBytes(StandardCharsets.UTF_8);
      next.put(merge.into(), new Item(SecretBytes.wrap(json), Origin.of("merge", merge.into())));
      return;
    }
    merged.forEach(
        (key, value) ->
            next.put(
                key,
                new Item(
                    SecretBytes.wrap(text(value).getBytes(StandardCharsets.UTF_8)),
                    origins.getOrDefault(key, Origin.of("merge", key)))));
  }

  /** As upstream makes a value of what JSON holds. */
  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Boolean truth -> truth.toString();
      case Double number -> Floats.format(number, 'f', -1, 64);
      default -> json(value);
    };
  }

  private static String json(Object value) {
    return GoJson.write(value, GoJson.Layout.COMPACT, GoJson.Keys.SORTED);
  }

  /** Without what Go escapes for the sake of HTML only. */
  private static String unescaped(String json) {
    StringBuilder result = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c != '\\') {
        result.append(c);
        continue;
      }
      String escape = json.startsWith("\\u", i) ? json.substring(i + 2, i + 6) : "";
      switch (escape) {
        case "003c", "003e", "0026" -> {
          result.append((char) Integer.parseInt(escape, 16));
          i += 5;
        }
        default -> result.append(c).append(json.charAt(++i));
      }
    }
    return result.toString();
  }
}
