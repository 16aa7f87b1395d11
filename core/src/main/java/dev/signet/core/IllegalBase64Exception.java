package dev.signet.core;

import static java.util.Objects.requireNonNull;

/** Text that is not Base64, with the place where it stops being so, worded as Go words it. */
public final class IllegalBase64Exception extends Exception {

  private final int offset;

  public IllegalBase64Exception(int offset) {
    super("illegal base64 data at input byte " + offset);
    this.offset = offset;
  }

  /** The byte of the input that Go's decoder would name. */
  public int offset() {
    return offset;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
