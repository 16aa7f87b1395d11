package dev.signet.template;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A number in a template, which like Go's untyped constants has a value of every type that can hold
 * it exactly; the parameter it is given to decides, or its syntax where nothing else does.
 *
 * @param natural the value where the parameter is an {@code interface {}}; null where it overflows
 */
record Constant(
    @Nullable Long integer,
    @Nullable Long unsigned,
    @Nullable Double real,
    Value.@Nullable Complex complex,
    @Nullable Value natural) {

  /** The text cannot be a number; the message is Go's. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  static Constant character(String text) throws Malformed {
    int c;
    try {
      c = Quote.unquoteChar(text);
    } catch (Quote.MalformedCharacter e) {
      throw new Malformed("malformed character constant: " + text);
    }
    if (c < 0) {
      throw new Malformed("invalid syntax");
    }
    return new Constant((long) c, (long) c, (double) c, null, Value.of(c));
  }

  /** A number like {@code 1+2i}. */
  static Constant complex(String text) throws Malformed {
    int sign = 1;
    for (int i = 1; i < text.length(); i++) {
      char before = text.charAt(i - 1);
      if ((text.charAt(i) == '+' || text.charAt(i) == '-') && "eEpP".indexOf(before) < 0) {
        sign = i;
      }
    }
    if (sign == text.length() - 2) {
      throw new Malformed("syntax error scanning complex number");
    }
    return complex(part(text.substring(0, sign)), part(text.substring(sign, text.length() - 1)));
  }

  private static double part(String text) throws Malformed {
    Double value = Numbers.parseFloat(text);
    if (value == null) {
      throw new Malformed("strconv.ParseFloat: parsing " + Quote.quote(text) + ": invalid syntax");
    }
    return value;
  }

  private static Constant complex(double real, double imaginary) {
    Value.Complex value = new Value.Complex(real, imaginary);
    if (imaginary != 0) {
      return new Constant(null, null, null, value, value);
    }
    return new Constant(exactInt(real), exactUint(real), real, value, value);
  }

  static Constant number(String text) throws Malformed {
    if (text.endsWith("i")) {
      Double imaginary = Numbers.parseFloat(text.substring(0, text.length() - 1));
      if (imaginary != null) {
        return complex(0, imaginary);
      }
    }
    Long unsigned = Numbers.parseUint(text);
    Numbers.Parsed parsed = Numbers.parseInt(text, 0);
    Long integer = parsed != null && parsed.inRange() ? (Long) parsed.value() : null;
    if (integer != null && integer == 0) {
      unsigned = 0L;
    }
    Double real;
    if (integer != null) {
      real = (double) integer;
    } else if (unsigned != null) {
      real = unsignedToDouble(unsigned);
    } else {
      real = Numbers.parseFloat(text);
      if (real == null) {
        throw new Malformed("illegal number syntax: " + Quote.quote(text));
      }
      if (!containsAny(text, ".eEpP")) {
        throw new Malformed("integer overflow: " + Quote.quote(text));
      }
      integer = exactInt(real);
      unsigned = exactUint(real);
    }
    boolean hexInteger =
        text.length() > 2
            && text.charAt(0) == '0'
            && (text.charAt(1) == 'x' || text.charAt(1) == 'X')
            && !containsAny(text, "pP");
    Value natural = null;
    if (!hexInteger && containsAny(text, ".eEpP")) {
      natural = Value.of((double) real);
    } else if (integer != null) {
      natural = Value.of((long) integer);
    }
    return new Constant(integer, unsigned, real, null, natural);
  }

  private static double unsignedToDouble(long value) {
    return new BigDecimal(Long.toUnsignedString(value)).doubleValue();
  }

  private static @Nullable Long exactInt(double value) {
    return (value == Math.rint(value) && Math.abs(value) < 0x1p63) || value == -0x1p63
        ? (Long) (long) value
        : null;
  }

  private static @Nullable Long exactUint(double value) {
    if (value != Math.rint(value) || value < 0 || value >= 0x1p64) {
      return null;
    }
    return value < 0x1p63 ? (long) value : (long) (value - 0x1p63) + Long.MIN_VALUE;
  }

  private static boolean containsAny(String text, String chars) {
    for (int i = 0; i < text.length(); i++) {
      if (chars.indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }
}
