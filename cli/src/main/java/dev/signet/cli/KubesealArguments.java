package dev.signet.cli;

import static java.util.Objects.requireNonNull;

import dev.signet.core.sealing.Scope;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line read as Go's pflag 1.0.10 reads kubeseal's:
 *
 * <pre>
 * --flag=value  --flag value  --switch  --switch=false
 * -f value  -fvalue  -f=value  -abc      the letters of switches may be joined, a value ends the row
 * --                                     what follows is no flag
 * </pre>
 *
 * What is no flag is ignored wherever it stands. The last use of a flag wins; lists grow. Before
 * all that, each flag takes the value of its environment variable, and a value that it cannot take
 * is passed over there without a word (a switch is then off).
 */
final class KubesealArguments {

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
    IllegalValueException(String message) {
      super(message);
    }
  }

  private final EnumMap<KubesealFlag, List<String>> values = new EnumMap<>(KubesealFlag.class);
  private final StringBuilder notes = new StringBuilder();
  private boolean helpByLetter;

  private KubesealArguments() {}

  static KubesealArguments parse(String[] arguments, Map<String, String> environment)
      throws MisuseException {
    KubesealArguments parsed = new KubesealArguments();
    for (KubesealFlag flag : KubesealFlag.values()) {
      String value = flag.type.isForLogging() ? null : environment.get(flag.variable());
      if (value != null) {
        parsed.setFromEnvironment(flag, value);
      }
    }
    parsed.read(arguments);
    return parsed;
  }

  boolean is(KubesealFlag flag) {
    return text(flag).equals("true");
  }

  /** The value, or the default; of a list the first. */
  String text(KubesealFlag flag) {
    List<String> given = list(flag);
    return given.isEmpty() ? flag.initial : given.getFirst();
  }

  List<String> list(KubesealFlag flag) {
    return values.getOrDefault(flag, List.of());
  }

  /** {@code -h}, which is no flag but known to pflag. */
  boolean helpByLetter() {
    return helpByLetter;
  }

  /** What pflag says about flags that are going away, one a line. */
  String notes() {
    return notes.toString();
  }

  private void setFromEnvironment(KubesealFlag flag, String value) {
    try {
      set(flag, value);
    } catch (IllegalValueException e) {
      if (flag.type.isBoolean()) {
        values.put(flag, List.of("false"));
      }
    }
  }

  private void read(String[] arguments) throws MisuseException {
    int i = 0;
    while (i < arguments.length && !helpByLetter) {
      String argument = arguments[i++];
      if (argument.equals("--")) {
        return;
      }
      if (argument.startsWith("--")) {
        i = readLong(argument, arguments, i);
      } else if (argument.length() > 1 && argument.charAt(0) == '-') {
        i = readLetters(argument.substring(1), arguments, i);
      }
    }
  }

  private int readLong(String argument, String[] arguments, int next) throws MisuseException {
    String name = argument.substring(2);
    if (name.charAt(0) == '-' || name.charAt(0) == '=') {
      throw new MisuseException("bad flag syntax: " + argument);
    }
    int equals = name.indexOf('=');
    String value = equals < 0 ? "" : name.substring(equals + 1);
    String text = equals < 0 ? name : name.substring(0, equals);
    KubesealFlag flag =
        KubesealFlag.named(text).orElseThrow(() -> new MisuseException("unknown flag: --" + text));
    int after = next;
    if (equals < 0) {
      if (flag.type.isBoolean()) {
        value = "true";
      } else if (next < arguments.length) {
        value = arguments[after++];
      } else {
        throw new MisuseException("flag needs an argument: --" + text);
      }
    }
    use(flag, value);
    return after;
  }

  private int readLetters(String letters, String[] arguments, int next) throws MisuseException {
    String rest = letters;
    int after = next;
    while (!rest.isEmpty()) {
      char letter = rest.charAt(0);
      Optional<KubesealFlag> found = KubesealFlag.ofShorthand(letter);
      if (found.isEmpty()) {
        if (letter == 'h') {
          helpByLetter = true;
          return after;
        }
        throw new MisuseException(
            "unknown shorthand flag: " + KubesealText.quotedLetter(letter) + " in -" + rest);
      }
      // None of the letters is a switch's, so each takes the rest of its row.
      String value;
      if (rest.length() > 2 && rest.charAt(1) == '=') {
        value = rest.substring(2);
      } else if (rest.length() > 1) {
        value = rest.substring(1);
      } else if (after < arguments.length) {
        value = arguments[after++];
      } else {
        throw new MisuseException(
            "flag needs an argument: " + KubesealText.quotedLetter(letter) + " in -" + rest);
      }
      rest = "";
      use(found.get(), value);
    }
    return after;
  }

  private void use(KubesealFlag flag, String value) throws MisuseException {
    try {
      set(flag, value);
    } catch (IllegalValueException e) {
      String name = (flag.shorthand == 0 ? "" : "-" + flag.shorthand + ", ") + "--" + flag.text;
      throw new MisuseException(
          "invalid argument "
              + KubesealText.quoted(value)
              + " for \""
              + name
              + "\" flag: "
              + e.getMessage());
    }
    if (flag == KubesealFlag.ROTATE) {
      notes.append("Flag --rotate has been deprecated, please use --re-encrypt instead\n");
    }
  }

  private void set(KubesealFlag flag, String value) throws IllegalValueException {
    switch (flag.type) {
      case TEXT, LOG_TEXT, LOG_LOCATION, LOG_MODULES -> values.put(flag, List.of(value));
      case NAMESPACE -> values.put(flag, List.of(withoutPrefix(value)));
      case BOOL -> values.put(flag, List.of(bool(value, "strconv.ParseBool: parsing ")));
      case LOG_BOOL -> values.put(flag, List.of(bool(value, "")));
      case SCOPE -> {
        if (Scope.parse(value).isEmpty()) {
          throw new IllegalValueException("must be one of: strict, namespace-wide, cluster-wide");
        }
        values.put(flag, List.of(value));
      }
      case ARRAY -> add(flag, List.of(value));
      case LIST -> add(flag, fields(value));
      case LOG_LEVEL -> number(value, "strconv.ParseInt: parsing ");
      case LOG_NUMBER -> {
        if (!value.chars().allMatch(c -> c >= '0' && c <= '9') || value.isEmpty()) {
          throw illegal(value, "");
        }
      }
      case LOG_SEVERITY -> {
        switch (value.toUpperCase(java.util.Locale.ROOT)) {
          case "INFO", "WARNING", "ERROR", "FATAL" -> {}
          default -> number(value, "strconv.ParseInt: parsing ");
        }
      }
    }
  }

  private void add(KubesealFlag flag, List<String> more) {
    List<String> all = new ArrayList<>(list(flag));
    all.addAll(more);
    values.put(flag, all);
  }

  private static String withoutPrefix(String value) {
    for (String prefix : new String[] {"namespaces/", "namespace/", "ns/"}) {
      if (value.startsWith(prefix)) {
        return value.substring(prefix.length());
      }
    }
    return value;
  }

  private static String bool(String value, String parser) throws IllegalValueException {
    return switch (value) {
      case "1", "t", "T", "true", "TRUE", "True" -> "true";
      case "0", "f", "F", "false", "FALSE", "False" -> "false";
      default -> throw illegal(value, parser);
    };
  }

  private static void number(String value, String parser) throws IllegalValueException {
    int digits = value.startsWith("-") || value.startsWith("+") ? 1 : 0;
    boolean whole = digits < value.length();
    for (int i = digits; i < value.length(); i++) {
      whole &= value.charAt(i) >= '0' && value.charAt(i) <= '9';
    }
    if (!whole) {
      throw illegal(value, parser);
    }
    try {
      Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalValueException(parser + KubesealText.quoted(value) + ": value out of range");
    }
  }

  private static IllegalValueException illegal(String value, String parser) {
    return new IllegalValueException(
        parser.isEmpty()
            ? "parse error"
            : parser + KubesealText.quoted(value) + ": invalid syntax");
  }

  /** One line of comma separated values, quoted as in a spreadsheet's file. */
  private static List<String> fields(String value) throws IllegalValueException {
    if (value.isEmpty()) {
      return List.of();
    }
    try {
      return KubesealText.commaSeparated(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalValueException(String.valueOf(e.getMessage()));
    }
  }
}
