package dev.signet.yaml;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as Go's {@code strconv.FormatFloat} prints them with the fewest digits that read back as
 * the same value: {@code 'g'} as goyaml.v2 uses it, and the mix of {@code 'f'} and {@code 'e'} that
 * encoding/json uses.
 *
 * <p>Java finds the same digits, with one exception: it never prints fewer than two, and then picks
 * the two-digit number nearest to the value even where one digit would do ({@code 4.9E-324} against
 * Go's {@code 5e-324}).
 */
public final class GoNumbers {

  private final boolean negative;
  private final String digits;

  /** The value is 0.digits times ten to the power of point. */
  private final int point;

  private GoNumbers(boolean negative, String digits, int point) {
    this.negative = negative;
    this.digits = digits;
    this.point = point;
  }

  /** {@code FormatFloat(value, 'g', -1, 64)}, with YAML's names for what is not finite. */
  public static String yaml(double value) {
    String special = special(value);
    return special != null ? special : of(value).general();
  }

  /** {@code FormatFloat(value, 'g', -1, 32)}: what sigs.k8s.io/yaml makes of a float as a key. */
  static String yamlSingle(double value) {
    float single = (float) value;
    String special = special(single);
    return special != null ? special : of(single).general();
  }

  /** {@code FormatFloat(value, 'g', -1, 32)} with Go's own name for what 32 bits cannot hold. */
  static String singleAsText(double value) {
    float single = (float) value;
    return Float.isInfinite(single) ? (single > 0 ? "+Inf" : "-Inf") : of(single).general();
  }

  /** As encoding/json prints a float64. */
  public static String json(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("a number in a tree must be finite");
    }
    GoNumbers number = of(value);
    double magnitude = Math.abs(value);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)) {
      return number.scientific(1);
    }
    return number.positional();
  }

  /**
   * {@code FormatFloat(value, 'f', -1, 64)}: never an exponent; NaN, +Inf and -Inf where not
   * finite.
   */
  public static String plain(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return of(value).positional();
  }

  /**
   * {@code FormatFloat(value, 'G', -1, 64)}, with a decimal place where it would read as an
   * integer.
   */
  public static String general(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "NaN" : plain(value);
    }
    String text = of(value).general().toUpperCase(Locale.ROOT);
    return text.indexOf('.') < 0 && text.indexOf('E') < 0 ? text + ".0" : text;
  }

  private static @Nullable String special(double value) {
    if (Double.isNaN(value)) {
      return ".nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? ".inf" : "-.inf";
    }
    return null;
  }

  private static GoNumbers of(double value) {
    boolean negative = Double.doubleToRawLongBits(value) < 0;
    GoNumbers number = parse(negative, Double.toString(Math.abs(value)));
    if (number.digits.length() == 2) {
      for (String shorter : number.oneDigit()) {
        if (Double.parseDouble(shorter) == Math.abs(value)) {
          return parse(negative, shorter);
        }
      }
    }
    return number;
  }

  private static GoNumbers of(float value) {
    boolean negative = Float.floatToRawIntBits(value) < 0;
    GoNumbers number = parse(negative, Float.toString(Math.abs(value)));
    if (number.digits.length() == 2) {
      for (String shorter : number.oneDigit()) {
        if (Float.parseFloat(shorter) == Math.abs(value)) {
          return parse(negative, shorter);
        }
      }
    }
    return number;
  }

  /** The one-digit neighbours of a two-digit number, the nearer one first. */
  private String[] oneDigit() {
    int first = digits.charAt(0) - '0';
    String exponent = "E" + (point - 1);
    String below = first + exponent;
    String above = (first + 1) + exponent;
    return digits.charAt(1) < '5' ? new String[] {below, above} : new String[] {above, below};
  }

  private static GoNumbers parse(boolean negative, String text) {
    int mark = text.indexOf('E');
    int exponent = mark < 0 ? 0 : Integer.parseInt(text.substring(mark + 1));
    String mantissa = mark < 0 ? text : text.substring(0, mark);
    int dot = mantissa.indexOf('.');
    String all = dot < 0 ? mantissa : mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    int point = exponent + (dot < 0 ? mantissa.length() : dot);
    int from = 0;
    int to = all.length();
    while (from < to && all.charAt(from) == '0') {
      from++;
      point--;
    }
    while (to > from && all.charAt(to - 1) == '0') {
      to--;
    }
    return from == to
        ? new GoNumbers(negative, "0", 1)
        : new GoNumbers(negative, all.substring(from, to), point);
  }

  /** The shortest form goes over to an exponent as if it had six digits. */
  private String general() {
    int exponent = point - 1;
    return exponent < -4 || exponent >= 6 ? scientific(2) : positional();
  }

  private String scientific(int exponentDigits) {
    StringBuilder text = new StringBuilder(digits.length() + 8);
    if (negative) {
      text.append('-');
    }
    text.append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    int exponent = point - 1;
    text.append('e').append(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    if (magnitude < 10 && exponentDigits > 1) {
      text.append('0');
    }
    return text.append(magnitude).toString();
  }

  private String positional() {
    StringBuilder text = new StringBuilder(digits.length() + 24);
    if (negative) {
      text.append('-');
    }
    if (point <= 0) {
      text.append("0.").repeat('0', -point).append(digits);
    } else if (point >= digits.length()) {
      text.append(digits).repeat('0', point - digits.length());
    } else {
      text.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
    return text.toString();
  }
}
