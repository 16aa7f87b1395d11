package dev.signet.yaml;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a plain YAML scalar means to goyaml.v2 (go.yaml.in/yaml/v2 v2.4.4, {@code resolve.go}): YAML
 * 1.1 booleans and nulls, integers as Go's {@code strconv.ParseInt(text, 0, 64)} reads them once
 * underscores are gone, floats without base 60, and timestamps, which stay strings but are quoted
 * when written.
 *
 * <p>Integers end at unsigned 64 bits: a longer decimal one becomes a float, a longer hexadecimal
 * one stays a string.
 */
final class YamlScalars {

  /** What {@link #resolve} answers in place of a value. */
  enum Kind {
    TIMESTAMP
  }

  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private YamlScalars() {}

  /**
   * The value of a plain scalar: null, Boolean, Long, BigInteger, Double (maybe not finite), {@link
   * Kind#TIMESTAMP}, or the text itself, the same instance, when it is a string.
   *
   * @param timestamps whether to look for timestamps
   */
  static @Nullable Object resolve(String text, boolean timestamps) {
    if (text.isEmpty()) {
      return null;
    }
    char first = text.charAt(0);
    if ((first >= '0' && first <= '9') || first == '-' || first == '+') {
      if (first >= '0' && timestamps && GoTimestamps.matches(text)) {
        return Kind.TIMESTAMP;
      }
      return first == '-' || first == '+' ? signed(text) : number(text);
    }
    if (first == '.') {
      return fraction(text);
    }
    return text.length() <= 5 ? word(text) : text;
  }

  private static @Nullable Object word(String text) {
    return switch (text) {
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> true;
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> false;
      case "~", "null", "Null", "NULL" -> null;
      default -> text;
    };
  }

  private static Object signed(String text) {
    return switch (text) {
      case "+.inf", "+.Inf", "+.INF" -> Double.POSITIVE_INFINITY;
      case "-.inf", "-.Inf", "-.INF" -> Double.NEGATIVE_INFINITY;
      default -> number(text);
    };
  }

  private static Object fraction(String text) {
    return switch (text) {
      case ".nan", ".NaN", ".NAN" -> Double.NaN;
      case ".inf", ".Inf", ".INF" -> Double.POSITIVE_INFINITY;
      default -> {
        Double value = decimal(withoutSeparators(text));
        yield value == null ? text : value;
      }
    };
  }

  /** Here, unlike in {@link #number}, an underscore must stand between digits. */
  private static String withoutSeparators(String text) {
    if (text.indexOf('_') < 0) {
      return text;
    }
    for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
      if (i + 1 == text.length()
          || !isDigit(text.charAt(i - 1), 10)
          || !isDigit(text.charAt(i + 1), 10)) {
        return text;
      }
    }
    return text.replace("_", "");
  }

  private static Object number(String text) {
    String plain = text.indexOf('_') < 0 ? text : text.replace("_", "");
    Object integer = integer(plain);
    if (integer != null) {
      return integer;
    }
    Double decimal = decimal(plain);
    if (decimal != null) {
      return decimal;
    }
    // An old notation of binary numbers, where the sign may follow the prefix.
    if (plain.startsWith("0b")) {
      Object binary = radix(plain.substring(2), 2);
      if (binary != null) {
        return binary;
      }
    } else if (plain.startsWith("-0b")) {
      Object binary = radix("-".concat(plain.substring(3)), 2);
      if (binary instanceof Long) {
        return binary;
      }
    }
    return text;
  }

  /** Go's base 0: the prefix names the base, a leading zero means octal. */
  private static @Nullable Object integer(String text) {
    int sign = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    if (text.length() == sign) {
      return null;
    }
    if (text.charAt(sign) != '0') {
      return radix(text, 10);
    }
    int radix = 8;
    int skip = 1;
    if (text.length() >= sign + 3) {
      switch (text.charAt(sign + 1)) {
        case 'x', 'X' -> {
          radix = 16;
          skip = 2;
        }
        case 'o', 'O' -> skip = 2;
        case 'b', 'B' -> {
          radix = 2;
          skip = 2;
        }
        default -> {}
      }
    }
    String digits = text.substring(sign + skip);
    if (digits.isEmpty()) {
      return 0L;
    }
    if (!isDigit(digits.charAt(0), radix)) {
      return null;
    }
    return radix(sign == 1 ? text.substring(0, 1).concat(digits) : digits, radix);
  }

  /** A whole number of 64 bits, signed or unsigned, or null. */
  private static @Nullable Object radix(String text, int radix) {
    int from = !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    if (text.length() == from) {
      return null;
    }
    int start = from;
    while (start < text.length() - 1 && text.charAt(start) == '0') {
      start++;
    }
    long value = 0;
    long most = Long.MAX_VALUE / radix - 1;
    boolean wide = false;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isDigit(c, radix)) {
        return null;
      }
      wide |= value > most;
      value = value * radix + Character.digit(c, radix);
    }
    if (!wide) {
      return text.charAt(0) == '-' ? -value : value;
    }
    if (text.length() - start > 64) {
      return null;
    }
    BigInteger number = new BigInteger(text.substring(start), radix);
    if (text.charAt(0) == '-') {
      number = number.negate();
    }
    if (number.bitLength() < Long.SIZE) {
      return number.longValue();
    }
    return from == 0 && number.compareTo(TWO_TO_64) < 0 ? number : null;
  }

  private static boolean isDigit(char c, int radix) {
    return c < 0x80 && Character.digit(c, radix) >= 0;
  }

  /** {@code [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?} within the range of a double. */
  private static @Nullable Double decimal(String text) {
    int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int whole = digits(text, at) - at;
    at += whole;
    if (at < text.length() && text.charAt(at) == '.') {
      int end = digits(text, at + 1);
      if (whole == 0 && end == at + 1) {
        return null;
      }
      at = end;
    } else if (whole == 0) {
      return null;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      int from = at + 1;
      if (from < text.length() && (text.charAt(from) == '-' || text.charAt(from) == '+')) {
        from++;
      }
      at = digits(text, from);
      if (at == from) {
        return null;
      }
    }
    if (at != text.length()) {
      return null;
    }
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? null : value;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  /**
   * {@code [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?}: base 60, which is read as a string here
   * but as a number by older parsers, so it is written quoted.
   */
  static boolean isBase60(String text) {
    int at = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    int start = at;
    at = digitsAndUnderscores(text, at);
    if (at == start || text.charAt(start) == '_') {
      return false;
    }
    int groups = 0;
    while (at < text.length() && text.charAt(at) == ':') {
      int end = digits(text, at + 1);
      int length = end - at - 1;
      if (length < 1 || length > 2 || (length == 2 && text.charAt(at + 1) > '5')) {
        return false;
      }
      at = end;
      groups++;
    }
    if (groups > 0 && at < text.length() && text.charAt(at) == '.') {
      at = digitsAndUnderscores(text, at + 1);
    }
    return groups > 0 && at == text.length();
  }

  private static int digitsAndUnderscores(String text, int from) {
    int at = from;
    while (at < text.length()
        && ((text.charAt(at) >= '0' && text.charAt(at) <= '9') || text.charAt(at) == '_')) {
      at++;
    }
    return at;
  }
}
