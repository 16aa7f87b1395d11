package dev.signet.delivery.directory;

import static java.util.Objects.requireNonNull;

/** The state file cannot be read or written. The message says which file, why and what to do. */
public final class StateException extends Exception {

  public StateException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
