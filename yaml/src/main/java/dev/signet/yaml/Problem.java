package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;

/**
 * What a composer found wrong, with a place relative to the text it was given (line and column
 * counted from 0, or -1). Thrown without a stack trace: it is turned into a {@link
 * MalformedDocumentException} at once.
 */
final class Problem extends Exception {

  private static final long serialVersionUID = 1;

  final Kind kind;
  final String text;
  final int line;
  final int column;

  Problem(Kind kind, String text, int line, int column) {
    super(text, null, false, false);
    this.kind = kind;
    this.text = text;
    this.line = line;
    this.column = column;
  }

  Problem(Kind kind, String text) {
    this(kind, text, -1, -1);
  }
}
