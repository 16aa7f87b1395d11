package dev.signet.yaml;

import java.util.List;

/**
 * Where one value of a document stands: the bytes from {@code start} to before {@code end} of the
 * input. Its anchor and its tag stand before it. A value that is not written ({@code key:}) is an
 * empty stretch behind its colon.
 */
sealed interface Node {

  int start();

  int end();

  /** How a scalar is written; what JSON has is {@link #PLAIN} and {@link #DOUBLE}. */
  enum Style {
    PLAIN,
    SINGLE,
    DOUBLE,
    LITERAL,
    FOLDED;

    boolean isBlock() {
      return this == LITERAL || this == FOLDED;
    }
  }

  /**
   * A block scalar ends behind its last line with text, its line break not included, unless all
   * blank lines that follow are part of it ({@code |+}): then it ends behind those.
   */
  record Scalar(int start, int end, Style style) implements Node {}

  record Alias(int start, int end) implements Node {}

  record Sequence(int start, int end, boolean flow, List<Node> items) implements Node {}

  record Mapping(int start, int end, boolean flow, List<Entry> entries) implements Node {}

  /**
   * A key and its value.
   *
   * @param name the key as the tree has it
   * @param merge whether it is a merge, so that the tree has no such key
   */
  record Entry(String name, boolean merge, Node key, Node value) {}
}
