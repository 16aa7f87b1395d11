package dev.signet.template;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Splits template text into tokens, one at a time, as Go does: text outside of delimiters, then
 * inside of an action words, numbers, strings and runs of space, which are tokens too because the
 * grammar needs them. {@code "{{- "} and {@code " -}}"} trim the text beside them here, so that the
 * parser never sees a trim marker. Comments produce no token.
 *
 * <p>Input is a raw string (see {@link Str}) and positions are byte offsets. After an error token
 * there is only the end of the text.
 */
final class Lexer {
  private static final int EOF = -1;
  private static final int MARKER = 2;
  private final String left;
  private final String right;
  private final boolean breakIsKeyword;
  private final boolean continueIsKeyword;
  private String input;
  private int at;
  private int start;
  private int line = 1;
  private int startLine = 1;
  private int parens;
  private boolean inside;

  Lexer(
      String input, String left, String right, boolean breakIsKeyword, boolean continueIsKeyword) {
    this.input = input;
    this.left = left;
    this.right = right;
    this.breakIsKeyword = breakIsKeyword;
    this.continueIsKeyword = continueIsKeyword;
  }

  Token next() {
    return inside ? insideAction() : text();
  }

  private int read() {
    if (at >= input.length()) {
      return EOF;
    }
    int c = Utf8.codePoint(input, at);
    at += Utf8.width(input, at);
    if (c == '\n') {
      line++;
    }
    return c;
  }

  private int peek() {
    return at >= input.length() ? EOF : Utf8.codePoint(input, at);
  }

  private boolean accept(String valid) {
    int c = peek();
    if (c != EOF && c < 0x80 && valid.indexOf(c) >= 0) {
      read();
      return true;
    }
    return false;
  }

  private void acceptRun(String valid) {
    while (accept(valid)) {
      // Takes all there is.
    }
  }

  private Token emit(Token.Kind kind) {
    Token token = new Token(kind, start, input.substring(start, at), startLine);
    start = at;
    startLine = line;
    return token;
  }

  /** Moves to {@code end} without reading, and drops everything before it. */
  private void skipTo(int end) {
    at = end;
    countLines(start, end);
    start = end;
    startLine = line;
  }

  private void countLines(int from, int to) {
    for (int i = input.indexOf('\n', from); i >= 0 && i < to; i = input.indexOf('\n', i + 1)) {
      line++;
    }
  }

  private Token error(String message) {
    Token token = new Token(Token.Kind.ERROR, start, message, startLine);
    start = 0;
    at = 0;
    input = "";
    return token;
  }

  private Token text() {
    while (true) {
      int open = input.indexOf(left, at);
      if (open < 0) {
        int from = at;
        at = input.length();
        if (at == start) {
          return emit(Token.Kind.EOF);
        }
        countLines(from, at);
        return emit(Token.Kind.TEXT);
      }
      int end = open;
      if (hasLeftMarker(open + left.length())) {
        while (end > start && isSpace(input.charAt(end - 1))) {
          end--;
        }
      }
      if (end > start) {
        countLines(start, end);
        at = end;
        Token token = emit(Token.Kind.TEXT);
        skipTo(open);
        return token;
      }
      skipTo(open);
      Token token = leftDelimiter();
      if (token != null) {
        return token;
      }
    }
  }

  /** The left delimiter, or null where a comment was skipped. */
  private @Nullable Token leftDelimiter() {
    at += left.length();
    int afterMarker = at + (hasLeftMarker(at) ? MARKER : 0);
    if (input.startsWith("/*", afterMarker)) {
      skipTo(afterMarker);
      return comment();
    }
    Token token = emit(Token.Kind.LEFT_DELIM);
    inside = true;
    parens = 0;
    skipTo(afterMarker);
    return token;
  }

  private @Nullable Token comment() {
    int close = input.indexOf("*/", at + 2);
    if (close < 0) {
      return error("unclosed comment");
    }
    at = close + 2;
    boolean trim = atTrimmingRightDelimiter();
    if (!trim && !input.startsWith(right, at)) {
      return error("comment ends before closing delimiter");
    }
    int end = at + (trim ? MARKER : 0) + right.length();
    skipTo(trim ? afterSpaces(end) : end);
    return null;
  }

  private boolean hasLeftMarker(int from) {
    return input.length() >= from + 2
        && input.charAt(from) == '-'
        && isSpace(input.charAt(from + 1));
  }

  private boolean atTrimmingRightDelimiter() {
    return isTrimmingRightDelimiter(at);
  }

  private boolean isTrimmingRightDelimiter(int from) {
    return input.length() >= from + MARKER
        && isSpace(input.charAt(from))
        && input.charAt(from + 1) == '-'
        && input.startsWith(right, from + MARKER);
  }

  private int afterSpaces(int from) {
    int end = from;
    while (end < input.length() && isSpace(input.charAt(end))) {
      end++;
    }
    return end;
  }

  private Token rightDelimiter() {
    boolean trim = atTrimmingRightDelimiter();
    if (trim) {
      skipTo(at + MARKER);
    }
    at += right.length();
    Token token = emit(Token.Kind.RIGHT_DELIM);
    if (trim) {
      skipTo(afterSpaces(at));
    }
    inside = false;
    return token;
  }

  private Token insideAction() {
    if (atTrimmingRightDelimiter() || input.startsWith(right, at)) {
      return parens == 0 ? rightDelimiter() : error("unclosed left paren");
    }
    int c = peek();
    if (isSpace(c)) {
      return space();
    }
    if (c == '+' || c == '-' || isDigit(c)) {
      return number();
    }
    if (isWordCharacter(c)) {
      return identifier();
    }
    read();
    return switch (c) {
      case EOF -> error("unclosed action");
      case '=' -> emit(Token.Kind.ASSIGN);
      case ':' -> read() == '=' ? emit(Token.Kind.DECLARE) : error("expected :=");
      case '|' -> emit(Token.Kind.PIPE);
      case '"' -> quoted('"', Token.Kind.STRING, "unterminated quoted string");
      case '\'' -> quoted('\'', Token.Kind.CHAR_CONSTANT, "unterminated character constant");
      case '`' -> rawString();
      case '$' -> word(Token.Kind.VARIABLE);
      case '.' -> {
        // A dot that ends the text is read as a number, as in Go.
        if (at == input.length() || isDigit(input.charAt(at))) {
          at = start;
          yield number();
        }
        yield word(Token.Kind.FIELD);
      }
      case '(' -> {
        parens++;
        yield emit(Token.Kind.LEFT_PAREN);
      }
      case ')' -> {
        parens--;
        yield parens < 0 ? error("unexpected right paren") : emit(Token.Kind.RIGHT_PAREN);
      }
      default ->
          c > ' ' && c < 0x7F
              ? emit(Token.Kind.CHAR)
              : error("unrecognized character in action: " + named(c));
    };
  }

  /** A code point as {@code %#U} prints it. */
  private static String named(int c) {
    if (c == EOF) {
      return "U+FFFFFFFFFFFFFFFF";
    }
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "U+%04X", c));
    if (Unicode.isPrint(c)) {
      text.append(" '");
      Utf8.append(text, c);
      text.append('\'');
    }
    return text.toString();
  }

  private Token space() {
    int count = 0;
    while (isSpace(peek())) {
      read();
      count++;
    }
    // The last space belongs to a trim marker that follows.
    if (isTrimmingRightDelimiter(at - 1)) {
      at--;
      if (input.charAt(at) == '\n') {
        line--;
      }
      if (count == 1) {
        return rightDelimiter();
      }
    }
    return emit(Token.Kind.SPACE);
  }

  private Token identifier() {
    while (isWordCharacter(peek())) {
      read();
    }
    if (!atTerminator()) {
      return error("bad character " + named(peek()));
    }
    String word = input.substring(start, at);
    Token.Kind keyword = Token.KEYWORDS.get(word);
    if (keyword != null
        && (keyword != Token.Kind.BREAK || breakIsKeyword)
        && (keyword != Token.Kind.CONTINUE || continueIsKeyword)) {
      return emit(keyword);
    }
    return emit(
        word.equals("true") || word.equals("false") ? Token.Kind.BOOL : Token.Kind.IDENTIFIER);
  }

  /** A field or a variable, of which the first character has been read. */
  private Token word(Token.Kind kind) {
    if (atTerminator()) {
      return emit(kind == Token.Kind.VARIABLE ? kind : Token.Kind.DOT);
    }
    while (isWordCharacter(peek())) {
      read();
    }
    return atTerminator() ? emit(kind) : error("bad character " + named(peek()));
  }

  private boolean atTerminator() {
    int c = peek();
    return isSpace(c) || c == EOF || ".,|:)(".indexOf(c) >= 0 || input.startsWith(right, at);
  }

  private Token quoted(int quote, Token.Kind kind, String unterminated) {
    while (true) {
      int c = read();
      if (c == '\\') {
        c = read();
        if (c != EOF && c != '\n') {
          continue;
        }
      }
      if (c == EOF || c == '\n') {
        return error(unterminated);
      }
      if (c == quote) {
        return emit(kind);
      }
    }
  }

  private Token rawString() {
    while (true) {
      int c = read();
      if (c == EOF) {
        return error("unterminated raw quoted string");
      }
      if (c == '`') {
        return emit(Token.Kind.RAW_STRING);
      }
    }
  }

  private Token number() {
    if (!scanNumber()) {
      return error("bad number syntax: " + Quote.quote(input.substring(start, at)));
    }
    int sign = peek();
    if (sign == '+' || sign == '-') {
      if (!scanNumber() || input.charAt(at - 1) != 'i') {
        return error("bad number syntax: " + Quote.quote(input.substring(start, at)));
      }
      return emit(Token.Kind.COMPLEX);
    }
    return emit(Token.Kind.NUMBER);
  }

  /** Takes what looks like a number, right or wrong; false where a letter follows it. */
  private boolean scanNumber() {
    accept("+-");
    String digits = "0123456789_";
    boolean hex = false;
    boolean decimal = true;
    if (accept("0")) {
      if (accept("xX")) {
        digits = "0123456789abcdefABCDEF_";
        hex = true;
        decimal = false;
      } else if (accept("oO")) {
        digits = "01234567_";
        decimal = false;
      } else if (accept("bB")) {
        digits = "01_";
        decimal = false;
      }
    }
    acceptRun(digits);
    if (accept(".")) {
      acceptRun(digits);
    }
    if ((decimal && accept("eE")) || (hex && accept("pP"))) {
      accept("+-");
      acceptRun("0123456789_");
    }
    accept("i");
    if (isWordCharacter(peek())) {
      read();
      return false;
    }
    return true;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordCharacter(int c) {
    return c == '_' || (c != EOF && (Unicode.isLetter(c) || Unicode.isDigit(c)));
  }
}
