package dev.signet.cli.sops;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Flags and what follows them, read as Go's package flag does: one dash or two, {@code -flag
 * value}, {@code -flag=value}; the first argument that is none ends them, as does {@code --}. A
 * flag that is not there takes the value of its environment variable.
 */
final class Arguments {

  private final Map<String, String> values = new HashMap<>();
  private final List<String> rest;

  private Arguments(Map<String, String> values, List<String> rest) {
    this.values.putAll(values);
    this.rest = rest;
  }

  static Arguments parse(List<String> arguments, List<Flag> flags, SopsWorld world)
      throws SopsFailure {
    Map<String, String> values = new HashMap<>();
    for (Flag flag : flags) {
      world.variable(flag.variable()).ifPresent(value -> values.put(flag.name(), value));
    }
    Set<String> fromEnvironment = new HashSet<>(values.keySet());
    int at = 0;
    while (at < arguments.size()) {
      String argument = arguments.get(at);
      if (argument.equals("--")) {
        at++;
        break;
      }
      if (!argument.startsWith("-") || argument.length() == 1) {
        break;
      }
      at++;
      String name = argument.substring(argument.startsWith("--") ? 2 : 1);
      int equals = name.indexOf('=');
      Optional<String> given =
          equals < 0 ? Optional.empty() : Optional.of(name.substring(equals + 1));
      String asked = equals < 0 ? name : name.substring(0, equals);
      Flag flag =
          flags.stream()
              .filter(each -> each.names().contains(asked))
              .findFirst()
              .orElseThrow(() -> SopsFailure.of("flag provided but not defined: -" + asked));
      String value;
      if (given.isPresent()) {
        value = given.get();
      } else if (flag.isSwitch()) {
        value = "true";
      } else if (at < arguments.size()) {
        value = arguments.get(at++);
      } else {
        throw SopsFailure.of("flag needs an argument: -" + asked);
      }
      if (flag.isSwitch() && !isBool(value)) {
        throw SopsFailure.of("invalid boolean value for -" + asked);
      }
      if (flag.isRepeatable() && !fromEnvironment.remove(flag.name())) {
        values.merge(flag.name(), value, (before, more) -> before + "," + more);
      } else {
        values.put(flag.name(), value);
      }
    }
    return new Arguments(values, List.copyOf(arguments.subList(at, arguments.size())));
  }

  private static boolean isBool(String value) {
    return isTrue(value) || List.of("0", "f", "F", "false", "FALSE", "False").contains(value);
  }

  private static boolean isTrue(String value) {
    return List.of("1", "t", "T", "true", "TRUE", "True").contains(value);
  }

  String text(Flag flag) {
    return text(flag.name());
  }

  /** The value; an empty text, if there is none. */
  String text(String name) {
    return values.getOrDefault(name, "");
  }

  boolean is(Flag flag) {
    return is(flag.name());
  }

  boolean is(String name) {
    return isTrue(text(name));
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  int number(String name) throws SopsFailure {
    String text = text(name);
    try {
      return text.isEmpty() ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw SopsFailure.of("invalid value for flag -" + name + ": it is no number");
    }
  }

  /** What stands behind the flags. */
  List<String> rest() {
    return rest;
  }
}
