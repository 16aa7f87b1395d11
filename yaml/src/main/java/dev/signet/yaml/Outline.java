package dev.signet.yaml;

import java.util.Optional;

/** Where the values of one document stand in its input. */
public final class Outline {

  final byte[] input;
  final Node root;

  /** The bytes that the document was read from. */
  final int start;

  final int end;

  Outline(byte[] input, Node root, int start, int end) {
    this.input = input;
    this.root = root;
    this.start = start;
    this.end = end;
  }

  /** Where a value stands, if it is written where the path leads: not so behind an alias. */
  public Optional<Place> value(TreePath path) {
    Found found = find(path);
    return found.whole
        ? Optional.of(place(found.node.start(), found.node.end()))
        : Optional.empty();
  }

  /**
   * Where the last key of a path stands, or the list item; if there is no such key, the nearest
   * above it that is there.
   */
  public Place nearest(TreePath path) {
    Found found = find(path);
    return place(found.named.start(), found.named.end());
  }

  /**
   * How far a path leads.
   *
   * @param node the value, or the last one on the way
   * @param named what a person would point at: its key, or itself
   */
  private record Found(Node node, Node named, boolean whole) {}

  private Found find(TreePath path) {
    Node node = root;
    Node named = firstOf(root);
    for (Object step : path.steps()) {
      if (node instanceof Node.Mapping mapping && step instanceof String key) {
        Optional<Node.Entry> entry = entry(mapping, key);
        if (entry.isEmpty()) {
          return new Found(node, named, false);
        }
        node = entry.get().value();
        named = entry.get().key();
      } else if (node instanceof Node.Sequence sequence
          && step instanceof Integer index
          && index < sequence.items().size()) {
        node = sequence.items().get(index);
        named = firstOf(node);
      } else {
        return new Found(node, named, false);
      }
    }
    return new Found(node, named, true);
  }

  private static Node firstOf(Node node) {
    return node instanceof Node.Mapping mapping && !mapping.entries().isEmpty()
        ? mapping.entries().getFirst().key()
        : node;
  }

  /** The last one of that name: it is the one that counts. */
  static Optional<Node.Entry> entry(Node.Mapping mapping, String name) {
    Optional<Node.Entry> found = Optional.empty();
    for (Node.Entry entry : mapping.entries()) {
      if (!entry.merge() && entry.name().equals(name)) {
        found = Optional.of(entry);
      }
    }
    return found;
  }

  /** The line break of the document: that of its first line, or of the input's. */
  String eol() {
    for (int i = start; i < end; i++) {
      if (input[i] == '\n') {
        return i > 0 && input[i - 1] == '\r' ? "\r\n" : "\n";
      }
    }
    return start > 1 && input[start - 2] == '\r' ? "\r\n" : "\n";
  }

  Place place(int from, int to) {
    return new Place(line(from), column(from), line(to), column(to), from, to);
  }

  private int line(int offset) {
    int line = 1;
    for (int i = 0; i < offset; i++) {
      line += input[i] == '\n' ? 1 : 0;
    }
    return line;
  }

  private int column(int offset) {
    int column = 1;
    for (int i = Lines.start(input, offset); i < offset; i++) {
      boolean continues = (input[i] & 0xC0) == 0x80;
      boolean mark = i == 0 && hasByteOrderMark(input, 0);
      column += continues || mark ? 0 : 1;
    }
    return column;
  }

  static boolean hasByteOrderMark(byte[] input, int at) {
    return input.length >= at + 3
        && (input[at] & 0xFF) == 0xEF
        && (input[at + 1] & 0xFF) == 0xBB
        && (input[at + 2] & 0xFF) == 0xBF;
  }
}
