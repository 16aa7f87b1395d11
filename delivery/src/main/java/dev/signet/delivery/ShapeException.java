package dev.signet.delivery;

import static java.util.Objects.requireNonNull;

/** Material cannot be shaped as asked. The message names keys, never values. */
public final class ShapeException extends Exception {

  public ShapeException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
