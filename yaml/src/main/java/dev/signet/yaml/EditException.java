package dev.signet.yaml;

import static java.util.Objects.requireNonNull;

/**
 * A change that cannot be made in place: where, why, and what to do. It never says what the file
 * holds. Nothing was changed.
 */
public final class EditException extends Exception {

  private static final long serialVersionUID = 1;

  EditException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
