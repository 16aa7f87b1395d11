package dev.signet.template.select;

/** What is left of {@link SelectorLimits} during one evaluation. */
final class Budget {
  /** The price of visiting one value of a tree. */
  static final int VALUE = 16;

  private final SelectorLimits limits;
  private int depth;
  private long steps;
  private long output;

  Budget(SelectorLimits limits) {
    this.limits = limits;
  }

  void steps(long count) throws SelectorException {
    steps += count;
    if (steps > limits.maxSteps()) {
      throw SelectorException.limit("selector needs more than " + limits.maxSteps() + " steps");
    }
  }

  void output(long bytes) throws SelectorException {
    output += bytes;
    if (output > limits.maxOutput()) {
      throw SelectorException.limit(
          "selector produces more than " + limits.maxOutput() + " bytes of output");
    }
  }

  /** Every recursive call goes through here, so that the stack cannot overflow. */
  void enter() throws SelectorException {
    if (++depth > limits.maxDepth()) {
      throw SelectorException.limit(
          "selector or document nests deeper than " + limits.maxDepth() + " levels");
    }
  }

  void leave() {
    depth--;
  }
}
