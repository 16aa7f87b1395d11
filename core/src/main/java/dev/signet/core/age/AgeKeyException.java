package dev.signet.core.age;

import static java.util.Objects.requireNonNull;

/** A text is no recipient or no identity that can be used here. */
public final class AgeKeyException extends Exception {

  AgeKeyException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
