package dev.signet.template;

import org.jspecify.annotations.Nullable;

/** Go's string and character literals: writing them ({@code %q}) and reading them. */
public final class Quote {
  private static final String HEX = "0123456789abcdef";

  private Quote() {}

  /** A double-quoted Go literal; what Go does not consider printable is escaped. */
  public static String quote(String raw) {
    return quote(raw, '"', false);
  }

  static String quote(String raw, char quote, boolean ascii) {
    StringBuilder out = new StringBuilder(raw.length() + 2).append(quote);
    for (int i = 0; i < raw.length(); ) {
      int width = Utf8.width(raw, i);
      int c = Utf8.codePoint(raw, i);
      if (width == 1 && raw.charAt(i) >= 0x80) {
        hex(out.append("\\x"), raw.charAt(i), 2);
      } else {
        escape(out, c, quote, ascii);
      }
      i += width;
    }
    return out.append(quote).toString();
  }

  /** The plainer quoting of package time: what is not printable ASCII becomes {@code \\x} bytes. */
  public static String quoteTime(String raw) {
    StringBuilder out = new StringBuilder(raw.length() + 2).append('"');
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c < ' ' || c >= 0x80) {
        hex(out.append("\\x"), c, 2);
      } else {
        if (c == '"' || c == '\\') {
          out.append('\\');
        }
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  static String quoteRune(int codePoint, boolean ascii) {
    int c =
        Character.isValidCodePoint(codePoint) && !isSurrogate(codePoint) ? codePoint : Utf8.ERROR;
    StringBuilder out = new StringBuilder("'");
    escape(out, c, '\'', ascii);
    return out.append('\'').toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= 0xD800 && c <= 0xDFFF;
  }

  private static void escape(StringBuilder out, int c, char quote, boolean ascii) {
    if (c == quote || c == '\\') {
      out.append('\\').append((char) c);
    } else if ((c < 0x80 || !ascii) && Unicode.isPrint(c)) {
      Utf8.append(out, c);
    } else {
      switch (c) {
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0B -> out.append("\\v");
        default -> {
          if (c < ' ' || c == 0x7F) {
            hex(out.append("\\x"), c, 2);
          } else if (c < 0x10000) {
            hex(out.append("\\u"), c, 4);
          } else {
            hex(out.append("\\U"), c, 8);
          }
        }
      }
    }
  }

  private static void hex(StringBuilder out, int value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(value >> shift & 0xF));
    }
  }

  /** Whether the text can stand between backquotes unchanged. */
  public static boolean isBackquotable(String raw) {
    for (int i = 0; i < raw.length(); ) {
      int width = Utf8.width(raw, i);
      int c = Utf8.codePoint(raw, i);
      if (width > 1
          ? c == 0xFEFF
          : c == Utf8.ERROR || (c < ' ' && c != '\t') || c == '`' || c == 0x7F) {
        return false;
      }
      i += width;
    }
    return true;
  }

  /** The value of a string literal with its quotes, or null where it is none. */
  static @Nullable String unquote(String literal) {
    char quote = literal.charAt(0);
    String body = literal.substring(1, literal.length() - 1);
    if (quote == '`') {
      return body.replace("\r", "");
    }
    StringBuilder out = new StringBuilder(body.length());
    Reader reader = new Reader(body, quote);
    while (reader.at < body.length()) {
      if (!reader.next()) {
        return null;
      }
      if (reader.isByte) {
        out.append((char) reader.value);
      } else {
        Utf8.append(out, reader.value);
      }
    }
    return out.toString();
  }

  /** The code point of a character literal with its quotes; negative where it is none. */
  static int unquoteChar(String literal) throws MalformedCharacter {
    Reader reader = new Reader(literal.substring(1), '\'');
    if (!reader.next()) {
      return -1;
    }
    if (!literal.substring(1 + reader.at).equals("'")) {
      throw new MalformedCharacter();
    }
    return reader.value;
  }

  /** More than one character between the quotes. */
  static final class MalformedCharacter extends Exception {
    private static final long serialVersionUID = 1;

    MalformedCharacter() {
      super("malformed character constant", null, false, false);
    }
  }

  /** Reads one character or escape sequence after another. */
  private static final class Reader {
    private final String text;
    private final char quote;
    private int at;
    private int value;
    private boolean isByte;

    Reader(String text, char quote) {
      this.text = text;
      this.quote = quote;
    }

    boolean next() {
      if (at >= text.length() || text.charAt(at) == quote) {
        return false;
      }
      char c = text.charAt(at);
      isByte = false;
      if (c != '\\') {
        value = Utf8.codePoint(text, at);
        at += Utf8.width(text, at);
        return true;
      }
      if (at + 1 >= text.length()) {
        return false;
      }
      char kind = text.charAt(at + 1);
      at += 2;
      switch (kind) {
        case 'a' -> value = 0x07;
        case 'b' -> value = '\b';
        case 'f' -> value = '\f';
        case 'n' -> value = '\n';
        case 'r' -> value = '\r';
        case 't' -> value = '\t';
        case 'v' -> value = 0x0B;
        case '\\' -> value = '\\';
        case '\'', '"' -> {
          if (kind != quote) {
            return false;
          }
          value = kind;
        }
        case 'x' -> {
          isByte = true;
          return digits(2, 16);
        }
        case 'u' -> {
          return digits(4, 16) && !isSurrogate(value);
        }
        case 'U' -> {
          return digits(8, 16) && Character.isValidCodePoint(value) && !isSurrogate(value);
        }
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          at--;
          isByte = true;
          return digits(3, 8) && value <= 255;
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean digits(int count, int base) {
      if (at + count > text.length()) {
        return false;
      }
      int result = 0;
      for (int i = 0; i < count; i++) {
        char c = text.charAt(at++);
        int digit = c < 0x80 ? Character.digit(c, base) : -1;
        if (digit < 0) {
          return false;
        }
        result = result * base + digit;
      }
      value = result;
      return true;
    }
  }
}
