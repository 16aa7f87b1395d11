package dev.signet.template.sprig;

import dev.signet.template.Dict;
import dev.signet.template.Floats;
import dev.signet.template.Foreign;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Printer;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Utf8;
import dev.signet.template.Value;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON as Go's encoding/json does: keys sorted, what is not UTF-8 as U+FFFD, numbers without
 * exponent between 1e-6 and 1e21, and optionally {@code < > &} as escapes.
 */
final class JsonEncoder {
  private static final String HEX = "0123456789abcdef";
  private final Meter meter;
  private final boolean html;
  private final boolean pretty;
  private final StringBuilder out = new StringBuilder();

  JsonEncoder(Meter meter, boolean html, boolean pretty) {
    this.meter = meter;
    this.html = html;
    this.pretty = pretty;
  }

  String encode(Value value) throws GoError {
    write(value, 0);
    return out.toString();
  }

  private void write(Value value, int depth) throws GoError {
    meter.depth(depth);
    meter.steps(1);
    meter.memory(8);
    switch (value) {
      case Value.Nil n -> out.append("null");
      case Value.Bool(boolean b) -> out.append(b);
      case Value.Int number ->
          out.append(
              number.type().kind().goName().startsWith("u")
                  ? Long.toUnsignedString(number.value())
                  : Long.toString(number.value()));
      case Value.Real number -> number(number.value());
      case Str(String raw) -> string(raw);
      case Slice slice -> slice(slice, depth);
      case Dict dict -> dict(dict, depth);
      case Foreign foreign -> foreign(foreign, depth);
      case Value.Complex c -> throw unsupported(value);
      case Function f -> throw unsupported(value);
      default -> throw unsupported(value);
    }
  }

  private static GoError unsupported(Value value) {
    return new GoError("json: unsupported type: " + value.type().name());
  }

  private void number(double number) throws GoError {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new GoError("json: unsupported value: " + Floats.shortest(number));
    }
    double magnitude = Math.abs(number);
    boolean exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
    String text = Floats.format(number, exponent ? 'e' : 'f', -1, 64);
    int n = text.length();
    if (exponent && n >= 4 && text.startsWith("e-0", n - 4)) {
      text = text.substring(0, n - 2) + text.charAt(n - 1);
    }
    out.append(text);
  }

  private void string(String raw) {
    meter.memory(raw.length());
    out.append('"');
    for (int i = 0; i < raw.length(); ) {
      int width = Utf8.width(raw, i);
      int c = Utf8.codePoint(raw, i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append((char) c);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x2028 -> out.append("\\u2028");
        case 0x2029 -> out.append("\\u2029");
        default -> {
          if (c < ' ' || (html && (c == '<' || c == '>' || c == '&'))) {
            out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
          } else if (width == 1 && c == Utf8.ERROR) {
            out.append("\\ufffd");
          } else {
            out.append(raw, i, i + width);
          }
        }
      }
      i += width;
    }
    out.append('"');
  }

  private void slice(Slice slice, int depth) throws GoError {
    if (slice.isNil()) {
      out.append("null");
    } else if (slice.type().name().equals("[]uint8")) {
      byte[] bytes = new Str(Printer.printf(meter, "%s", List.of(slice))).bytes();
      string(Base64.getEncoder().encodeToString(bytes));
    } else {
      out.append('[');
      for (int i = 0; i < slice.size(); i++) {
        separate(i == 0, depth + 1);
        write(slice.get(i), depth + 1);
      }
      end(slice.size() == 0, depth, ']');
    }
  }

  private void dict(Dict dict, int depth) throws GoError {
    if (dict.isNil()) {
      out.append("null");
      return;
    }
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, Value> entry : dict.entries()) {
      separate(first, depth + 1);
      first = false;
      member(entry.getKey(), entry.getValue(), depth);
    }
    end(first, depth, '}');
  }

  private void member(String name, Value value, int depth) throws GoError {
    string(name);
    out.append(pretty ? ": " : ":");
    write(value, depth + 1);
  }

  private void foreign(Foreign foreign, int depth) throws GoError {
    String json = foreign.json();
    if (json != null) {
      out.append(json);
      return;
    }
    out.append('{');
    boolean first = true;
    for (Foreign.Field field : foreign.fields()) {
      if (Character.isUpperCase(field.name().charAt(0))) {
        separate(first, depth + 1);
        first = false;
        member(field.name(), field.value(), depth);
      }
    }
    end(first, depth, '}');
  }

  private void separate(boolean first, int depth) {
    if (!first) {
      out.append(',');
    }
    newLine(depth);
  }

  private void end(boolean empty, int depth, char bracket) {
    if (!empty) {
      newLine(depth);
    }
    out.append(bracket);
  }

  private void newLine(int depth) {
    if (pretty) {
      meter.memory(2L * depth);
      out.append('\n').repeat(' ', 2 * depth);
    }
  }
}
