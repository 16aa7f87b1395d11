package dev.signet.dialects.sealedsecrets.escrow;

import static java.util.Objects.requireNonNull;

/** A copy of a key cannot be made, found or read. */
public final class EscrowException extends Exception {

  public EscrowException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
