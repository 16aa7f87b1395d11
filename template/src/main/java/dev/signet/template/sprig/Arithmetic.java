package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.FLOAT64;
import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.INT64;
import static dev.signet.template.GoType.INT_SLICE;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.real;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;
import static dev.signet.template.sprig.Registry.variadic;

import dev.signet.template.Call;
import dev.signet.template.Floats;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Numbers;
import dev.signet.template.Printer;
import dev.signet.template.Slice;
import dev.signet.template.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Numbers. Integer functions work on int64 and wrap; the ones ending in f calculate with decimals,
 * so that {@code addf 0.1 0.2} is 0.3.
 */
final class Arithmetic {
  private static final int DIVISION_PLACES = 16;

  private Arithmetic() {}

  @FunctionalInterface
  private interface OnLongs {
    long apply(long a, long b) throws GoError;
  }

  @FunctionalInterface
  private interface OnDecimals {
    BigDecimal apply(BigDecimal a, BigDecimal b) throws GoError;
  }

  static @Nullable Function find(String name) {
    return switch (name) {
      case "atoi" -> fixed(INT, (c, a) -> Value.of(atoi(string(a[0]))), STRING);
      case "int64" -> fixed(INT64, (c, a) -> Value.int64(Cast.toInt(a[0])), ANY);
      case "int" -> fixed(INT, (c, a) -> Value.of(Cast.toInt(a[0])), ANY);
      case "float64" -> fixed(FLOAT64, (c, a) -> Value.of(Cast.toFloat(a[0])), ANY);
      case "toDecimal" -> fixed(INT64, Arithmetic::octal, ANY);
      case "add1" -> fixed(INT64, (c, a) -> Value.int64(Cast.toInt(a[0]) + 1), ANY);
      case "add" -> variadic(INT64, (c, a) -> fold(Value.int64(0), a, 0, Long::sum), ANY);
      case "mul" -> variadic(INT64, (c, a) -> fold(a[0], a, 1, (x, y) -> x * y), ANY, ANY);
      case "max", "biggest" -> variadic(INT64, (c, a) -> fold(a[0], a, 1, Math::max), ANY, ANY);
      case "min" -> variadic(INT64, (c, a) -> fold(a[0], a, 1, Math::min), ANY, ANY);
      case "sub" -> fixed(INT64, (c, a) -> fold(a[0], a, 1, (x, y) -> x - y), ANY, ANY);
      case "div" -> fixed(INT64, (c, a) -> fold(a[0], a, 1, (x, y) -> x / nonZero(y)), ANY, ANY);
      case "mod" -> fixed(INT64, (c, a) -> fold(a[0], a, 1, (x, y) -> x % nonZero(y)), ANY, ANY);
      case "add1f" ->
          fixed(FLOAT64, (c, a) -> decimals(new Value[] {a[0], Value.of(1)}, BigDecimal::add), ANY);
      case "addf" -> variadic(FLOAT64, Arithmetic::addf, ANY);
      case "subf" -> variadic(FLOAT64, (c, a) -> decimals(a, BigDecimal::subtract), ANY, ANY);
      case "mulf" -> variadic(FLOAT64, (c, a) -> decimals(a, BigDecimal::multiply), ANY, ANY);
      case "divf" -> variadic(FLOAT64, (c, a) -> decimals(a, Arithmetic::divide), ANY, ANY);
      case "maxf" -> variadic(FLOAT64, (c, a) -> extreme(a, true), ANY, ANY);
      case "minf" -> variadic(FLOAT64, (c, a) -> extreme(a, false), ANY, ANY);
      case "ceil" -> fixed(FLOAT64, (c, a) -> Value.of(Math.ceil(Cast.toFloat(a[0]))), ANY);
      case "floor" -> fixed(FLOAT64, (c, a) -> Value.of(Math.floor(Cast.toFloat(a[0]))), ANY);
      case "round" -> variadic(FLOAT64, Arithmetic::round, ANY, INT, FLOAT64);
      case "until" -> fixed(INT_SLICE, Arithmetic::until, INT);
      case "untilStep" ->
          fixed(
              INT_SLICE,
              (c, a) -> range(c.meter(), integer(a[0]), integer(a[1]), integer(a[2])),
              INT,
              INT,
              INT);
      case "seq" -> variadic(STRING, Arithmetic::seq, INT);
      default -> null;
    };
  }

  private static long atoi(String raw) {
    Numbers.Parsed parsed = Numbers.parseInt(raw, 10);
    return parsed == null ? 0 : parsed.value();
  }

  private static Value octal(Call call, Value[] arguments) {
    Numbers.Parsed parsed = Numbers.parseInt(Printer.print(call.meter(), arguments[0]), 8);
    return Value.int64(parsed != null && parsed.inRange() ? parsed.value() : 0);
  }

  private static Value fold(Value first, Value[] arguments, int from, OnLongs operation)
      throws GoError {
    long result = Cast.toInt(first);
    for (int i = from; i < arguments.length; i++) {
      result = operation.apply(result, Cast.toInt(arguments[i]));
    }
    return Value.int64(result);
  }

  private static long nonZero(long divisor) throws GoError {
    if (divisor == 0) {
      throw new GoError("runtime error: integer divide by zero");
    }
    return divisor;
  }

  private static Value addf(Call call, Value[] arguments) throws GoError {
    Value[] all = new Value[arguments.length + 1];
    all[0] = Value.of(0.0);
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return decimals(all, BigDecimal::add);
  }

  private static Value decimals(Value[] arguments, OnDecimals operation) throws GoError {
    BigDecimal result = decimal(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      result = operation.apply(result, decimal(arguments[i]));
    }
    return Value.of(result.doubleValue());
  }

  private static BigDecimal decimal(Value value) throws GoError {
    double number = Cast.toFloat(value);
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new GoError("Cannot create a Decimal from " + Floats.shortest(number));
    }
    return new BigDecimal(Floats.format(number, 'e', -1, 64));
  }

  private static BigDecimal divide(BigDecimal a, BigDecimal b) throws GoError {
    if (b.signum() == 0) {
      throw new GoError("decimal division by 0");
    }
    return a.divide(b, DIVISION_PLACES, RoundingMode.HALF_UP);
  }

  private static Value extreme(Value[] arguments, boolean max) {
    double result = Cast.toFloat(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      double next = Cast.toFloat(arguments[i]);
      result = max ? larger(result, next) : smaller(result, next);
    }
    return Value.of(result);
  }

  /** Go gives an infinity where one operand is infinite and the other is no number. */
  private static double larger(double a, double b) {
    return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(a, b);
  }

  private static double smaller(double a, double b) {
    return a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY
        ? Double.NEGATIVE_INFINITY
        : Math.min(a, b);
  }

  /** Rounds up where the fraction is at least the third argument, one half without it. */
  private static Value round(Call call, Value[] arguments) {
    double threshold = arguments.length > 2 ? real(arguments[2]) : 0.5;
    double power = GoMath.powerOfTen(integer(arguments[1]));
    double digit = power * Cast.toFloat(arguments[0]);
    double fraction = digit - (digit < 0 ? Math.ceil(digit) : Math.floor(digit));
    double rounded = fraction >= threshold ? Math.ceil(digit) : Math.floor(digit);
    return Value.of(rounded / power);
  }

  private static Value until(Call call, Value[] arguments) {
    long count = integer(arguments[0]);
    return range(call.meter(), 0, count, count < 0 ? -1 : 1);
  }

  private static Slice range(Meter meter, long start, long stop, long step) {
    boolean down = stop < start;
    if (down ? step >= 0 : step <= 0) {
      return Slice.wrap(INT_SLICE, new Value[0]);
    }
    long span = down ? start - stop : stop - start;
    long width = down ? -step : step;
    long count =
        Long.divideUnsigned(span, width) + (Long.remainderUnsigned(span, width) == 0 ? 0 : 1);
    meter.steps(count < 0 ? Long.MAX_VALUE / 2 : count / 8);
    meter.elements(count < 0 ? Long.MAX_VALUE / 64 : count * 2);
    Value[] numbers = new Value[(int) count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Value.of(start + i * step);
    }
    return Slice.wrap(INT_SLICE, numbers);
  }

  /** As the command of that name, except that ends before starts need a negative step. */
  private static Value seq(Call call, Value[] p) {
    long start;
    long end;
    long step;
    switch (p.length) {
      case 1 -> {
        start = 1;
        end = integer(p[0]);
        step = end < start ? -1 : 1;
      }
      case 2 -> {
        start = integer(p[0]);
        end = integer(p[1]);
        step = end < start ? -1 : 1;
      }
      case 3 -> {
        start = integer(p[0]);
        step = integer(p[1]);
        end = integer(p[2]);
        if (end < start && step > 0) {
          return string("");
        }
      }
      default -> {
        return string("");
      }
    }
    Slice numbers = range(call.meter(), start, end + (end < start ? -1 : 1), step);
    call.meter().memory(numbers.size() * 12L);
    StringJoiner text = new StringJoiner(" ");
    for (Value number : numbers.elements()) {
      text.add(Long.toString(integer(number)));
    }
    return string(text.toString());
  }
}
