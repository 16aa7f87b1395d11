package dev.signet.template.select;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Numbers in text as Go's {@code strconv} reads and writes them: the grammar of {@code ParseFloat}
 * (signs, decimal and hexadecimal mantissas, underscores between digits, inf, infinity, nan) and
 * the shortest digits that read back as the same number, in three layouts.
 */
final class GoFloat {
  private GoFloat() {}

  /**
   * @param value 0 where the text is no number, an infinity where the number is out of range
   * @param valid whether Go would return no error
   */
  record Parsed(double value, boolean valid) {}

  private static final Parsed INVALID = new Parsed(0, false);

  static Parsed parse(ByteString bytes) {
    String text = new String(bytes.toBytes(), StandardCharsets.ISO_8859_1);
    int start = !text.isEmpty() && (text.charAt(0) == '+' || text.charAt(0) == '-') ? 1 : 0;
    String unsigned = text.substring(start);
    boolean negative = start == 1 && text.charAt(0) == '-';
    if (unsigned.equalsIgnoreCase("inf") || unsigned.equalsIgnoreCase("infinity")) {
      return new Parsed(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY, true);
    }
    if (text.equalsIgnoreCase("nan")) {
      return new Parsed(Double.NaN, true);
    }
    boolean hex = unsigned.length() > 2 && unsigned.regionMatches(true, 0, "0x", 0, 2);
    if (!wellFormed(unsigned, hex)) {
      return INVALID;
    }
    double value = Double.parseDouble(unsigned.replace("_", ""));
    return new Parsed(negative ? -value : value, !Double.isInfinite(value));
  }

  private static boolean wellFormed(String text, boolean hex) {
    int i = hex ? 2 : 0;
    boolean digits = false;
    boolean dot = false;
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.' && !dot) {
        dot = true;
      } else if (isDigit(c, hex)) {
        digits = true;
      } else if (c != '_') {
        break;
      }
    }
    if (!digits) {
      return false;
    }
    boolean exponent = i < text.length() && (text.charAt(i) | 0x20) == (hex ? 'p' : 'e');
    if (exponent) {
      i++;
      if (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      if (i == text.length() || !isDigit(text.charAt(i), false)) {
        return false;
      }
      while (i < text.length() && (isDigit(text.charAt(i), false) || text.charAt(i) == '_')) {
        i++;
      }
    }
    return i == text.length() && (exponent || !hex) && underscoresSeparateDigits(text, hex);
  }

  private static boolean underscoresSeparateDigits(String text, boolean hex) {
    char before = hex ? '0' : '^';
    for (int i = hex ? 2 : 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '_' ? before != '0' : before == '_' && !isDigit(c, hex)) {
        return false;
      }
      before = c == '_' ? '_' : isDigit(c, hex) ? '0' : '!';
    }
    return before != '_';
  }

  private static boolean isDigit(char c, boolean hex) {
    return (c >= '0' && c <= '9') || (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
  }

  /** Plain notation, as {@code FormatFloat(value, 'f', -1, 64)}. */
  static String plain(double value) {
    return special(value)
        ? specialText(value)
        : sign(value) + shortest(Math.abs(value)).toPlainString();
  }

  /** As {@code fmt} prints a float64 with {@code %v}. */
  static String general(double value) {
    if (special(value)) {
      return specialText(value);
    }
    BigDecimal digits = shortest(Math.abs(value));
    int exponent = digits.signum() == 0 ? 0 : digits.precision() - digits.scale() - 1;
    return exponent < -4 || exponent >= 6
        ? sign(value) + scientific(digits, exponent, 2)
        : plain(value);
  }

  /** As {@code encoding/json} writes a float64. The value is finite. */
  static String json(double value) {
    double abs = Math.abs(value);
    if (abs == 0 || (abs >= 1e-6 && abs < 1e21)) {
      return plain(value);
    }
    BigDecimal digits = shortest(abs);
    // Unlike fmt, encoding/json writes 1e-7, not 1e-07.
    return sign(value) + scientific(digits, digits.precision() - digits.scale() - 1, 1);
  }

  private static boolean special(double value) {
    return Double.isNaN(value) || Double.isInfinite(value);
  }

  private static String specialText(double value) {
    return Double.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }

  private static String sign(double value) {
    return value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
  }

  private static String scientific(BigDecimal digits, int exponent, int minimalWidth) {
    String text = digits.unscaledValue().toString();
    String mantissa = text.length() == 1 ? text : text.charAt(0) + "." + text.substring(1);
    String width = String.valueOf(Math.abs(exponent));
    while (width.length() < minimalWidth) {
      width = "0" + width;
    }
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + width;
  }

  /** Java writes two digits where one is enough (4.9E-324); Go does not. */
  private static BigDecimal shortest(double value) {
    if (value == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (digits.precision() == 2) {
      BigInteger unscaled =
          digits.unscaledValue().add(BigInteger.valueOf(5)).divide(BigInteger.TEN);
      BigDecimal rounded = new BigDecimal(unscaled, digits.scale() - 1).stripTrailingZeros();
      if (rounded.doubleValue() == value) {
        return rounded;
      }
    }
    return digits;
  }
}
