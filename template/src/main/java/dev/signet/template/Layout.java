package dev.signet.template;

import java.util.Locale;

/**
 * The flags, width and precision of one directive, and how text and numbers are written with them.
 * Widths count code points. Zeros pad on the left only; numbers turn them into precision.
 */
final class Layout {
  private static final String LOWER = "0123456789abcdef";
  private static final String UPPER = "0123456789ABCDEF";
  private final StringBuilder out = new StringBuilder();
  private final Meter meter;

  boolean hasWidth;
  boolean hasPrecision;
  boolean minus;
  boolean plus;
  boolean sharp;
  boolean space;
  boolean zero;

  /** {@code %+v} and {@code %#v} are formats of their own, not flags of the parts. */
  boolean plusV;

  boolean sharpV;
  int width;
  int precision;

  Layout(Meter meter) {
    this.meter = meter;
  }

  void clear() {
    hasWidth = false;
    hasPrecision = false;
    minus = false;
    plus = false;
    sharp = false;
    space = false;
    zero = false;
    plusV = false;
    sharpV = false;
    width = 0;
    precision = 0;
  }

  String text() {
    return out.toString();
  }

  void write(String raw) {
    meter.memory(raw.length());
    out.append(raw);
  }

  void rune(int codePoint) {
    Utf8.append(out, codePoint);
  }

  private void padding(int count) {
    if (count > 0) {
      meter.memory(count);
      out.repeat(zero && !minus ? '0' : ' ', count);
    }
  }

  void pad(String raw) {
    if (!hasWidth || width == 0) {
      write(raw);
      return;
    }
    int missing = width - Utf8.count(raw);
    if (minus) {
      write(raw);
      padding(missing);
    } else {
      padding(missing);
      write(raw);
    }
  }

  private void padWithSpaces(String raw) {
    boolean oldZero = zero;
    zero = false;
    pad(raw);
    zero = oldZero;
  }

  private String truncated(String raw) {
    if (!hasPrecision) {
      return raw;
    }
    int left = precision;
    for (int i = 0; i < raw.length(); i += Utf8.width(raw, i)) {
      if (--left < 0) {
        return raw.substring(0, i);
      }
    }
    return raw;
  }

  void string(String raw) {
    pad(truncated(raw));
  }

  void quoted(String raw) {
    String text = truncated(raw);
    meter.memory(text.length());
    if (sharp && Quote.isBackquotable(text)) {
      pad("`" + text + "`");
    } else {
      pad(Quote.quote(text, '"', plus));
    }
  }

  void character(long value) {
    StringBuilder text = new StringBuilder(4);
    Utf8.append(text, value < 0 || value > 0x10FFFF ? Utf8.ERROR : (int) value);
    pad(text.toString());
  }

  void quotedCharacter(long value) {
    pad(Quote.quoteRune(value < 0 || value > 0x10FFFF ? Utf8.ERROR : (int) value, plus));
  }

  /** U+0078, or U+0078 'x' with the sharp flag. */
  void unicode(long value) {
    String digits = hexDigits(value, UPPER);
    int least = hasPrecision && precision > 4 ? precision : 4;
    meter.memory(least);
    StringBuilder text = new StringBuilder("U+");
    text.repeat('0', Math.max(0, least - digits.length())).append(digits);
    if (sharp && value >= 0 && value <= 0x10FFFF && Unicode.isPrint((int) value)) {
      text.append(" '");
      Utf8.append(text, (int) value);
      text.append('\'');
    }
    padWithSpaces(text.toString());
  }

  private static String hexDigits(long value, String digits) {
    String hex = Long.toHexString(value);
    return digits.equals(UPPER) ? hex.toUpperCase(Locale.ROOT) : hex;
  }

  /** A hexadecimal number with or without 0x, whatever the sharp flag says. */
  void hex(long value, boolean prefix) {
    boolean oldSharp = sharp;
    sharp = prefix;
    integer(value, 16, false, 'v', false);
    sharp = oldSharp;
  }

  void integer(long value, int base, boolean signed, int verb, boolean upper) {
    boolean negative = signed && value < 0;
    long magnitude = negative ? -value : value;
    int digitsWanted = 0;
    if (hasPrecision) {
      digitsWanted = precision;
      if (precision == 0 && value == 0) {
        boolean oldZero = zero;
        zero = false;
        padding(width);
        zero = oldZero;
        return;
      }
    } else if (zero && !minus && hasWidth) {
      digitsWanted = negative || plus || space ? width - 1 : width;
    }
    String digits =
        base == 16
            ? hexDigits(magnitude, upper ? UPPER : LOWER)
            : Long.toUnsignedString(magnitude, base);
    meter.memory(Math.max(digitsWanted, 0));
    StringBuilder text = new StringBuilder();
    if (negative) {
      text.append('-');
    } else if (plus) {
      text.append('+');
    } else if (space) {
      text.append(' ');
    }
    if (verb == 'O') {
      text.append("0o");
    }
    boolean padded = digitsWanted > digits.length();
    if (sharp) {
      switch (base) {
        case 2 -> text.append("0b");
        case 8 -> {
          if (!padded && digits.charAt(0) != '0') {
            text.append('0');
          }
        }
        case 16 -> text.append(upper ? "0X" : "0x");
        default -> {}
      }
    }
    text.repeat('0', Math.max(0, digitsWanted - digits.length())).append(digits);
    padWithSpaces(text.toString());
  }

  /** The bytes of a string as hexadecimal digits. */
  void hexString(String raw, boolean upper) {
    int length = hasPrecision && precision < raw.length() ? precision : raw.length();
    if (length == 0) {
      if (hasWidth) {
        padding(width);
      }
      return;
    }
    int total = 2 * length;
    if (space) {
      total = (sharp ? 2 * total : total) + length - 1;
    } else if (sharp) {
      total += 2;
    }
    if (hasWidth && !minus) {
      padding(width - total);
    }
    meter.memory(total);
    String digits = upper ? UPPER : LOWER;
    String prefix = upper ? "0X" : "0x";
    if (sharp) {
      out.append(prefix);
    }
    for (int i = 0; i < length; i++) {
      if (space && i > 0) {
        out.append(' ');
        if (sharp) {
          out.append(prefix);
        }
      }
      char c = raw.charAt(i);
      out.append(digits.charAt(c >> 4)).append(digits.charAt(c & 0xF));
    }
    if (hasWidth && minus) {
      padding(width - total);
    }
  }

  void real(double value, int bits, char verb, int defaultPrecision) {
    int digits = hasPrecision ? precision : defaultPrecision;
    meter.memory(Math.max(digits, 0));
    String text = Floats.format(value, verb, digits, bits);
    if (text.charAt(0) != '-' && text.charAt(0) != '+') {
      text = "+" + text;
    }
    if (space && text.charAt(0) == '+' && !plus) {
      text = " " + text.substring(1);
    }
    if (text.charAt(1) == 'I' || text.charAt(1) == 'N') {
      padWithSpaces(text.charAt(1) == 'N' && !space && !plus ? text.substring(1) : text);
      return;
    }
    if (sharp && verb != 'b') {
      text = withPoint(text, verb, digits);
    }
    if (!plus && text.charAt(0) == '+') {
      pad(text.substring(1));
    } else if (zero && !minus && hasWidth && width > text.length()) {
      // The sign stands before the zeros.
      write(text.substring(0, 1));
      padding(width - text.length());
      write(text.substring(1));
    } else {
      pad(text);
    }
  }

  /** The sharp flag: always a decimal point, and the zeros that %g leaves out. */
  private static String withPoint(String number, char verb, int precision) {
    int wanted =
        switch (verb) {
          case 'g', 'G', 'x' -> precision == -1 ? 6 : precision;
          default -> 0;
        };
    boolean hex = verb == 'x' || verb == 'X';
    int tail = number.length();
    boolean point = false;
    boolean significant = false;
    for (int i = 1; i < tail; i++) {
      char c = number.charAt(i);
      if (c == '.') {
        point = true;
      } else if (c == 'p' || c == 'P' || (!hex && (c == 'e' || c == 'E'))) {
        tail = i;
      } else {
        significant |= c != '0';
        if (significant) {
          wanted--;
        }
      }
    }
    StringBuilder text = new StringBuilder(number.substring(0, tail));
    if (!point) {
      if (tail == 2 && number.charAt(1) == '0') {
        wanted--;
      }
      text.append('.');
    }
    return text.repeat('0', Math.max(0, wanted)).append(number.substring(tail)).toString();
  }
}
