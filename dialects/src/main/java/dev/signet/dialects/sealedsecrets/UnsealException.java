package dev.signet.dialects.sealedsecrets;

import static java.util.Objects.requireNonNull;

/**
 * A SealedSecret does not open. The message is upstream's, without what a template's error may
 * quote of a value.
 */
public final class UnsealException extends Exception {

  /** What is wrong. */
  public enum Reason {
    /** No key opens some items, and that is all: another scope, name or key may help. */
    NO_KEY,
    /** Some items are malformed, or the object is one that is not opened. */
    UNREADABLE,
    /** The items open, but a template in {@code spec.template.data} fails. */
    TEMPLATE
  }

  private final Reason reason;

  UnsealException(String message, Reason reason) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
