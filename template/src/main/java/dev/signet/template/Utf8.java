package dev.signet.template;

import java.nio.charset.StandardCharsets;

/**
 * UTF-8 in raw strings (see {@link Str}), decoded as Go does: each byte that does not belong to a
 * valid sequence is one U+FFFD of width 1. Surrogates, overlong forms and numbers above U+10FFFF
 * are not valid.
 */
public final class Utf8 {
  /** What an invalid byte decodes to. */
  public static final int ERROR = 0xFFFD;

  private Utf8() {}

  /** The raw string of the UTF-8 bytes of {@code text}. */
  public static String encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
      }
    }
    return text;
  }

  public static String decode(String raw) {
    if (isAscii(raw)) {
      return raw;
    }
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i += width(raw, i)) {
      text.appendCodePoint(codePoint(raw, i));
    }
    return text.toString();
  }

  public static boolean isAscii(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      if (raw.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  public static boolean isValid(String raw) {
    return validPrefix(raw) == raw.length();
  }

  /** How many bytes at the start are valid. */
  public static int validPrefix(String raw) {
    int i = 0;
    while (i < raw.length()) {
      int width = width(raw, i);
      if (width == 1 && raw.charAt(i) >= 0x80) {
        return i;
      }
      i += width;
    }
    return i;
  }

  /** The code point that starts at {@code at}. */
  public static int codePoint(String raw, int at) {
    int b = raw.charAt(at);
    if (b < 0x80) {
      return b;
    }
    return switch (width(raw, at)) {
      case 2 -> (b & 0x1F) << 6 | low(raw, at + 1);
      case 3 -> (b & 0x0F) << 12 | low(raw, at + 1) << 6 | low(raw, at + 2);
      case 4 ->
          (b & 0x07) << 18 | low(raw, at + 1) << 12 | low(raw, at + 2) << 6 | low(raw, at + 3);
      default -> ERROR;
    };
  }

  private static int low(String raw, int at) {
    return raw.charAt(at) & 0x3F;
  }

  /** The bytes of the code point that starts at {@code at}; 1 where none does. */
  public static int width(String raw, int at) {
    int b = raw.charAt(at);
    if (b < 0xC2 || b > 0xF4) {
      return 1;
    }
    int width = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    if (at + width > raw.length()) {
      return 1;
    }
    int second = raw.charAt(at + 1);
    int least = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    int most = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    if (second < least || second > most) {
      return 1;
    }
    for (int i = at + 2; i < at + width; i++) {
      int next = raw.charAt(i);
      if (next < 0x80 || next > 0xBF) {
        return 1;
      }
    }
    return width;
  }

  /** The bytes of the code point that ends before {@code end}; 1 where none does. */
  public static int widthBefore(String raw, int end) {
    for (int start = end - 1; start >= Math.max(0, end - 4); start--) {
      int b = raw.charAt(start);
      if (b < 0x80 || b > 0xBF) {
        return start + width(raw, start) == end ? end - start : 1;
      }
    }
    return 1;
  }

  public static int count(String raw) {
    int count = 0;
    for (int i = 0; i < raw.length(); i += width(raw, i)) {
      count++;
    }
    return count;
  }

  /** The code points, U+FFFD for each invalid byte. */
  public static int[] codePoints(String raw) {
    int[] points = new int[count(raw)];
    int n = 0;
    for (int i = 0; i < raw.length(); i += width(raw, i)) {
      points[n++] = codePoint(raw, i);
    }
    return points;
  }

  /** Appends a code point; what is none becomes U+FFFD. */
  public static void append(StringBuilder raw, int codePoint) {
    int c = codePoint;
    if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
      c = ERROR;
    }
    if (c < 0x80) {
      raw.append((char) c);
    } else if (c < 0x800) {
      raw.append((char) (0xC0 | c >> 6)).append((char) (0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
      raw.append((char) (0xE0 | c >> 12))
          .append((char) (0x80 | (c >> 6 & 0x3F)))
          .append((char) (0x80 | (c & 0x3F)));
    } else {
      raw.append((char) (0xF0 | c >> 18))
          .append((char) (0x80 | (c >> 12 & 0x3F)))
          .append((char) (0x80 | (c >> 6 & 0x3F)))
          .append((char) (0x80 | (c & 0x3F)));
    }
  }
}
