package dev.signet.template.select;

/**
 * Bounds for one evaluation. Reaching one ends it with {@link SelectorException.Reason#LIMIT}.
 *
 * @param maxDepth nesting of the document and of the selector, counted together while evaluating
 * @param maxSteps work: one step is one byte scanned or, in the languages that work on a tree, a
 *     sixteenth of a value visited
 * @param maxOutput bytes of text produced, intermediate results included
 */
public record SelectorLimits(int maxDepth, long maxSteps, long maxOutput) {
  /** Ends within about a second; far above what selecting from a Secret of 1 MiB needs. */
  public static final SelectorLimits DEFAULT =
      new SelectorLimits(500, 50_000_000, 16 * 1024 * 1024);

  public SelectorLimits {
    if (maxDepth < 1 || maxDepth > 2_000 || maxSteps < 1 || maxOutput < 1) {
      throw new IllegalArgumentException("limits must be positive, and a depth at most 2000");
    }
  }
}
