package dev.signet.cli;

import static java.util.Objects.requireNonNull;

import dev.signet.template.GoDuration;
import dev.signet.template.GoError;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * The command line of {@code controller} as Go's pflag 1.0.10 reads it: {@code --flag=value},
 * {@code --flag value}, {@code --switch}; what is no flag is ignored wherever it stands, what
 * follows {@code --} is none, and the last use wins. Before all that each flag takes the value of
 * its environment variable, and a value that it cannot take is passed over there without a word (a
 * switch is then off, a number or duration zero).
 */
final class ControllerArguments {

  /** The command line is not understood; the message is pflag's. */
  static final class MisuseException extends Exception {
    private MisuseException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return requireNonNull(super.getMessage());
    }
  }

  /** A value that a flag cannot take; the message is Go's for that type. */
  private static final class IllegalValueException extends Exception {
    private IllegalValueException(String message) {
      super(message);
    }
  }

  private final EnumMap<ControllerFlag, String> values = new EnumMap<>(ControllerFlag.class);
  private final StringBuilder notes = new StringBuilder();
  private boolean help;

  private ControllerArguments() {}

  static ControllerArguments parse(String[] arguments, Map<String, String> environment)
      throws MisuseException {
    ControllerArguments parsed = new ControllerArguments();
    for (ControllerFlag flag : ControllerFlag.values()) {
      String value = environment.get(flag.variable());
      if (value != null) {
        parsed.setFromEnvironment(flag, value);
      }
    }
    parsed.read(arguments);
    return parsed;
  }

  private void setFromEnvironment(ControllerFlag flag, String value) {
    try {
      set(flag, value);
    } catch (IllegalValueException e) {
      set(flag);
    }
  }

  /** What Go leaves of a value that it could not read. */
  private void set(ControllerFlag flag) {
    switch (flag.type) {
      case BOOL -> values.put(flag, "false");
      case INT, FLOAT, DURATION -> values.put(flag, "0");
      case TEXT -> {}
    }
  }

  private void read(String[] arguments) throws MisuseException {
    int i = 0;
    while (i < arguments.length && !help) {
      String argument = arguments[i++];
      if (argument.equals("--")) {
        return;
      }
      if (argument.startsWith("--")) {
        i = readFlag(argument, arguments, i);
      } else if (argument.length() > 1 && argument.charAt(0) == '-') {
        if (argument.charAt(1) != 'h') {
          throw new MisuseException(
              "unknown shorthand flag: "
                  + KubesealText.quotedLetter(argument.charAt(1))
                  + " in "
                  + argument);
        }
        help = true;
      }
    }
  }

  private int readFlag(String argument, String[] arguments, int next) throws MisuseException {
    String name = argument.substring(2);
    if (name.charAt(0) == '-' || name.charAt(0) == '=') {
      throw new MisuseException("bad flag syntax: " + argument);
    }
    int equals = name.indexOf('=');
    String text = equals < 0 ? name : name.substring(0, equals);
    Optional<ControllerFlag> found = ControllerFlag.named(text);
    if (found.isEmpty()) {
      if (text.equals("help")) {
        help = true;
        return next;
      }
      throw new MisuseException("unknown flag: --" + text);
    }
    ControllerFlag flag = found.get();
    if (equals >= 0) {
      use(flag, name.substring(equals + 1));
      return next;
    }
    if (flag.type == ControllerFlag.Type.BOOL) {
      use(flag, "true");
      return next;
    }
    if (next == arguments.length) {
      throw new MisuseException("flag needs an argument: --" + text);
    }
    use(flag, arguments[next]);
    return next + 1;
  }

  private void use(ControllerFlag flag, String value) throws MisuseException {
    try {
      set(flag, value);
    } catch (IllegalValueException e) {
      throw new MisuseException(
          "invalid argument "
              + KubesealText.quoted(value)
              + " for \"--"
              + flag.text()
              + "\" flag: "
              + e.getMessage());
    }
    if (flag == ControllerFlag.ROTATE_PERIOD) {
      notes.append(
          "Flag --rotate-period has been deprecated, please use key-renew-period instead\n");
    }
  }

  private void set(ControllerFlag flag, String value) throws IllegalValueException {
    switch (flag.type) {
      case TEXT -> values.put(flag, value);
      case BOOL ->
          values.put(
              flag,
              switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> "true";
                case "0", "f", "F", "false", "FALSE", "False" -> "false";
                default -> throw illegal("strconv.ParseBool", value);
              });
      case INT -> values.put(flag, Long.toString(integer(value)));
      case FLOAT -> values.put(flag, Float.toString(number(value)));
      case DURATION -> {
        try {
          values.put(flag, GoDuration.parse(value) + "ns");
        } catch (GoError e) {
          throw new IllegalValueException(e.getMessage());
        }
      }
    }
    if (flag == ControllerFlag.ROTATE_PERIOD) {
      values.put(ControllerFlag.KEY_RENEW_PERIOD, requireNonNull(values.get(flag)));
    }
  }

  /** Go's base 0: also hexadecimal and octal. */
  private static long integer(String value) throws IllegalValueException {
    try {
      return value.startsWith("#") || value.contains("-#") ? Long.parseLong("#") : Long.decode(value);
    } catch (NumberFormatException e) {
      throw illegal("strconv.ParseInt", value);
    }
  }

  private static float number(String value) throws IllegalValueException {
    try {
      // Java lets a number end as its type does.
      if (value.isBlank() || "dDfF ".indexOf(value.charAt(value.length() - 1)) >= 0) {
        throw illegal("strconv.ParseFloat", value);
      }
      return Float.parseFloat(value);
    } catch (NumberFormatException e) {
      throw illegal("strconv.ParseFloat", value);
    }
  }

  private static IllegalValueException illegal(String parser, String value) {
    return new IllegalValueException(
        parser + ": parsing " + KubesealText.quoted(value) + ": invalid syntax");
  }

  /** Whether the help was asked for. */
  boolean help() {
    return help;
  }

  /** What pflag says about flags that are going away, one a line. */
  String notes() {
    return notes.toString();
  }

  boolean isGiven(ControllerFlag flag) {
    return values.containsKey(flag);
  }

  String text(ControllerFlag flag) {
    return values.getOrDefault(flag, flag.initial);
  }

  boolean is(ControllerFlag flag) {
    return text(flag).equals("true");
  }

  /** Larger numbers than an int holds are its largest. */
  int integer(ControllerFlag flag) {
    return Math.clamp(Long.parseLong(text(flag)), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  float number(ControllerFlag flag) {
    return Float.parseFloat(text(flag));
  }

  Duration duration(ControllerFlag flag) {
    try {
      return Duration.ofNanos(GoDuration.parse(text(flag)));
    } catch (GoError e) {
      throw new IllegalStateException("it was read before", e);
    }
  }
}
