package dev.signet.template.sprig;

import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Function;
import dev.signet.template.Meter;
import dev.signet.template.Unicode;
import dev.signet.template.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Words in strings: abbreviating, wrapping, initials, swapping case. Several of these look at bytes
 * where they mean characters, as the Go library they come from does.
 */
final class Words {
  private static final String ELLIPSIS = "...";

  private Words() {}

  @FunctionalInterface
  private interface Text {
    String apply(String text);
  }

  static @Nullable Function find(String name) {
    return switch (name) {
      case "abbrev" ->
          fixed(STRING, (c, a) -> string(abbreviate(string(a[1]), 0, integer(a[0]))), INT, STRING);
      case "abbrevboth" ->
          fixed(
              STRING,
              (c, a) -> string(abbreviateBoth(string(a[2]), integer(a[0]), integer(a[1]))),
              INT,
              INT,
              STRING);
      case "untitle" -> fixed(STRING, text(Words::untitle), STRING);
      case "nospace" -> fixed(STRING, text(Words::withoutSpace), STRING);
      case "initials" -> fixed(STRING, text(Words::initials), STRING);
      case "swapcase" -> fixed(STRING, text(Words::swapCase), STRING);
      case "snakecase" -> fixed(STRING, text(s -> Cases.separated(s, '_')), STRING);
      case "kebabcase" -> fixed(STRING, text(s -> Cases.separated(s, '-')), STRING);
      case "camelcase" -> fixed(STRING, text(Cases::pascal), STRING);
      case "wrap" ->
          fixed(
              STRING,
              (c, a) -> string(wrap(c.meter(), string(a[1]), integer(a[0]), "", false)),
              INT,
              STRING);
      case "wrapWith" ->
          fixed(
              STRING,
              (c, a) -> string(wrap(c.meter(), string(a[2]), integer(a[0]), string(a[1]), true)),
              INT,
              STRING,
              STRING);
      default -> null;
    };
  }

  private static Function.Body text(Text function) {
    return (call, arguments) -> {
      String text = string(arguments[0]);
      call.meter().memory(text.length() * 2L);
      return string(function.apply(text));
    };
  }

  private static String abbreviateBoth(String raw, long left, long right) {
    if (right < 4 || (left > 0 && right < 7)) {
      return raw;
    }
    return abbreviate(raw, left, right);
  }

  /** Cuts to {@code width} bytes, ellipses included, around what starts at {@code offset}. */
  private static String abbreviate(String raw, long offset, long width) {
    if (width < 4 || raw.length() <= width) {
      return raw;
    }
    long left = Math.min(offset, raw.length());
    int kept = (int) width - ELLIPSIS.length();
    if (raw.length() - left < kept) {
      left = (long) raw.length() - kept;
    }
    if (left <= 4) {
      return raw.substring(0, kept) + ELLIPSIS;
    }
    if (width < 7) {
      return "";
    }
    if (left + kept < raw.length()) {
      String rest = raw.substring((int) left);
      return ELLIPSIS + (kept < 4 ? "" : abbreviate(rest, 0, kept));
    }
    return ELLIPSIS + raw.substring(raw.length() - kept);
  }

  private static String untitle(String raw) {
    boolean[] first = {true};
    return Strings.map(
        raw,
        c -> {
          if (Unicode.isSpace(c)) {
            first[0] = true;
            return c;
          }
          boolean change = first[0];
          first[0] = false;
          return change ? Unicode.toLower(c) : c;
        });
  }

  /** Takes each byte for a character: what is not ASCII comes out encoded twice. */
  private static String withoutSpace(String raw) {
    StringBuilder out = new StringBuilder(raw.length());
    boolean found = false;
    for (int i = 0; i < raw.length(); i++) {
      if (Unicode.isSpace(raw.charAt(i))) {
        found = true;
      } else {
        Utf8.append(out, raw.charAt(i));
      }
    }
    return found ? out.toString() : raw;
  }

  private static String initials(String raw) {
    StringBuilder out = new StringBuilder();
    boolean gap = true;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (Unicode.isSpace(c)) {
        gap = true;
      } else if (gap) {
        Utf8.append(out, c);
        gap = false;
      }
    }
    return out.toString();
  }

  private static String swapCase(String raw) {
    boolean[] space = {true};
    return Strings.map(
        raw,
        c -> {
          if (Unicode.isUpper(c) || Unicode.isTitle(c)) {
            space[0] = false;
            return Unicode.toLower(c);
          }
          if (Unicode.isLower(c)) {
            boolean title = space[0];
            space[0] = false;
            return title ? Unicode.toTitle(c) : Unicode.toUpper(c);
          }
          space[0] = Unicode.isSpace(c);
          return c;
        });
  }

  private static String wrap(
      Meter meter, String raw, long columns, String separator, boolean breakWords) {
    String newLine = separator.isEmpty() ? "\n" : separator;
    long width = Math.max(columns, 1);
    StringBuilder out = new StringBuilder(raw.length());
    meter.memory(raw.length());
    int offset = 0;
    while (raw.length() - offset > width) {
      meter.steps(1);
      if (raw.charAt(offset) == ' ') {
        offset++;
        continue;
      }
      int end = offset + (int) width;
      int space = raw.lastIndexOf(' ', end);
      if (space >= offset) {
        end = space;
      } else if (!breakWords) {
        space = raw.indexOf(' ', end);
        if (space < 0) {
          break;
        }
        end = space;
      }
      meter.memory(newLine.length());
      out.append(raw, offset, end).append(newLine);
      offset = space >= 0 && end == space ? end + 1 : end;
    }
    return out.append(raw, offset, raw.length()).toString();
  }
}
