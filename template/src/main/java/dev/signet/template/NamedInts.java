package dev.signet.template;

import org.jspecify.annotations.Nullable;

/** The integer types of package time that have names and a String method of their own. */
public final class NamedInts {
  public static final GoType MONTH = GoType.basic(GoType.Kind.INT, "time.Month");
  public static final GoType WEEKDAY = GoType.basic(GoType.Kind.INT, "time.Weekday");
  public static final GoType DURATION = GoType.basic(GoType.Kind.INT64, "time.Duration");
  private static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };
  private static final String[] DAYS = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
  };

  private NamedInts() {}

  static boolean isPlain(GoType type) {
    return type.name().indexOf('.') < 0;
  }

  static @Nullable String text(Value.Int number) {
    if (isPlain(number.type())) {
      return null;
    }
    long value = number.value();
    return switch (number.type().name()) {
      case "time.Month" ->
          value >= 1 && value <= 12
              ? MONTHS[(int) value - 1]
              : "%!Month(" + Long.toUnsignedString(value) + ")";
      case "time.Weekday" ->
          value >= 0 && value <= 6
              ? DAYS[(int) value]
              : "%!Weekday(" + Long.toUnsignedString(value) + ")";
      case "time.Duration" -> GoDuration.format(value);
      default -> null;
    };
  }

  static @Nullable Function method(Value.Int number, String name) {
    if (isPlain(number.type())) {
      return null;
    }
    if (name.equals("String")) {
      return new Function(
          Signature.of(GoType.STRING),
          (call, arguments) -> {
            String text = text(number);
            return new Str(text == null ? "" : text);
          });
    }
    return number.type().equals(DURATION) ? GoDuration.method(number.value(), name) : null;
  }
}
