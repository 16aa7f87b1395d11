package dev.signet.template.select;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The syntax tree of a JMESPath expression. */
sealed interface JmesNode {
  /** The value itself: {@code @}, and the right side of a projection that has none. */
  enum Current implements JmesNode {
    CURRENT
  }

  /** A bracket that could not be read; an error only where it is evaluated. */
  enum Broken implements JmesNode {
    BROKEN
  }

  record Field(ByteString name) implements JmesNode {}

  record Literal(Json value) implements JmesNode {}

  record Index(long index) implements JmesNode {}

  /** A slice; what is left out is null. */
  record Slice(@Nullable Long start, @Nullable Long stop, @Nullable Long step)
      implements JmesNode {}

  /**
   * Right applied to the result of left: dots, brackets and pipes, which differ in the parser only.
   */
  record Chain(JmesNode left, JmesNode right) implements JmesNode {}

  /** Right applied to every element of left. */
  record Projection(JmesNode left, JmesNode right) implements JmesNode {}

  /** Right applied to every member of left. */
  record ValueProjection(JmesNode left, JmesNode right) implements JmesNode {}

  record FilterProjection(JmesNode left, JmesNode right, JmesNode condition) implements JmesNode {}

  record Flatten(JmesNode node) implements JmesNode {}

  record Comparison(JmesTokenType operator, JmesNode left, JmesNode right) implements JmesNode {}

  record Or(JmesNode left, JmesNode right) implements JmesNode {}

  record And(JmesNode left, JmesNode right) implements JmesNode {}

  record Not(JmesNode node) implements JmesNode {}

  record ListOf(List<JmesNode> nodes) implements JmesNode {
    public ListOf {
      nodes = List.copyOf(nodes);
    }
  }

  record HashOf(List<Entry> entries) implements JmesNode {
    public HashOf {
      entries = List.copyOf(entries);
    }
  }

  /** One member of a {@link HashOf}. */
  record Entry(ByteString key, JmesNode value) {}

  record Call(String function, List<JmesNode> arguments) implements JmesNode {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** An expression as the argument of a function, not evaluated. */
  record Reference(JmesNode node) implements JmesNode {}
}
