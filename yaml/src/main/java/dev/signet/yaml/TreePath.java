package dev.signet.yaml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from the root of a document to one of its values: keys of mappings, places in lists. */
public final class TreePath {

  public static final TreePath ROOT = new TreePath(List.of());

  /** Each is a String, the key, or an Integer, the place counted from 0. */
  private final List<Object> steps;

  private TreePath(List<Object> steps) {
    this.steps = List.copyOf(steps);
  }

  /** These keys, one below the other. */
  public static TreePath of(String... keys) {
    return new TreePath(List.of((Object[]) keys));
  }

  public TreePath key(String key) {
    return below(key);
  }

  public TreePath item(int index) {
    return below(index);
  }

  private TreePath below(Object step) {
    List<Object> longer = new ArrayList<>(steps);
    longer.add(step);
    return new TreePath(longer);
  }

  /** The path of what this path leads on to from a value that stands at {@code start}. */
  public TreePath from(TreePath start) {
    List<Object> longer = new ArrayList<>(start.steps);
    longer.addAll(steps);
    return new TreePath(longer);
  }

  List<Object> steps() {
    return steps;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TreePath that && steps.equals(that.steps);
  }

  @Override
  public int hashCode() {
    return steps.hashCode();
  }

  /** {@code items[2].spec.encryptedData["tls.key"]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Object step : steps) {
      if (!(step instanceof String key)) {
        text.append('[').append(step).append(']');
      } else if (isWord(key)) {
        text.append(text.isEmpty() ? "" : ".").append(key);
      } else {
        text.append("[\"").append(key.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"]");
      }
    }
    return text.toString();
  }

  private static boolean isWord(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (!Character.isLetterOrDigit(c) && c != '_' && c != '-') {
        return false;
      }
    }
    return !key.isEmpty();
  }
}
