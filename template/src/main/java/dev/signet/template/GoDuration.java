package dev.signet.template;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Go's time.Duration: nanoseconds in 64 bits, written like {@code 1h2m3.5s}. */
public final class GoDuration {
  private static final long SECOND = 1_000_000_000L;

  private GoDuration() {}

  /** The number of nanoseconds as Go prints it, with bytes above 0x7F for the micro sign. */
  public static String format(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    String sign = nanos < 0 ? "-" : "";
    long u = nanos < 0 ? -nanos : nanos;
    if (Long.compareUnsigned(u, SECOND) < 0) {
      if (u < 1_000) {
        return sign + u + "ns";
      }
      return u < 1_000_000
          ? sign + fraction(u, 1_000) + "\u00C2\u00B5s"
          : sign + fraction(u, 1_000_000) + "ms";
    }
    long seconds = Long.divideUnsigned(u, SECOND);
    long rest = Long.remainderUnsigned(u, SECOND);
    StringBuilder text = new StringBuilder(sign);
    long minutes = seconds / 60;
    if (minutes >= 60) {
      text.append(minutes / 60).append('h');
    }
    if (minutes > 0) {
      text.append(minutes % 60).append('m');
    }
    return text.append(fraction(seconds % 60 * SECOND + rest, SECOND)).append('s').toString();
  }

  private static String fraction(long value, long unit) {
    String digits = Long.toString(value % unit);
    int places = Long.toString(unit).length() - 1;
    String padded = "0".repeat(places - digits.length()) + digits;
    int end = places;
    while (end > 0 && padded.charAt(end - 1) == '0') {
      end--;
    }
    return value / unit + (end == 0 ? "" : "." + padded.substring(0, end));
  }

  /** The nanoseconds of a text like {@code -1.5h10m}. */
  public static long parse(String raw) throws GoError {
    String text = raw;
    boolean negative = text.startsWith("-");
    if (negative || text.startsWith("+")) {
      text = text.substring(1);
    }
    if (text.equals("0")) {
      return 0;
    }
    if (text.isEmpty()) {
      throw invalid(raw);
    }
    BigInteger total = BigInteger.ZERO;
    int at = 0;
    while (at < text.length()) {
      int start = at;
      at = digitsEnd(text, at);
      String whole = text.substring(start, at);
      String fraction = "";
      if (at < text.length() && text.charAt(at) == '.') {
        int point = at + 1;
        at = digitsEnd(text, point);
        fraction = text.substring(point, at);
      }
      if (whole.isEmpty() && fraction.isEmpty()) {
        throw invalid(raw);
      }
      BigInteger value = new BigInteger(whole.isEmpty() ? "0" : whole);
      if (value.bitLength() > 63 && !isMinimum(value)) {
        throw invalid(raw);
      }
      int unitStart = at;
      while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
        at++;
      }
      String unit = text.substring(unitStart, at);
      if (unit.isEmpty()) {
        throw new GoError("time: missing unit in duration " + Quote.quoteTime(raw));
      }
      long scale = scale(unit);
      if (scale == 0) {
        throw new GoError(
            "time: unknown unit " + Quote.quoteTime(unit) + " in duration " + Quote.quoteTime(raw));
      }
      value =
          value.multiply(BigInteger.valueOf(scale)).add(BigInteger.valueOf(part(fraction, scale)));
      total = total.add(value);
      if (total.bitLength() > 63 && !isMinimum(total)) {
        throw invalid(raw);
      }
    }
    if (negative) {
      return total.negate().longValue();
    }
    if (total.bitLength() > 63) {
      throw invalid(raw);
    }
    return total.longValue();
  }

  private static boolean isMinimum(BigInteger value) {
    return value.equals(BigInteger.ONE.shiftLeft(63));
  }

  /** The fraction in units of nanoseconds: Go multiplies as float64 and drops what is left. */
  private static long part(String fraction, long unit) {
    long digits = 0;
    double scale = 1;
    for (int i = 0; i < fraction.length(); i++) {
      if (digits > (Long.MAX_VALUE - 9) / 10) {
        break;
      }
      digits = digits * 10 + fraction.charAt(i) - '0';
      scale *= 10;
    }
    return digits > 0 ? (long) ((double) digits * ((double) unit / scale)) : 0;
  }

  private static GoError invalid(String raw) {
    return new GoError("time: invalid duration " + Quote.quoteTime(raw));
  }

  private static int digitsEnd(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long scale(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "\u00C2\u00B5s", "\u00CE\u00BCs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> SECOND;
      case "m" -> 60 * SECOND;
      case "h" -> 3600 * SECOND;
      default -> 0;
    };
  }

  static @Nullable Function method(long nanos, String name) {
    return switch (name) {
      case "Nanoseconds" -> int64(nanos);
      case "Microseconds" -> int64(nanos / 1_000);
      case "Milliseconds" -> int64(nanos / 1_000_000);
      case "Seconds" -> float64(parts(nanos, SECOND));
      case "Minutes" -> float64(parts(nanos, 60 * SECOND));
      case "Hours" -> float64(parts(nanos, 3600 * SECOND));
      default -> null;
    };
  }

  private static double parts(long nanos, long unit) {
    long whole = nanos / unit;
    return whole + (double) (nanos % unit) / unit;
  }

  private static Function int64(long value) {
    return new Function(Signature.of(GoType.INT64), (call, arguments) -> Value.int64(value));
  }

  private static Function float64(double value) {
    return new Function(Signature.of(GoType.FLOAT64), (call, arguments) -> Value.of(value));
  }
}
