package dev.signet.delivery.object;

import static java.util.Objects.requireNonNull;

/**
 * An object does not have the shape its kind demands. The message names the field, never its value.
 */
public final class MalformedObjectException extends Exception {

  public MalformedObjectException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
