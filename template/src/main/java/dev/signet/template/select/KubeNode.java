package dev.signet.template.select;

import java.util.List;

/** The parts of a Kubernetes JSONPath template. */
sealed interface KubeNode {
  /** An action {@code {…}}: its nodes are applied one after the other. */
  record Sequence(List<KubeNode> nodes) implements KubeNode {
    public Sequence {
      nodes = List.copyOf(nodes);
    }
  }

  /** Text outside of actions, or a quoted string inside of one. */
  record Literal(ByteString text) implements KubeNode {}

  record Field(ByteString name) implements KubeNode {}

  /** A word that is not a path: {@code range}, {@code end}, or a mistake. */
  record Identifier(ByteString name) implements KubeNode {}

  /** {@code [from:to:step]}, or one index. */
  record Slice(Bound from, Bound to, Bound step) implements KubeNode {}

  /**
   * One number of a slice.
   *
   * @param derived whether this is the end of a slice that was written as one index
   */
  record Bound(boolean known, long value, boolean derived) {
    static final Bound OPEN = new Bound(false, 0, false);
  }

  record Filter(Sequence left, String operator, Sequence right) implements KubeNode {
    static final String EXISTS = "exists";
  }

  record Whole(long value) implements KubeNode {}

  record Real(double value) implements KubeNode {}

  record Truth(boolean value) implements KubeNode {}

  record Union(List<Sequence> branches) implements KubeNode {
    public Union {
      branches = List.copyOf(branches);
    }
  }

  /** {@code *} */
  enum Wildcard implements KubeNode {
    WILDCARD
  }

  /** {@code ..} */
  enum Descent implements KubeNode {
    DESCENT
  }
}
