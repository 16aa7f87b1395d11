package dev.signet.cli;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Texts as Go 1.26 writes and reads them in kubeseal's messages and lists. */
final class KubesealText {

  private static final String HEX = "0123456789abcdef";

  private KubesealText() {}

  /** The value of {@code --request-timeout} as client-go reads it; none for zero. */
  static Optional<Duration> timeout(String text) throws CommandFailure {
    Duration timeout = Duration.ZERO;
    int at = 0;
    try {
      while (at < text.length()) {
        int unit = at;
        while (unit < text.length() && "0123456789.".indexOf(text.charAt(unit)) >= 0) {
          unit++;
        }
        int end = unit;
        while (end < text.length() && "0123456789.".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        BigDecimal nanos =
            new BigDecimal(text.substring(at, unit)).multiply(nanos(text.substring(unit, end)));
        timeout = timeout.plusNanos(nanos.longValueExact());
        at = end;
      }
      return timeout.isZero() ? Optional.empty() : Optional.of(timeout);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw CommandFailure.of(
          "Invalid timeout value. Timeout must be a single integer in seconds, or an integer"
              + " followed by a corresponding time unit (e.g. 1s | 2m | 3h)");
    }
  }

  private static BigDecimal nanos(String unit) {
    return switch (unit) {
      case "ns" -> BigDecimal.ONE;
      case "us", "µs", "μs" -> BigDecimal.valueOf(1_000);
      case "ms" -> BigDecimal.valueOf(1_000_000);
      case "", "s" -> BigDecimal.valueOf(1_000_000_000L);
      case "m" -> BigDecimal.valueOf(60_000_000_000L);
      case "h" -> BigDecimal.valueOf(3_600_000_000_000L);
      default -> throw new IllegalArgumentException(unit);
    };
  }

  /** As {@code %q} prints a string. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(point -> quote(quoted, point, '"'));
    return quoted.append('"').toString();
  }

  /** As {@code %q} prints the first byte of a text, taken for a character. */
  static String quotedLetter(char letter) {
    StringBuilder quoted = new StringBuilder("'");
    quote(quoted, String.valueOf(letter).getBytes(StandardCharsets.UTF_8)[0] & 0xFF, '\'');
    return quoted.append('\'').toString();
  }

  private static void quote(StringBuilder out, int point, char mark) {
    switch (point) {
      case 7 -> out.append("\\a");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case 11 -> out.append("\\v");
      case '\\' -> out.append("\\\\");
      default -> {
        if (point == mark) {
          out.append('\\').append(mark);
        } else if (isPrintable(point)) {
          out.appendCodePoint(point);
        } else if (point < ' ' || point == 0x7F) {
          hex(out.append("\\x"), point, 2);
        } else if (point < 0x10000) {
          hex(out.append("\\u"), point, 4);
        } else {
          hex(out.append("\\U"), point, 8);
        }
      }
    }
  }

  private static void hex(StringBuilder out, int number, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      out.append(HEX.charAt((number >> shift) & 0xF));
    }
  }

  private static boolean isPrintable(int point) {
    return point == ' '
        || switch (Character.getType(point)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED,
              Character.SPACE_SEPARATOR,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  /**
   * The fields of the first line that is not empty, separated by commas, as encoding/csv reads
   * them: a field in double quotes may hold commas, line breaks and doubled quotes.
   *
   * @throws IllegalArgumentException with Go's message
   */
  static List<String> commaSeparated(String text) {
    String rest = text.replace("\r\n", "\n");
    int start = 0;
    while (start < rest.length() && rest.charAt(start) == '\n') {
      start++;
    }
    if (start == rest.length()) {
      throw new IllegalArgumentException("EOF");
    }
    return new CommaSeparated(rest, start).fields();
  }

  private static final class CommaSeparated {
    private final String text;
    private final int firstLine;
    private int at;
    private int line = 1;
    private int lineStart;

    CommaSeparated(String text, int start) {
      this.text = text;
      this.firstLine = start + 1;
      this.line = firstLine;
      this.at = start;
      this.lineStart = start;
    }

    List<String> fields() {
      List<String> fields = new ArrayList<>();
      boolean more = true;
      while (more) {
        fields.add(at < text.length() && text.charAt(at) == '"' ? quotedField() : plainField());
        more = at < text.length() && text.charAt(at) == ',';
        at++;
      }
      return fields;
    }

    private String plainField() {
      int start = at;
      while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
        if (text.charAt(at) == '"') {
          throw error("bare \" in non-quoted-field", at);
        }
        at++;
      }
      return text.substring(start, at);
    }

    private String quotedField() {
      StringBuilder field = new StringBuilder();
      at++;
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (c != '"') {
          field.append(c);
          if (c == '\n' && at < text.length()) {
            line++;
            lineStart = at;
          }
        } else if (at < text.length() && text.charAt(at) == '"') {
          field.append('"');
          at++;
        } else if (at == text.length() || text.charAt(at) == ',' || text.charAt(at) == '\n') {
          return field.toString();
        } else {
          throw error("extraneous or missing \" in quoted-field", at - 1);
        }
      }
      throw error("extraneous or missing \" in quoted-field", text.length());
    }

    private IllegalArgumentException error(String problem, int where) {
      int column = text.substring(lineStart, where).getBytes(StandardCharsets.UTF_8).length + 1;
      String record = line == firstLine ? "" : "record on line " + firstLine + "; ";
      return new IllegalArgumentException(
          record + "parse error on line " + line + ", column " + column + ": " + problem);
    }
  }
}
