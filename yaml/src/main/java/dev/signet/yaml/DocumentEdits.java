package dev.signet.yaml;

import dev.signet.yaml.Document.Syntax;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The changes to one document, gathered by the mapping that they are in. */
final class DocumentEdits {

  /** Makes the exception for what cannot be done. */
  @FunctionalInterface
  interface Refusal {
    EditException because(TreePath path, String why);
  }

  /** A list item that is replaced. */
  private record ItemEdit(Node node, @Nullable Object value, boolean flow) {}

  private final Outline outline;
  private final Syntax syntax;
  private final Refusal refusal;
  private final IdentityHashMap<Node.Mapping, MappingEdit> mappings = new IdentityHashMap<>();
  private final IdentityHashMap<Node, ItemEdit> items = new IdentityHashMap<>();

  DocumentEdits(Outline outline, Syntax syntax, Refusal refusal) {
    this.outline = outline;
    this.syntax = syntax;
    this.refusal = refusal;
  }

  void set(TreePath path, @Nullable Object value) throws EditException {
    List<Object> steps = path.steps();
    Node node = outline.root;
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      List<Object> rest = steps.subList(i + 1, steps.size());
      if (node instanceof Node.Mapping mapping && steps.get(i) instanceof String key) {
        MappingEdit edit = edit(mapping);
        Optional<Node.Entry> entry = single(mapping, key, path);
        if (entry.isEmpty()) {
          edit.add(key, rest, value);
          return;
        }
        if (last) {
          edit.replace(entry.get(), value);
          return;
        }
        Node below = entry.get().value();
        if (edit.isReplaced(entry.get()) || below instanceof Node.Scalar) {
          // Nothing was there, or what was there is a mapping that is written anew.
          edit.replaceBelow(entry.get(), rest, value);
          return;
        }
        node = below;
      } else if (node instanceof Node.Sequence sequence && steps.get(i) instanceof Integer index) {
        node = sequence.items().get(index);
        if (last) {
          items.put(node, new ItemEdit(node, value, sequence.flow()));
        }
      } else {
        throw refusal.because(
            path, "it is repeated by an alias; change the value that the anchor names");
      }
    }
  }

  void remove(TreePath path) throws EditException {
    Node node = outline.root;
    for (Object step : path.steps().subList(0, path.steps().size() - 1)) {
      if (node instanceof Node.Mapping mapping && step instanceof String key) {
        Optional<Node.Entry> entry = single(mapping, key, path);
        if (entry.isEmpty() || edit(mapping).isReplaced(entry.get())) {
          throw refusal.because(path, "it is new, or comes from a merge (<<)");
        }
        node = entry.get().value();
      } else if (node instanceof Node.Sequence sequence && step instanceof Integer index) {
        node = sequence.items().get(index);
      } else {
        throw refusal.because(
            path, "it is repeated by an alias; change the value that the anchor names");
      }
    }
    String key = (String) path.steps().getLast();
    if (!(node instanceof Node.Mapping mapping)) {
      throw refusal.because(
          path, "it is repeated by an alias; change the value that the anchor names");
    }
    Optional<Node.Entry> entry = single(mapping, key, path);
    if (entry.isEmpty()) {
      throw refusal.because(path, "it is new, or comes from a merge (<<)");
    }
    edit(mapping).remove(entry.get());
  }

  private MappingEdit edit(Node.Mapping mapping) {
    return mappings.computeIfAbsent(mapping, each -> new MappingEdit(outline, syntax, each));
  }

  private Optional<Node.Entry> single(Node.Mapping mapping, String key, TreePath path)
      throws EditException {
    long count = mapping.entries().stream().filter(e -> !e.merge() && e.name().equals(key)).count();
    if (count > 1) {
      throw refusal.because(path, "its key stands there twice; remove one of them");
    }
    return Outline.entry(mapping, key);
  }

  /** Those of inner mappings first: their new entries come before those of outer ones. */
  List<Splice> splices() {
    List<MappingEdit> ordered = new ArrayList<>(mappings.values());
    ordered.sort(Comparator.comparingInt((MappingEdit edit) -> edit.mapping().start()).reversed());
    List<Splice> splices = new ArrayList<>();
    for (MappingEdit edit : ordered) {
      splices.addAll(edit.splices());
    }
    for (ItemEdit item : items.values()) {
      splices.addAll(new ValueEdit(outline, syntax).inList(item.node, item.value, item.flow));
    }
    return splices;
  }

  /** Puts a value below keys into a tree, and makes what is missing on the way. */
  static void put(Map<String, @Nullable Object> tree, List<Object> keys, @Nullable Object value) {
    Map<String, @Nullable Object> map = tree;
    for (Object key : keys.subList(0, keys.size() - 1)) {
      Object below = map.get((String) key);
      if (!(below instanceof LinkedHashMap<?, ?>)) {
        below = new LinkedHashMap<String, @Nullable Object>();
        map.put((String) key, below);
      }
      @SuppressWarnings("unchecked") // made two lines above, or by a reader
      Map<String, @Nullable Object> next = (Map<String, @Nullable Object>) below;
      map = next;
    }
    map.put((String) keys.getLast(), value instanceof Map<?, ?> v ? new LinkedHashMap<>(v) : value);
  }
}
