package dev.signet.dialects.sealedsecrets;

import static java.util.Objects.requireNonNull;

/** A Secret cannot be sealed; the message is upstream's where upstream has one. */
public final class SealException extends Exception {

  public SealException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
