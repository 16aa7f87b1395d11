package dev.signet.yaml;

/**
 * How much one input may ask of memory and time. Reaching a limit ends the whole input with a
 * {@link MalformedDocumentException} of kind {@link MalformedDocumentException.Kind#LIMIT}.
 *
 * @param bytes size of the input
 * @param documents how many documents that are not empty
 * @param depth how deep mappings and sequences may nest
 * @param nodes scalars, mappings and sequences of the whole input, aliases expanded
 * @param aliased how many of those may come from aliases and merges; a long string counts one more
 *     for each 32 characters, since it is written out each time
 */
public record ReadLimits(int bytes, int documents, int depth, int nodes, int aliased) {

  /**
   * Far above what a cluster accepts (1.5 MB an object), far below what hurts a small container.
   */
  public static final ReadLimits DEFAULT =
      new ReadLimits(64 << 20, 100_000, 256, 5_000_000, 400_000);

  public ReadLimits {
    if (bytes < 1 || documents < 1 || depth < 1 || nodes < 1 || aliased < 0) {
      throw new IllegalArgumentException("read limits must be positive");
    }
    // The stack is what a deeper tree would run out of, here and in every reader of the tree.
    if (depth > 1000) {
      throw new IllegalArgumentException("depth must not exceed 1000");
    }
  }

  /** The same limits with another size. */
  public ReadLimits withBytes(int bytes) {
    return new ReadLimits(bytes, documents, depth, nodes, aliased);
  }
}
