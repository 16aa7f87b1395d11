package dev.signet.template.sprig;

import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.GoType.STRING_SLICE;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.List;

/** Regular expressions. The variants without must report a bad expression as Go's panic does. */
final class Regexes {
  static final Functions FUNCTIONS = Registry.build(Regexes::register);

  private static final String SPECIAL = "\\.+*?()|[]{}^$";

  private Regexes() {}

  @FunctionalInterface
  private interface WithRegex {
    Value apply(Regex regex, Value[] arguments);
  }

  private static void register(Registry r) {
    r.add("regexMatch", BOOL, Regexes::lenientMatch, STRING, STRING);
    r.add(
        "mustRegexMatch", BOOL, must((x, a) -> Value.of(x.matches(string(a[1])))), STRING, STRING);
    both(r, "egexFind", STRING, (x, a) -> string(x.find(string(a[1]))), STRING, STRING);
    both(r, "egexFindAll", STRING_SLICE, Regexes::findAll, STRING, STRING, INT);
    both(r, "egexSplit", STRING_SLICE, Regexes::split, STRING, STRING, INT);
    both(
        r,
        "egexReplaceAll",
        STRING,
        (x, a) -> string(x.replaceAll(string(a[1]), string(a[2]), true)),
        STRING,
        STRING,
        STRING);
    both(
        r,
        "egexReplaceAllLiteral",
        STRING,
        (x, a) -> string(x.replaceAll(string(a[1]), string(a[2]), false)),
        STRING,
        STRING,
        STRING);
    r.add("regexQuoteMeta", STRING, Regexes::quoteMeta, STRING);
  }

  /** Registers regexX and mustRegexX. */
  private static void both(
      Registry r, String name, GoType result, WithRegex body, GoType... parameters) {
    r.add("mustR" + name, result, must(body), parameters);
    r.add(
        "r" + name,
        result,
        (call, arguments) -> {
          Regex regex;
          try {
            regex = Regex.compile(call.meter(), string(arguments[0]));
          } catch (GoError e) {
            throw new GoError(
                "regexp: Compile(" + Regex.quoted(string(arguments[0])) + "): " + e.raw());
          }
          return body.apply(regex, arguments);
        },
        parameters);
  }

  private static Function.Body must(WithRegex body) {
    return (call, arguments) ->
        body.apply(Regex.compile(call.meter(), string(arguments[0])), arguments);
  }

  private static Value lenientMatch(Call call, Value[] arguments) {
    try {
      return Value.of(
          Regex.compile(call.meter(), string(arguments[0])).matches(string(arguments[1])));
    } catch (GoError e) {
      return Value.of(false);
    }
  }

  private static Value findAll(Regex regex, Value[] arguments) {
    String raw = string(arguments[1]);
    List<String> found = new ArrayList<>();
    for (int[] match : regex.all(raw, integer(arguments[2]))) {
      found.add(raw.substring(match[0], match[1]));
    }
    return found.isEmpty() ? Slice.nil(STRING_SLICE) : Slice.strings(found);
  }

  private static Value split(Regex regex, Value[] arguments) {
    String raw = string(arguments[1]);
    long limit = integer(arguments[2]);
    if (limit == 0) {
      return Slice.nil(STRING_SLICE);
    }
    List<String> parts = new ArrayList<>();
    if (!string(arguments[0]).isEmpty() && raw.isEmpty()) {
      return Slice.strings(List.of(""));
    }
    int begin = 0;
    int end = 0;
    for (int[] match : regex.all(raw, limit)) {
      if (limit > 0 && parts.size() == limit - 1) {
        break;
      }
      end = match[0];
      if (match[1] != 0) {
        parts.add(raw.substring(begin, end));
      }
      begin = match[1];
    }
    if (end != raw.length()) {
      parts.add(raw.substring(begin));
    }
    return Slice.strings(parts);
  }

  private static Value quoteMeta(Call call, Value[] arguments) {
    String raw = string(arguments[0]);
    call.meter().memory(raw.length() * 2L);
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (SPECIAL.indexOf(c) >= 0) {
        out.append('\\');
      }
      out.append(c);
    }
    return new Str(out.toString());
  }
}
