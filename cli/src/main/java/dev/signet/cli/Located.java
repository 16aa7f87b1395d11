package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.yaml.Place;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A finding of {@code signet verify} and where it is.
 *
 * @param object the kind, namespace and name; empty for a file as a whole
 * @param item the item of the object; empty for the object as a whole
 */
record Located(Rule rule, String file, Place place, String object, String item, String message) {

  static final Comparator<Located> ORDER =
      Comparator.comparing(Located::file)
          .thenComparingInt(each -> each.place().line())
          .thenComparingInt(each -> each.place().column())
          .thenComparing(Located::rule)
          .thenComparing(Located::message);

  /** For what is found at one place only, or in a whole file. */
  static Place at(int line, int column) {
    int l = Math.max(line, 1);
    int c = Math.max(column, 1);
    return new Place(l, c, l, c, 0, 0);
  }

  /** What is wrong and with what. */
  String text() {
    return (object.isEmpty() ? "" : object + ": ") + (item.isEmpty() ? "" : item + ": ") + message;
  }

  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("rule", rule.id());
    tree.put("severity", rule.severity().text());
    tree.put("file", file);
    tree.put("line", (long) place.line());
    tree.put("column", (long) place.column());
    if (!object.isEmpty()) {
      tree.put("object", object);
    }
    if (!item.isEmpty()) {
      tree.put("item", item);
    }
    tree.put("message", message);
    tree.put("help", rule.help());
    return tree;
  }
}
