package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.Consumer;
import dev.signet.delivery.object.Ref;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The path of one Secret: where each key came from, who brought it, who uses it.
 *
 * @param about what follows the name: its type, or that it does not exist
 * @param where what is said of the place of a user, as a field of its own for programs; may be
 *     empty
 * @param nobody what is said when nobody uses a key
 * @param others what is to be said of what is no key of it, such as an entry that brought nothing
 * @param unseen what could not be looked at, and why
 */
record Lineage(
    Ref secret,
    String about,
    List<Key> keys,
    List<Consumer> consumers,
    Function<Ref, Map<String, Object>> where,
    String nobody,
    List<String> others,
    List<String> unseen) {

  /**
   * A key and the resources that bring it.
   *
   * @param notes why it could not be brought, or is not from where it should be
   */
  record Key(String name, List<Origin> from, List<By> by, List<String> notes) {}

  /**
   * A resource on the way.
   *
   * @param note for people: its file, its state
   * @param facts the same for programs
   * @param through the stores that it asks
   */
  record By(Ref resource, String note, Map<String, Object> facts, List<By> through) {}

  /** The note of a key, if it has one. */
  static List<String> of(Map<String, String> notes, String key) {
    String note = notes.get(key);
    return note == null ? List.of() : List.of(note);
  }

  /** Those notes that are of no key of the Secret. */
  static List<String> others(Map<String, String> notes, Collection<String> keys) {
    return notes.entrySet().stream()
        .filter(note -> !keys.contains(note.getKey()))
        .map(note -> note.getKey() + ": " + note.getValue())
        .toList();
  }

  private List<Consumer> users(String key) {
    return consumers.stream()
        .filter(consumer -> consumer.key().isEmpty() || consumer.key().get().equals(key))
        .toList();
  }

  void print(PrintStream out) {
    out.println(secret + "  (" + about + ")");
    int left = keys.size();
    for (Key key : keys) {
      left--;
      out.println((left == 0 ? "└─ " : "├─ ") + key.name() + " = " + Table.MASK);
      String indent = left == 0 ? "      " : "│     ";
      String word = "from  ";
      for (Origin origin : key.from()) {
        out.println(indent + word + GetCommand.from(origin));
        word = "or    ";
      }
      for (By by : key.by()) {
        out.println(indent + "by    " + by.resource() + "  (" + by.note() + ")");
        for (By store : by.through()) {
          out.println(indent + "store " + store.resource() + "  (" + store.note() + ")");
        }
      }
      key.notes().forEach(note -> out.println(indent + "note  " + note));
      List<Consumer> users = users(key.name());
      if (users.isEmpty()) {
        out.println(indent + "used  by " + nobody);
      }
      for (Consumer user : users) {
        out.println(
            indent
                + "used  "
                + user.user()
                + ": "
                + user.how()
                + (user.follows() ? "" : "; sees a new value only after a restart"));
      }
    }
    others.forEach(note -> out.println("note  " + note));
  }

  /**
   * @param place what is said of the place; empty for a directory
   */
  Map<String, Object> tree(Map<String, Object> place) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (!place.isEmpty()) {
      tree.put("cluster", place);
    }
    tree.put("namespace", secret.namespace());
    tree.put("name", secret.name());
    tree.put("keys", keys.stream().map(this::tree).toList());
    if (!others.isEmpty()) {
      tree.put("notes", others);
    }
    if (!place.isEmpty()) {
      tree.put("unseen", unseen);
    }
    return tree;
  }

  private Map<String, Object> tree(Key key) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("key", key.name());
    tree.put("from", tree(key.from().isEmpty() ? Origin.of("", "") : key.from().getFirst()));
    if (key.from().size() > 1) {
      tree.put("orFrom", key.from().stream().skip(1).map(Lineage::tree).toList());
    }
    tree.put("by", key.by().stream().map(Lineage::tree).toList());
    if (!key.notes().isEmpty()) {
      tree.put("notes", key.notes());
    }
    List<Object> used = new ArrayList<>();
    for (Consumer user : users(key.name())) {
      Map<String, Object> edge = tree(user.user());
      edge.putAll(where.apply(user.user()));
      edge.put("how", user.how());
      edge.put("restartNeeded", !user.follows());
      used.add(edge);
    }
    tree.put("usedBy", used);
    return tree;
  }

  private static Map<String, Object> tree(Origin origin) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("source", origin.source());
    tree.put("key", origin.key());
    tree.put("property", origin.property());
    tree.put("version", origin.version());
    return tree;
  }

  private static Map<String, Object> tree(By by) {
    Map<String, Object> tree = tree(by.resource());
    tree.putAll(by.facts());
    if (!by.through().isEmpty()) {
      tree.put("stores", by.through().stream().map(Lineage::tree).toList());
    }
    return tree;
  }

  private static Map<String, Object> tree(Ref ref) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("kind", ref.kind().kind());
    tree.put("namespace", ref.namespace());
    tree.put("name", ref.name());
    return tree;
  }
}
