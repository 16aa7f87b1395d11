package dev.signet.dialects.sopssecrets;

import static java.util.Objects.requireNonNull;

/** A SopsSecret stays closed; the message says why and quotes no value. */
final class ClosedException extends Exception {

  private static final long serialVersionUID = 1;

  /** What has to change. */
  enum Reason {
    /** No key at hand opens it; one may come. */
    NO_KEY("NoKey"),
    /** It is not encrypted, cannot be decrypted, or is not what it should be inside. */
    MALFORMED("Malformed"),
    /** Its MAC is to be checked and does not fit. */
    MAC("MACMismatch");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private final Reason reason;

  ClosedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
