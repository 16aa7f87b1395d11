package dev.signet.core.age;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** An age file cannot be read. What was read of it before is genuine, but not all of it. */
public final class AgeException extends IOException {

  /** Which part of the file is to blame. */
  public enum Reason {
    /** The text around it. */
    ARMOR,
    /** What stands before the payload, or one of its stanzas. */
    HEADER,
    /** The header was changed after it was written. */
    MAC,
    /** None of the identities is one of its recipients, or the passphrase is wrong. */
    NO_MATCH,
    /** An identity stays closed: its passphrase is wrong, or nobody gave it. */
    LOCKED,
    /** A plugin could not be started, or says that it cannot. */
    PLUGIN,
    /** The payload was changed, cut off or extended. */
    PAYLOAD
  }

  private final Reason reason;

  AgeException(Reason reason, String message) {
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
