package dev.signet.dialects.sealedsecrets;

import static java.util.Objects.requireNonNull;

/** What somebody sent to be verified or rotated is not. */
public final class RefusedBodyException extends Exception {

  /** What is wrong, as far as whoever sent it is told. */
  public enum Reason {
    /** No SealedSecret, or more than one. */
    MALFORMED,
    /** Not every item opens. */
    UNOPENED,
    /** Opening it takes more than one request may spend. */
    EXPENSIVE,
    /** There is no key to seal with. */
    NO_KEY
  }

  private final Reason reason;

  RefusedBodyException(Reason reason, String message) {
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
