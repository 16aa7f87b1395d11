package dev.signet.template;

/** The error or panic of a Go function, with Go's text, which may hold bytes that are not UTF-8. */
public final class GoError extends Exception {
  private static final long serialVersionUID = 1;
  private final String raw;

  /**
   * An error with this text.
   *
   * @param raw the text as a raw string, see {@link Str}
   */
  public GoError(String raw) {
    super(Utf8.decode(raw), null, false, false);
    this.raw = raw;
  }

  public String raw() {
    return raw;
  }
}
