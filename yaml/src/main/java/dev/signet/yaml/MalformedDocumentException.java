package dev.signet.yaml;

import static java.util.Objects.requireNonNull;

/**
 * A document that cannot be read: what is wrong and where, never what the document says there. The
 * message has the form {@code secret.yaml:3:7: mapping values are not allowed here}. There is no
 * cause: the parsers underneath quote their input.
 */
public final class MalformedDocumentException extends Exception {

  private static final long serialVersionUID = 1;

  /** What kind of refusal it is. After {@link #LIMIT} nothing more can be read from the input. */
  public enum Kind {
    /** The text is neither YAML nor JSON. */
    SYNTAX,
    /** A value that has no place in a Kubernetes object, such as a list as the whole document. */
    VALUE,
    /** The same key twice, where that is rejected. */
    DUPLICATE_KEY,
    /** Bytes that are not UTF-8. */
    ENCODING,
    /** One of {@link ReadLimits}. */
    LIMIT
  }

  private final Kind kind;
  private final String source;
  private final int line;
  private final int column;
  private final String problem;

  MalformedDocumentException(Kind kind, String source, int line, int column, String problem) {
    super(message(source, line, column, problem));
    this.kind = kind;
    this.source = source;
    this.line = line;
    this.column = column;
    this.problem = problem;
  }

  public Kind kind() {
    return kind;
  }

  /** The name the caller gave the input. */
  public String source() {
    return source;
  }

  /** Counted from 1 over the whole input; 0 where the problem is not in one place. */
  public int line() {
    return line;
  }

  /** Counted from 1, in characters; 0 where only the line is known. */
  public int column() {
    return column;
  }

  /** The message without its place. */
  public String problem() {
    return problem;
  }

  private static String message(String source, int line, int column, String problem) {
    StringBuilder message = new StringBuilder(source);
    if (line > 0) {
      message.append(':').append(line);
      if (column > 0) {
        message.append(':').append(column);
      }
    }
    return message.append(": ").append(problem).toString();
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
