package dev.signet.template.sprig;

import dev.signet.template.GoType;
import dev.signet.template.Numbers;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loose conversion to numbers, as Sprig's cast library does it: strings that are no numbers, and
 * whatever else is none, are zero. Strings may have a base prefix, and for integers a fraction that
 * is cut off.
 */
final class Cast {
  private Cast() {}

  /** Apart, so that regular expressions are loaded for numbers with a dot only. */
  private static final class Fractional {
    // Linear: no part can match what another one does.
    static final Pattern DECIMAL = Pattern.compile("([-+]?[0-9]*)(\\.[0-9]*)?");

    private Fractional() {}
  }

  static long toInt(Value value) {
    return switch (value) {
      case Value.Int number -> number.value();
      case Value.Real number -> toLong(number.value());
      case Value.Bool(boolean b) -> b ? 1 : 0;
      case Str(String raw) -> parse(raw);
      default -> 0;
    };
  }

  private static long parse(String raw) {
    String text = raw;
    if (raw.indexOf('.') >= 0) {
      Matcher matcher = Fractional.DECIMAL.matcher(raw);
      if (!matcher.matches()) {
        return 0;
      }
      text = matcher.group(1);
      if (text.isEmpty() || text.equals("-") || text.equals("+")) {
        return 0;
      }
    }
    Numbers.Parsed parsed = Numbers.parseInt(text, 0);
    return parsed != null && parsed.inRange() ? parsed.value() : 0;
  }

  static double toFloat(Value value) {
    return switch (value) {
      case Value.Int number ->
          number.type().kind() == GoType.Kind.UINT64 && number.value() < 0
              ? new BigDecimal(Long.toUnsignedString(number.value())).doubleValue()
              : number.value();
      case Value.Real number -> number.value();
      case Value.Bool(boolean b) -> b ? 1 : 0;
      case Str(String raw) -> {
        Double parsed = raw.isEmpty() ? null : Numbers.parseFloat(raw);
        yield parsed == null ? 0 : parsed;
      }
      default -> 0;
    };
  }

  static long toLong(double value) {
    return Numbers.truncate(value);
  }
}
