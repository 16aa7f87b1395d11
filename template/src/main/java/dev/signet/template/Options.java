package dev.signet.template;

/**
 * How a template is read and executed.
 *
 * @param left the left delimiter; Go's default where empty
 * @param right the right delimiter; Go's default where empty
 * @param missingKey what a map lookup without result gives
 * @param nesting how deep actions and parentheses may nest; Go allows 10,000 parentheses and any
 *     number of actions
 */
public record Options(String left, String right, MissingKey missingKey, int nesting) {
  public static final Options DEFAULT = new Options("{{", "}}", MissingKey.DEFAULT, 200);

  /** Go's option {@code missingkey}. */
  public enum MissingKey {
    /** Nothing, which prints as {@code <no value>}. */
    DEFAULT,
    /** The zero value of the map's element type. */
    ZERO,
    /** An error. */
    ERROR
  }

  public Options {
    left = left.isEmpty() ? "{{" : left;
    right = right.isEmpty() ? "}}" : right;
  }

  public Options missingKey(MissingKey action) {
    return new Options(left, right, action, nesting);
  }

  public Options delimiters(String leftDelimiter, String rightDelimiter) {
    return new Options(leftDelimiter, rightDelimiter, missingKey, nesting);
  }
}
