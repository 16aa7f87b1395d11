package dev.signet.template.select;

/** How Go error texts show a single character. */
final class GoQuote {
  private GoQuote() {}

  /** As {@code encoding/json} shows a byte in its syntax errors: the byte taken as a code point. */
  static String jsonByte(int value) {
    return switch (value) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      default -> "'" + escaped(value, false) + "'";
    };
  }

  /** As {@code strconv.QuoteRuneToASCII}. */
  static String asciiRune(int rune) {
    return rune == '\'' ? "'\\''" : "'" + escaped(rune, true) + "'";
  }

  /** As {@code fmt} prints a rune with {@code %#U}. */
  static String unicode(int rune) {
    String code = String.format("U+%04X", rune);
    return printable(rune) ? code + " '" + Character.toString(rune) + "'" : code;
  }

  private static String escaped(int rune, boolean asciiOnly) {
    return switch (rune) {
      case 0x07 -> "\\a";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case 0x0B -> "\\v";
      case '\\' -> "\\\\";
      default -> {
        if (printable(rune) && (rune < 0x80 || !asciiOnly)) {
          yield Character.toString(rune);
        }
        if (rune < ' ' || rune == 0x7F) {
          yield String.format("\\x%02x", rune);
        }
        yield rune < 0x10000 ? String.format("\\u%04x", rune) : String.format("\\U%08x", rune);
      }
    };
  }

  /** Go's {@code unicode.IsPrint}: letters, marks, numbers, punctuation, symbols and the space. */
  private static boolean printable(int rune) {
    return switch (Character.getType(rune)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> rune == ' ';
      default -> true;
    };
  }
}
