package dev.signet.template.select;

/**
 * Finds where values end in JSON text, without validating it: the lexer that all of {@link Gjson}
 * stands on. It is lenient in the way of gjson, which decides what comes out of truncated or broken
 * documents.
 *
 * <p>All positions are indexes into the given text. {@link #composite} returns {@code length + 1}
 * where the text ends inside of a string: callers rely on that to tell it from a text that ends
 * between values.
 */
final class GjsonScan {
  private GjsonScan() {}

  /** The index after the closing quote of a string whose content starts at {@code i}, or -1. */
  static int string(ByteString json, int i) {
    for (int at = i; at < json.length(); at++) {
      int c = json.at(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        at++;
      }
    }
    return -1;
  }

  /** The index after a number that starts at {@code i}. */
  static int number(ByteString json, int i) {
    int at = i + 1;
    while (at < json.length()) {
      int c = json.at(at);
      if (c <= ' ' || c == ',' || c == ']' || c == '}') {
        break;
      }
      at++;
    }
    return at;
  }

  /** The index after a word of small letters that starts at {@code i}. */
  static int word(ByteString json, int i) {
    int at = i + 1;
    while (at < json.length() && json.at(at) >= 'a' && json.at(at) <= 'z') {
      at++;
    }
    return at;
  }

  /** Whether the value at {@code i} is read as a number, nan and inf included. */
  static boolean startsNumber(ByteString json, int i) {
    return switch (json.at(i)) {
      case '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'i', 'I', 'N' -> true;
      case 'n' -> i + 1 < json.length() && json.at(i + 1) != 'u';
      default -> false;
    };
  }

  /**
   * The index after the object, array or parenthesis that starts at {@code i}; the byte there is
   * taken as the opening one, whatever it is. Brackets of all kinds count alike.
   */
  static int composite(ByteString json, int i) {
    int depth = 1;
    for (int at = i + 1; at < json.length(); at++) {
      switch (json.at(at)) {
        case '"' -> {
          int end = string(json, at + 1);
          if (end < 0) {
            return json.length() + 1;
          }
          at = end - 1;
        }
        case '{', '[', '(' -> depth++;
        case '}', ']', ')' -> {
          if (--depth == 0) {
            return at + 1;
          }
        }
        default -> {}
      }
    }
    return json.length();
  }

  /** The leading string or composite of a text; all of it where that does not end. */
  static ByteString leading(ByteString text) {
    int end = text.is(0, '"') ? string(text, 1) : composite(text, 0);
    return end < 0 ? text : text.slice(0, Math.min(end, text.length()));
  }

  /** Undoes the escapes of a string's content; what is wrong ends it early, as in gjson. */
  static ByteString unescape(ByteString raw, Budget budget) throws SelectorException {
    if (raw.indexOf('\\') < 0 && !hasControl(raw)) {
      return raw;
    }
    ByteSink out = new ByteSink(budget);
    int i = 0;
    while (i < raw.length()) {
      int c = raw.at(i);
      if (c < ' ') {
        break;
      }
      if (c != '\\') {
        out.add(c);
        i++;
        continue;
      }
      int kind = i + 1 < raw.length() ? raw.at(i + 1) : -1;
      if (kind == 'u') {
        if (i + 6 > raw.length()) {
          break;
        }
        int rune = hex(raw, i + 2);
        i += 6;
        if (rune >= 0xD800
            && rune <= 0xDFFF
            && i + 6 <= raw.length()
            && raw.is(i, '\\')
            && raw.is(i + 1, 'u')) {
          rune = pair(rune, hex(raw, i + 2));
          i += 6;
        }
        out.addRune(rune);
        continue;
      }
      int plain = "\\/bfnrt\"".indexOf(kind);
      if (kind < 0 || plain < 0) {
        break;
      }
      out.add("\\/\b\f\n\r\t\"".charAt(plain));
      i += 2;
    }
    return out.toByteString();
  }

  private static boolean hasControl(ByteString raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.at(i) < ' ') {
        return true;
      }
    }
    return false;
  }

  private static int pair(int high, int low) {
    boolean valid = high < 0xDC00 && low >= 0xDC00 && low <= 0xDFFF;
    return valid ? Character.toCodePoint((char) high, (char) low) : 0xFFFD;
  }

  /** Four hexadecimal digits, or 0 where they are not. */
  private static int hex(ByteString raw, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int c = raw.at(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return 0;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** Whether the text is exactly one JSON value (RFC 8259, without looking at UTF-8). */
  static boolean valid(ByteString json) {
    return new GjsonValidator(json).valid();
  }
}
