package dev.signet.template;

import java.math.BigInteger;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Go's number syntax, as its package strconv reads it. */
public final class Numbers {
  private static final BigInteger MAX_UINT = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private Numbers() {}

  /**
   * A signed number that may have been out of range.
   *
   * @param value the number, or the nearest one that fits
   */
  public record Parsed(long value, boolean inRange) {}

  /**
   * A signed 64-bit number; null where the text is no number.
   *
   * @param base 0 takes the base from the prefix and allows underscores
   */
  public static @Nullable Parsed parseInt(String raw, int base) {
    if (raw.isEmpty()) {
      return null;
    }
    boolean negative = raw.charAt(0) == '-';
    String digits = negative || raw.charAt(0) == '+' ? raw.substring(1) : raw;
    BigInteger magnitude = magnitude(digits, base);
    if (magnitude == null) {
      return null;
    }
    BigInteger value = negative ? magnitude.negate() : magnitude;
    if (value.bitLength() > 63) {
      return new Parsed(negative ? Long.MIN_VALUE : Long.MAX_VALUE, false);
    }
    return new Parsed(value.longValue(), true);
  }

  /** An unsigned 64-bit number with its base in the prefix; null where it is none or too large. */
  static @Nullable Long parseUint(String raw) {
    BigInteger value = magnitude(raw, 0);
    return value == null || value.compareTo(MAX_UINT) > 0 ? null : (Long) value.longValue();
  }

  private static @Nullable BigInteger magnitude(String text, int base) {
    String digits = text;
    int radix = base;
    if (base == 0) {
      if (!underscoresSeparateDigits(text)) {
        return null;
      }
      radix = 10;
      if (text.length() > 0 && text.charAt(0) == '0') {
        char prefix = text.length() >= 3 ? Character.toLowerCase(text.charAt(1)) : ' ';
        radix = prefix == 'x' ? 16 : prefix == 'o' ? 8 : prefix == 'b' ? 2 : 8;
        digits = text.substring(prefix == 'x' || prefix == 'o' || prefix == 'b' ? 2 : 1);
        if (digits.isEmpty()) {
          return BigInteger.ZERO;
        }
      }
      digits = digits.replace("_", "");
    }
    if (digits.isEmpty()) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c >= 0x80 || Character.digit(c, radix) < 0) {
        return null;
      }
    }
    return digits.length() > 400 ? MAX_UINT.shiftLeft(1) : new BigInteger(digits, radix);
  }

  /** Underscores stand between digits, or between a base prefix and a digit. */
  private static boolean underscoresSeparateDigits(String text) {
    if (text.indexOf('_') < 0) {
      return true;
    }
    int at = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    char last = '^';
    boolean hex = false;
    if (text.length() >= at + 2 && text.charAt(at) == '0') {
      char prefix = Character.toLowerCase(text.charAt(at + 1));
      if (prefix == 'b' || prefix == 'o' || prefix == 'x') {
        at += 2;
        last = '0';
        hex = prefix == 'x';
      }
    }
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c < 0x80 && Character.digit(c, hex ? 16 : 10) >= 0) {
        last = '0';
      } else if (c == '_') {
        if (last != '0') {
          return false;
        }
        last = '_';
      } else {
        if (last == '_') {
          return false;
        }
        last = '!';
      }
    }
    return last != '_';
  }

  /** A float64; null where the text is no number or beyond the range. */
  public static @Nullable Double parseFloat(String raw) {
    String text = raw.toLowerCase(Locale.ROOT);
    boolean negative = text.startsWith("-");
    String unsigned = negative || text.startsWith("+") ? text.substring(1) : text;
    switch (unsigned) {
      case "inf", "infinity" -> {
        return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
      case "nan" -> {
        return unsigned.length() == text.length() ? (Double) Double.NaN : null;
      }
      default -> {}
    }
    boolean hex = unsigned.startsWith("0x");
    if (!isFloat(unsigned, hex) || !underscoresSeparateDigits(raw)) {
      return null;
    }
    String plain = text.replace("_", "");
    int exponent = plain.indexOf(hex ? 'p' : 'e');
    if (exponent >= 0 && plain.length() - exponent > 9) {
      plain = clampExponent(plain, exponent);
    }
    double value = Double.parseDouble(plain);
    return Double.isInfinite(value) ? null : (Double) value;
  }

  /** Java gives up on exponents of more digits than an int has. */
  private static String clampExponent(String plain, int exponent) {
    boolean negative = plain.charAt(exponent + 1) == '-';
    String digits = plain.substring(exponent + 1).replaceFirst("^[+-]?0*", "");
    if (digits.length() > 6) {
      digits = "999999";
    }
    return plain.substring(0, exponent + 1)
        + (negative ? "-" : "")
        + (digits.isEmpty() ? "0" : digits);
  }

  private static boolean isFloat(String text, boolean hex) {
    int at = hex ? 2 : 0;
    boolean point = false;
    boolean digit = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '.' && !point) {
        point = true;
      } else if (c < 0x80 && Character.digit(c, hex ? 16 : 10) >= 0) {
        digit = true;
      } else if (c != '_') {
        break;
      }
    }
    if (!digit) {
      return false;
    }
    if (at == text.length()) {
      return !hex;
    }
    if (text.charAt(at) != (hex ? 'p' : 'e')) {
      return false;
    }
    at++;
    if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
      at++;
    }
    if (at >= text.length() || !isDigit(text.charAt(at))) {
      return false;
    }
    for (; at < text.length(); at++) {
      if (!isDigit(text.charAt(at)) && text.charAt(at) != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Go's conversion of a float64 to int64 on amd64: what does not fit is the least int64. */
  public static long truncate(double value) {
    return value >= -0x1p63 && value < 0x1p63 ? (long) value : Long.MIN_VALUE;
  }
}
