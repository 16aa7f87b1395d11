package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.GoType.STRING_MAP;
import static dev.signet.template.GoType.STRING_SLICE;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;
import static dev.signet.template.sprig.Registry.variadic;

import dev.signet.template.Call;
import dev.signet.template.Dict;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Printer;
import dev.signet.template.Quote;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Unicode;
import dev.signet.template.Utf8;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Strings: trimming, searching, splitting, joining, quoting, indenting. Positions are bytes. */
final class Strings {
  private Strings() {}

  /** A function of strings that cannot fail; its result may be at most a few times longer. */
  @FunctionalInterface
  private interface Text {
    String apply(String text);
  }

  static @Nullable Function find(String name) {
    return switch (name) {
      case "hello" -> fixed(STRING, (c, a) -> string("Hello!"));
      case "trim" -> fixed(STRING, text(Strings::trimSpace), STRING);
      case "upper" -> fixed(STRING, text(s -> map(s, Unicode::toUpper)), STRING);
      case "lower" -> fixed(STRING, text(s -> map(s, Unicode::toLower)), STRING);
      case "title" -> fixed(STRING, text(Strings::title), STRING);
      case "trunc" -> fixed(STRING, Strings::trunc, INT, STRING);
      case "substr" -> fixed(STRING, Strings::substr, INT, INT, STRING);
      case "repeat" -> fixed(STRING, Strings::repeat, INT, STRING);
      case "trimAll", "trimall" ->
          fixed(
              STRING,
              (c, a) -> string(trim(c.meter(), string(a[1]), string(a[0]))),
              STRING,
              STRING);
      case "trimSuffix" ->
          fixed(STRING, (c, a) -> string(trimSuffix(string(a[1]), string(a[0]))), STRING, STRING);
      case "trimPrefix" ->
          fixed(STRING, (c, a) -> string(trimPrefix(string(a[1]), string(a[0]))), STRING, STRING);
      case "contains" ->
          fixed(BOOL, (c, a) -> Value.of(string(a[1]).contains(string(a[0]))), STRING, STRING);
      case "hasPrefix" ->
          fixed(BOOL, (c, a) -> Value.of(string(a[1]).startsWith(string(a[0]))), STRING, STRING);
      case "hasSuffix" ->
          fixed(BOOL, (c, a) -> Value.of(string(a[1]).endsWith(string(a[0]))), STRING, STRING);
      case "quote" -> variadic(STRING, (c, a) -> string(quote(c.meter(), a)), ANY);
      case "squote" -> variadic(STRING, (c, a) -> string(squote(c.meter(), a)), ANY);
      case "cat" -> variadic(STRING, (c, a) -> string(cat(c.meter(), a)), ANY);
      case "indent" ->
          fixed(
              STRING,
              (c, a) -> string(indent(c.meter(), integer(a[0]), string(a[1]))),
              INT,
              STRING);
      case "nindent" ->
          fixed(
              STRING,
              (c, a) -> string("\n" + indent(c.meter(), integer(a[0]), string(a[1]))),
              INT,
              STRING);
      case "replace" -> fixed(STRING, Strings::replace, STRING, STRING, STRING);
      case "plural" ->
          fixed(STRING, (c, a) -> integer(a[2]) == 1 ? a[0] : a[1], STRING, STRING, INT);
      case "toString" -> fixed(STRING, (c, a) -> string(Args.text(c.meter(), a[0])), ANY);
      case "toStrings" -> fixed(STRING_SLICE, (c, a) -> toStrings(c.meter(), a[0]), ANY);
      case "join" ->
          fixed(
              STRING,
              (c, a) -> string(join(c.meter(), string(a[0]), Args.allTexts(c.meter(), a[1]))),
              STRING,
              ANY);
      case "split" ->
          fixed(
              STRING_MAP,
              (c, a) -> numbered(split(c.meter(), string(a[1]), string(a[0]), -1)),
              STRING,
              STRING);
      case "splitn" ->
          fixed(
              STRING_MAP,
              (c, a) -> numbered(split(c.meter(), string(a[2]), string(a[0]), integer(a[1]))),
              STRING,
              INT,
              STRING);
      case "splitList" ->
          fixed(
              STRING_SLICE,
              (c, a) -> Slice.strings(split(c.meter(), string(a[1]), string(a[0]), -1)),
              STRING,
              STRING);
      case "sortAlpha" -> fixed(STRING_SLICE, Strings::sortAlpha, ANY);
      default -> null;
    };
  }

  private static Function.Body text(Text function) {
    return (call, arguments) -> {
      String text = string(arguments[0]);
      call.meter().memory(text.length());
      return string(function.apply(text));
    };
  }

  /** Go's strings.Map: invalid bytes become U+FFFD. */
  static String map(String raw, IntUnaryOperator mapping) {
    StringBuilder out = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i += Utf8.width(raw, i)) {
      Utf8.append(out, mapping.applyAsInt(Utf8.codePoint(raw, i)));
    }
    return out.toString();
  }

  static String trimSpace(String raw) {
    int start = 0;
    while (start < raw.length() && Unicode.isSpace(Utf8.codePoint(raw, start))) {
      start += Utf8.width(raw, start);
    }
    int end = raw.length();
    while (end > start) {
      int width = Utf8.widthBefore(raw, end);
      if (!Unicode.isSpace(Utf8.codePoint(raw, end - width))) {
        break;
      }
      end -= width;
    }
    return raw.substring(start, end);
  }

  private static String trim(Meter meter, String raw, String cutset) {
    meter.steps(raw.length() / 64 + cutset.length() / 64);
    int[] cut = Utf8.codePoints(cutset);
    int start = 0;
    while (start < raw.length() && contains(cut, Utf8.codePoint(raw, start))) {
      meter.steps(cut.length / 64);
      start += Utf8.width(raw, start);
    }
    int end = raw.length();
    while (end > start) {
      int width = Utf8.widthBefore(raw, end);
      if (!contains(cut, Utf8.codePoint(raw, end - width))) {
        break;
      }
      meter.steps(cut.length / 64);
      end -= width;
    }
    return raw.substring(start, end);
  }

  private static boolean contains(int[] points, int point) {
    for (int candidate : points) {
      if (candidate == point) {
        return true;
      }
    }
    return false;
  }

  static String trimSuffix(String raw, String suffix) {
    return raw.endsWith(suffix) ? raw.substring(0, raw.length() - suffix.length()) : raw;
  }

  static String trimPrefix(String raw, String prefix) {
    return raw.startsWith(prefix) ? raw.substring(prefix.length()) : raw;
  }

  /** Upper case for letters that follow neither a letter nor a digit nor an underscore. */
  private static String title(String raw) {
    int[] previous = {' '};
    return map(
        raw,
        c -> {
          int before = previous[0];
          previous[0] = c;
          return separates(before) ? Unicode.toTitle(c) : c;
        });
  }

  private static boolean separates(int c) {
    if (c < 0x80) {
      return !Character.isLetterOrDigit(c) && c != '_';
    }
    return !Unicode.isLetter(c) && !Unicode.isDigit(c) && Unicode.isSpace(c);
  }

  private static Value trunc(Call call, Value[] arguments) {
    long count = integer(arguments[0]);
    String raw = string(arguments[1]);
    if (count < 0 && raw.length() + count > 0) {
      return string(raw.substring((int) (raw.length() + count)));
    }
    return count >= 0 && raw.length() > count
        ? string(raw.substring(0, (int) count))
        : arguments[1];
  }

  private static Value substr(Call call, Value[] arguments) throws GoError {
    long start = integer(arguments[0]);
    long end = integer(arguments[1]);
    String raw = string(arguments[2]);
    int length = raw.length();
    if (start < 0) {
      if (end < 0) {
        throw outOfRange("[:" + end + "]");
      }
      if (end > length) {
        throw outOfRange("[:" + end + "] with length " + length);
      }
      return string(raw.substring(0, (int) end));
    }
    if (end < 0 || end > length) {
      if (start > length) {
        throw outOfRange("[" + start + ":" + length + "]");
      }
      return string(raw.substring((int) start));
    }
    if (start > end) {
      throw outOfRange("[" + start + ":" + end + "]");
    }
    return string(raw.substring((int) start, (int) end));
  }

  private static GoError outOfRange(String what) {
    return new GoError("runtime error: slice bounds out of range " + what);
  }

  private static Value repeat(Call call, Value[] arguments) throws GoError {
    return string(repeat(call.meter(), integer(arguments[0]), string(arguments[1])));
  }

  private static String repeat(Meter meter, long count, String raw) throws GoError {
    if (count < 0) {
      throw new GoError("strings: negative Repeat count");
    }
    if (raw.isEmpty() || count == 0) {
      return "";
    }
    if (Math.multiplyHigh(count, raw.length()) != 0 || count * raw.length() < 0) {
      throw new GoError("strings: Repeat output length overflow");
    }
    meter.memory(count * raw.length());
    return raw.repeat((int) count);
  }

  private static String indent(Meter meter, long spaces, String raw) throws GoError {
    String pad = repeat(meter, spaces, " ");
    meter.memory(raw.length());
    meter.memory(raw.chars().filter(c -> c == '\n').count() * pad.length());
    return pad + raw.replace("\n", "\n" + pad);
  }

  private static Value replace(Call call, Value[] arguments) {
    String old = string(arguments[0]);
    String replacement = string(arguments[1]);
    String raw = string(arguments[2]);
    Meter meter = call.meter();
    meter.memory(raw.length());
    if (old.isEmpty()) {
      meter.memory((raw.length() + 1L) * replacement.length());
      StringBuilder out = new StringBuilder(replacement);
      for (int i = 0; i < raw.length(); ) {
        int width = Utf8.width(raw, i);
        out.append(raw, i, i + width).append(replacement);
        i += width;
      }
      return string(out.toString());
    }
    long found = 0;
    for (int i = raw.indexOf(old); i >= 0; i = raw.indexOf(old, i + old.length())) {
      found++;
    }
    meter.memory(found * replacement.length());
    return string(raw.replace(old, replacement));
  }

  private static String quote(Meter meter, Value[] arguments) {
    List<String> parts = new ArrayList<>();
    for (Value argument : arguments) {
      if (!(argument instanceof Value.Nil)) {
        String text = Args.text(meter, argument);
        meter.memory(text.length() * 2L);
        parts.add(Quote.quote(text));
      }
    }
    return join(meter, " ", parts);
  }

  private static String squote(Meter meter, Value[] arguments) {
    List<String> parts = new ArrayList<>();
    for (Value argument : arguments) {
      if (!(argument instanceof Value.Nil)) {
        parts.add("'" + Printer.print(meter, argument) + "'");
      }
    }
    return join(meter, " ", parts);
  }

  private static String cat(Meter meter, Value[] arguments) {
    List<String> parts = new ArrayList<>();
    for (Value argument : arguments) {
      if (!(argument instanceof Value.Nil)) {
        parts.add(Printer.print(meter, argument));
      }
    }
    return join(meter, " ", parts);
  }

  static String join(Meter meter, String separator, List<String> parts) {
    meter.elements(parts.size());
    long total = 0;
    for (String part : parts) {
      total += part.length() + (long) separator.length();
    }
    meter.memory(total);
    return String.join(separator, parts);
  }

  private static Value toStrings(Meter meter, Value value) {
    List<String> texts = Args.texts(meter, value);
    return texts == null ? value : Slice.strings(texts);
  }

  /** Go's strings.SplitN; an empty separator splits between code points. */
  static List<String> split(Meter meter, String raw, String separator, long limit) {
    List<String> parts = new ArrayList<>();
    if (limit == 0) {
      return parts;
    }
    int start = 0;
    while (limit < 0 || parts.size() < limit - 1) {
      int end =
          separator.isEmpty()
              ? start < raw.length() ? start + Utf8.width(raw, start) : -1
              : raw.indexOf(separator, start);
      if (end < 0 || (separator.isEmpty() && end == raw.length())) {
        break;
      }
      meter.elements(1);
      parts.add(raw.substring(start, end));
      start = end + separator.length();
    }
    meter.memory(raw.length());
    if (!separator.isEmpty() || start < raw.length()) {
      parts.add(raw.substring(start));
    }
    return parts;
  }

  private static Dict numbered(List<String> parts) {
    Dict dict = Dict.empty(STRING_MAP);
    for (int i = 0; i < parts.size(); i++) {
      dict.put("_" + i, new Str(parts.get(i)));
    }
    return dict;
  }

  /** Sorts; a []string in place, as Go does. */
  private static Value sortAlpha(Call call, Value[] arguments) {
    Meter meter = call.meter();
    if (!(arguments[0] instanceof Slice slice)) {
      return Slice.strings(List.of(Args.text(meter, arguments[0])));
    }
    List<String> sorted = new ArrayList<>(Args.allTexts(meter, slice));
    meter.elements(sorted.size());
    sorted.sort(null);
    if (Args.texts(meter, slice) != null) {
      return Slice.strings(sorted);
    }
    for (int i = 0; i < sorted.size(); i++) {
      slice.set(i, new Str(sorted.get(i)));
    }
    return slice;
  }
}
