package dev.signet.template.select;

/**
 * The only exception that leaves this package: a selector or a document could not be used. The
 * message may quote the selector, never the document.
 */
public final class SelectorException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that act on it. */
  public enum Reason {
    /** The selector itself does not parse. */
    SYNTAX,
    /** The document is not JSON. */
    DOCUMENT,
    /** The selector parses but cannot be applied to this document. */
    EVALUATION,
    /** One of {@link SelectorLimits} was reached. */
    LIMIT
  }

  private final Reason reason;

  SelectorException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  static SelectorException syntax(String message) {
    return new SelectorException(Reason.SYNTAX, message);
  }

  static SelectorException evaluation(String message) {
    return new SelectorException(Reason.EVALUATION, message);
  }

  static SelectorException limit(String message) {
    return new SelectorException(Reason.LIMIT, message);
  }
}
