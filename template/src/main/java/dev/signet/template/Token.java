package dev.signet.template;

import java.util.Map;

/**
 * A piece of template text.
 *
 * @param position byte offset of its start
 * @param raw its text, or the message of an error
 * @param line the line it starts on, from 1
 */
record Token(Kind kind, int position, String raw, int line) {
  enum Kind {
    ERROR,
    BOOL,
    CHAR,
    CHAR_CONSTANT,
    COMPLEX,
    ASSIGN,
    DECLARE,
    EOF,
    FIELD,
    IDENTIFIER,
    LEFT_DELIM,
    LEFT_PAREN,
    NUMBER,
    PIPE,
    RAW_STRING,
    RIGHT_DELIM,
    RIGHT_PAREN,
    SPACE,
    STRING,
    TEXT,
    VARIABLE,
    // Keywords come last.
    BLOCK,
    BREAK,
    CONTINUE,
    DOT,
    DEFINE,
    ELSE,
    END,
    IF,
    NIL,
    RANGE,
    TEMPLATE,
    WITH;

    boolean isKeyword() {
      return compareTo(BLOCK) >= 0;
    }
  }

  static final Map<String, Kind> KEYWORDS =
      Map.ofEntries(
          Map.entry(".", Kind.DOT),
          Map.entry("block", Kind.BLOCK),
          Map.entry("break", Kind.BREAK),
          Map.entry("continue", Kind.CONTINUE),
          Map.entry("define", Kind.DEFINE),
          Map.entry("else", Kind.ELSE),
          Map.entry("end", Kind.END),
          Map.entry("if", Kind.IF),
          Map.entry("nil", Kind.NIL),
          Map.entry("range", Kind.RANGE),
          Map.entry("template", Kind.TEMPLATE),
          Map.entry("with", Kind.WITH));

  /** How error texts show it; long ones are cut after ten characters. */
  String shown() {
    if (kind == Kind.EOF) {
      return "EOF";
    }
    if (kind == Kind.ERROR) {
      return raw;
    }
    if (kind.isKeyword()) {
      return "<" + raw + ">";
    }
    if (raw.length() > 10) {
      int end = 0;
      for (int i = 0; i < 10 && end < raw.length(); i++) {
        end += Utf8.width(raw, end);
      }
      return Quote.quote(raw.substring(0, end)) + "...";
    }
    return Quote.quote(raw);
  }
}
