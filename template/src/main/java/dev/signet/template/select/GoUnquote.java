package dev.signet.template.select;

/**
 * Quoted strings as Kubernetes JSONPath takes them: Go's escapes, in double or in single quotes.
 */
final class GoUnquote {
  private final ByteString quoted;
  private final ByteSink out;
  private int at = 1;

  GoUnquote(ByteString quoted, Budget budget) {
    this.quoted = quoted;
    this.out = new ByteSink(budget);
  }

  ByteString text() throws SelectorException {
    int end = quoted.length() - 1;
    if (end < 1) {
      throw invalid();
    }
    int quote = quoted.at(0);
    while (at < end) {
      int c = quoted.at(at);
      if (c == quote) {
        throw invalid();
      }
      if (c != '\\') {
        out.add(c);
        at++;
      } else if (at + 1 == end) {
        throw invalid();
      } else {
        at += 2;
        escape((char) quoted.at(at - 1), quote, end);
      }
    }
    return out.toByteString();
  }

  private void escape(char kind, int quote, int end) throws SelectorException {
    switch (kind) {
      case 'a' -> out.add(7);
      case 'b' -> out.add('\b');
      case 'f' -> out.add('\f');
      case 'n' -> out.add('\n');
      case 'r' -> out.add('\r');
      case 't' -> out.add('\t');
      case 'v' -> out.add(11);
      case 'x' -> out.add((int) digits(2, 16, end));
      case 'u' -> rune(digits(4, 16, end));
      case 'U' -> rune(digits(8, 16, end));
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        at--;
        long value = digits(3, 8, end);
        if (value > 255) {
          throw invalid();
        }
        out.add((int) value);
      }
      case '\\' -> out.add('\\');
      default -> {
        if (kind != quote) {
          throw invalid();
        }
        out.add(kind);
      }
    }
  }

  private void rune(long value) throws SelectorException {
    if (value > Character.MAX_CODE_POINT || (value >= 0xD800 && value <= 0xDFFF)) {
      throw invalid();
    }
    out.addRune((int) value);
  }

  private long digits(int count, int base, int end) throws SelectorException {
    long value = 0;
    for (int i = 0; i < count; i++, at++) {
      int c = at < end ? quoted.at(at) : 0x80;
      int digit = c < 0x80 ? Character.digit(c, base) : -1;
      if (digit < 0) {
        throw invalid();
      }
      value = value * base + digit;
    }
    return value;
  }

  private SelectorException invalid() {
    return SelectorException.syntax("unquote string " + quoted.text() + " error invalid syntax");
  }
}
