package dev.signet.sops;

import static java.util.Objects.requireNonNull;

/**
 * Something about a SOPS file is not right. The message is what upstream says, except that it never
 * quotes a value.
 */
public final class SopsException extends Exception {

  private static final long serialVersionUID = 1;

  /** Which step failed. */
  public enum Step {
    /** Reading the text of the file, or the metadata in it. */
    READ,
    /** Getting at the data key. */
    DATA_KEY,
    /** Wrapping a data key for its readers. */
    WRAP,
    DECRYPT,
    ENCRYPT,
    /** The MAC is missing, cannot be decrypted or is that of another content. */
    MAC,
    /** Writing the tree as text. */
    WRITE,
    /** Finding a place in the tree. */
    PATH,
    /** The configuration. */
    CONFIG
  }

  private final Step step;

  SopsException(Step step, String message) {
    super(message);
    this.step = step;
  }

  public Step step() {
    return step;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
