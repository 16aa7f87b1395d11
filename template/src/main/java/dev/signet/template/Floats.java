package dev.signet.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Floating-point numbers as text, as Go's {@code strconv.FormatFloat} writes them. Exact decimal
 * expansions come from {@link BigDecimal}; the shortest digits that read back come from {@link
 * Double#toString}, which is shortest except that it never gives a single digit.
 */
public final class Floats {
  private Floats() {}

  /** The digits 0.d1d2d3… times ten to the power of {@code point}. */
  private record Decimal(String digits, int point) {}

  /** {@code %v}: the shortest text that reads back. */
  public static String shortest(double value) {
    return format(value, 'g', -1, 64);
  }

  /**
   * The number as text.
   *
   * @param verb one of b, e, E, f, g, G, x, X
   * @param precision digits as the verb counts them, negative for the shortest text that reads back
   * @param bits 32 or 64
   */
  public static String format(double value, char verb, int precision, int bits) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    double magnitude = Math.abs(value);
    return sign
        + switch (verb) {
          case 'b' -> binary(magnitude, bits);
          case 'x' -> hex(magnitude, precision);
          case 'X' -> hex(magnitude, precision).toUpperCase(Locale.ROOT);
          case 'e', 'E' -> {
            Decimal d =
                precision < 0 ? shortestDigits(magnitude, bits) : rounded(magnitude, precision + 1);
            yield exponential(d, precision < 0 ? d.digits.length() - 1 : precision, verb);
          }
          case 'f' -> {
            Decimal d =
                precision < 0 ? shortestDigits(magnitude, bits) : scaled(magnitude, precision);
            yield fixed(d, precision < 0 ? Math.max(d.digits.length() - d.point, 0) : precision);
          }
          case 'g', 'G' -> general(magnitude, precision, verb, bits);
          default -> throw new IllegalArgumentException("verb " + verb);
        };
  }

  private static String general(double magnitude, int precision, char verb, int bits) {
    boolean shortest = precision < 0;
    int wanted = Math.max(precision, 1);
    Decimal d = shortest ? shortestDigits(magnitude, bits) : rounded(magnitude, wanted);
    String digits = shortest ? d.digits : stripZeros(d.digits);
    d = new Decimal(digits, d.point);
    int limit = wanted;
    if (limit > digits.length() && digits.length() >= d.point) {
      limit = digits.length();
    }
    if (shortest) {
      limit = 6;
    }
    int exponent = d.point - 1;
    if (exponent < -4 || exponent >= limit) {
      int shown = shortest ? digits.length() : Math.min(wanted, digits.length());
      return exponential(d, Math.max(shown, 1) - 1, verb == 'g' ? 'e' : 'E');
    }
    return fixed(d, Math.max(digits.length() - d.point, 0));
  }

  private static String stripZeros(String digits) {
    int end = digits.length();
    while (end > 0 && digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, end);
  }

  private static String exponential(Decimal d, int precision, char verb) {
    StringBuilder out = new StringBuilder();
    out.append(d.digits.isEmpty() ? '0' : d.digits.charAt(0));
    if (precision > 0) {
      out.append('.');
      int have = Math.min(d.digits.length(), precision + 1);
      if (have > 1) {
        out.append(d.digits, 1, have);
      }
      out.repeat('0', precision - Math.max(have - 1, 0));
    }
    int exponent = isZero(d) ? 0 : d.point - 1;
    out.append(verb).append(exponent < 0 ? '-' : '+');
    exponent = Math.abs(exponent);
    if (exponent < 10) {
      out.append('0');
    }
    return out.append(exponent).toString();
  }

  private static boolean isZero(Decimal d) {
    return stripZeros(d.digits).isEmpty();
  }

  private static String fixed(Decimal d, int precision) {
    StringBuilder out = new StringBuilder();
    if (d.point > 0) {
      int whole = Math.min(d.digits.length(), d.point);
      out.append(d.digits, 0, whole).repeat('0', d.point - whole);
    } else {
      out.append('0');
    }
    if (precision > 0) {
      out.append('.');
      for (int i = 0; i < precision; i++) {
        int at = d.point + i;
        out.append(at >= 0 && at < d.digits.length() ? d.digits.charAt(at) : '0');
      }
    }
    return out.toString();
  }

  private static Decimal of(BigDecimal value) {
    if (value.signum() == 0) {
      return new Decimal("", 0);
    }
    String digits = value.unscaledValue().toString();
    int point = digits.length() - value.scale();
    return new Decimal(stripZeros(digits), point);
  }

  /** Rounded to that many significant digits; halves go to the even digit. */
  private static Decimal rounded(double magnitude, int digits) {
    BigDecimal exact = new BigDecimal(magnitude);
    if (exact.precision() <= digits) {
      return of(exact);
    }
    return of(exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)));
  }

  /** Rounded to that many digits after the point. */
  private static Decimal scaled(double magnitude, int places) {
    BigDecimal exact = new BigDecimal(magnitude);
    return of(exact.scale() <= places ? exact : exact.setScale(places, RoundingMode.HALF_EVEN));
  }

  private static Decimal shortestDigits(double magnitude, int bits) {
    if (magnitude == 0) {
      return new Decimal("", 0);
    }
    String text = bits == 32 ? Float.toString((float) magnitude) : Double.toString(magnitude);
    Decimal d = of(new BigDecimal(text));
    if (d.digits.length() == 2) {
      BigDecimal single = new BigDecimal(text).round(new MathContext(1, RoundingMode.HALF_EVEN));
      boolean same =
          bits == 32 ? single.floatValue() == (float) magnitude : single.doubleValue() == magnitude;
      return same ? of(single) : d;
    }
    return d;
  }

  private static String binary(double magnitude, int bits) {
    if (bits == 32) {
      int raw = Float.floatToRawIntBits((float) magnitude);
      int exponent = raw >> 23 & 0xFF;
      int mantissa = raw & 0x7FFFFF;
      return binary(
          exponent == 0 ? mantissa : mantissa | 1 << 23, Math.max(exponent, 1) - 127 - 23);
    }
    long raw = Double.doubleToRawLongBits(magnitude);
    int exponent = (int) (raw >> 52 & 0x7FF);
    long mantissa = raw & 0xFFFFFFFFFFFFFL;
    return binary(
        exponent == 0 ? mantissa : mantissa | 1L << 52, Math.max(exponent, 1) - 1023 - 52);
  }

  private static String binary(long mantissa, int exponent) {
    return mantissa + "p" + (exponent < 0 ? "" : "+") + exponent;
  }

  private static String hex(double magnitude, int precision) {
    if (magnitude == 0) {
      return "0x0" + (precision > 0 ? "." + "0".repeat(precision) : "") + "p+00";
    }
    int exponent = Math.getExponent(magnitude);
    if (exponent < Double.MIN_EXPONENT) {
      exponent = Math.getExponent(magnitude * 0x1p64) - 64;
    }
    // 1.fraction with 60 bits of fraction, so that each hex digit is 4 bits.
    long mantissa =
        (long) Math.scalb(Math.scalb(magnitude, -exponent / 2), -(exponent - exponent / 2) + 52)
            << 8;
    if (precision >= 0 && precision < 15) {
      int drop = (15 - precision) * 4;
      long unit = 1L << drop;
      long rest = mantissa & (unit - 1);
      mantissa -= rest;
      if (rest > unit / 2 || (rest == unit / 2 && (mantissa & unit) != 0)) {
        mantissa += unit;
      }
      if (mantissa >>> 61 != 0) {
        mantissa >>>= 1;
        exponent++;
      }
    }
    StringBuilder fraction = new StringBuilder();
    for (int shift = 56; shift >= 0; shift -= 4) {
      fraction.append(Character.forDigit((int) (mantissa >> shift & 0xF), 16));
    }
    String shown =
        precision < 0
            ? stripZeros(fraction.toString())
            : precision <= 15
                ? fraction.substring(0, precision)
                : fraction + "0".repeat(precision - 15);
    int shownExponent = Math.abs(exponent);
    return "0x"
        + (mantissa >>> 60)
        + (shown.isEmpty() ? "" : "." + shown)
        + (exponent < 0 ? "p-" : "p+")
        + (shownExponent < 10 ? "0" : "")
        + shownExponent;
  }
}
