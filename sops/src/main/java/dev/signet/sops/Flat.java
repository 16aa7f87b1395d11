package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Metadata for formats without nesting: {@code age__list_0__map_enc} is the field {@code enc} of
 * the first item of {@code age}.
 */
final class Flat {

  private static final String MAP = "__map_";
  private static final String LIST = "__list_";

  /** More than any file has keys, less than what hurts. */
  private static final int MOST_ITEMS = 100_000;

  private Flat() {}

  static Branch flatten(Branch branch, String prefix, boolean escape) {
    Branch flat = new Branch();
    flatten(branch, prefix, flat, escape);
    return flat;
  }

  private static void flatten(Branch branch, String prefix, Branch flat, boolean escape) {
    for (Member member : branch.members()) {
      if (member instanceof Field field) {
        flatten(field.value(), prefix + field.key(), flat, escape);
      }
    }
  }

  private static void flatten(Value value, String name, Branch flat, boolean escape) {
    switch (value) {
      case Branch branch -> flatten(branch, name + MAP, flat, escape);
      case Sequence sequence -> {
        int index = 0;
        for (Value item : sequence.items()) {
          flatten(item, name + LIST + index++, flat, escape);
        }
      }
      case Text text -> flat.add(name, escape ? new Text(text.text().replace("\n", "\\n")) : text);
      default -> flat.add(name, value);
    }
  }

  /** What is found at a name, or in it. */
  private static final class Node {
    private final TreeMap<String, Node> fields = new TreeMap<>();
    private final TreeMap<Integer, Node> items = new TreeMap<>();
    private final List<Value> values = new ArrayList<>();

    Value value(String name) throws SopsException {
      int kinds = values.size() + (fields.isEmpty() ? 0 : 1) + (items.isEmpty() ? 0 : 1);
      if (kinds > 1) {
        throw malformed(name, values.size() > 1 ? "Duplicate value" : "Type mismatch");
      }
      if (!values.isEmpty()) {
        return values.getFirst();
      }
      if (!items.isEmpty()) {
        if (items.firstKey() != 0 || items.lastKey() != items.size() - 1) {
          throw malformed(name, "Incomplete list");
        }
        Sequence sequence = new Sequence();
        for (Node item : items.values()) {
          sequence.items().add(item.value(name));
        }
        return sequence;
      }
      Branch branch = new Branch();
      for (Map.Entry<String, Node> field : fields.entrySet()) {
        branch.add(field.getKey(), field.getValue().value(field.getKey()));
      }
      return branch;
    }
  }

  static Branch unflatten(Branch flat, boolean escaped) throws SopsException {
    Node root = new Node();
    for (Member member : flat.members()) {
      if (member instanceof Field field) {
        Value value = field.value();
        if (escaped && value instanceof Text text) {
          value = new Text(text.text().replace("\\n", "\n"));
        }
        place(field.key(), root).values.add(value);
      }
    }
    return root.value("sops") instanceof Branch branch ? branch : new Branch();
  }

  private static Node place(String name, Node root) throws SopsException {
    Node node = root;
    int at = 0;
    boolean list = false;
    while (true) {
      int map = name.indexOf(MAP, at);
      int item = name.indexOf(LIST, at);
      int end = map < 0 ? item : item < 0 ? map : Math.min(map, item);
      String part = name.substring(at, end < 0 ? name.length() : end);
      node =
          list
              ? node.items.computeIfAbsent(index(part, name), _ -> new Node())
              : node.fields.computeIfAbsent(part, _ -> new Node());
      if (end < 0) {
        return node;
      }
      list = end == item;
      at = end + (list ? LIST : MAP).length();
    }
  }

  private static int index(String text, String name) throws SopsException {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < MOST_ITEMS) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Falls through.
    }
    throw malformed(name, "no position in a list");
  }

  private static SopsException malformed(String name, String why) {
    return new SopsException(Step.READ, "Error while unflattening \"" + name + "\": " + why);
  }
}
