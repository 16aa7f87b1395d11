package dev.signet.template.select;

import java.util.Map;

/**
 * Writes JSON as Go does, once for {@code encoding/json} and once for the string escapes of gjson.
 */
final class JsonWriter {
  private static final String HEX = "0123456789abcdef";

  private JsonWriter() {}

  static void write(Json value, ByteSink out, Budget budget) throws SelectorException {
    budget.enter();
    budget.steps(Budget.VALUE);
    switch (value) {
      case Json.Null _ -> out.add("null");
      case Json.Bool bool -> out.add(bool.value() ? "true" : "false");
      case Json.Num number -> {
        if (Double.isNaN(number.value()) || Double.isInfinite(number.value())) {
          throw SelectorException.evaluation(
              "json: unsupported value: " + GoFloat.general(number.value()));
        }
        out.add(GoFloat.json(number.value()));
      }
      case Json.Text text -> string(text.value(), out, "\\ufffd");
      case Json.Arr array -> {
        char separator = '[';
        for (Json element : array.elements()) {
          out.add(separator);
          write(element, out, budget);
          separator = ',';
        }
        out.add(array.elements().isEmpty() ? "[]" : "]");
      }
      case Json.Obj object -> {
        char separator = '{';
        for (Map.Entry<ByteString, Json> member : object.members().entrySet()) {
          out.add(separator);
          string(member.getKey(), out, "\\ufffd");
          out.add(':');
          write(member.getValue(), out, budget);
          separator = ',';
        }
        out.add(object.members().isEmpty() ? "{}" : "}");
      }
    }
    budget.leave();
  }

  /** Quotes as gjson does; it differs from {@code encoding/json} in what replaces broken UTF-8. */
  static void gjsonString(ByteString value, ByteSink out) throws SelectorException {
    string(value, out, "");
  }

  private static void string(ByteString value, ByteSink out, String replacement)
      throws SelectorException {
    out.add('"');
    int width = 1;
    for (int i = 0; i < value.length(); i += width) {
      int c = value.at(i);
      width = 1;
      if (c >= 0x80) {
        long rune = value.rune(i);
        width = ByteString.widthOf(rune);
        multibyte(value.slice(i, i + width), ByteString.valueOf(rune), out, replacement);
        continue;
      }
      switch (c) {
        case '\\', '"' -> out.add('\\').add(c);
        case '\b' -> out.add("\\b");
        case '\f' -> out.add("\\f");
        case '\n' -> out.add("\\n");
        case '\r' -> out.add("\\r");
        case '\t' -> out.add("\\t");
        case '<', '>', '&' -> escape(c, out);
        default -> {
          if (c < ' ') {
            escape(c, out);
          } else {
            out.add(c);
          }
        }
      }
    }
    out.add('"');
  }

  private static void multibyte(ByteString bytes, int rune, ByteSink out, String replacement)
      throws SelectorException {
    if (rune == 0xFFFD && bytes.length() == 1) {
      if (replacement.isEmpty()) {
        out.addRune(rune);
      } else {
        out.add(replacement);
      }
    } else if (rune == 0x2028 || rune == 0x2029) {
      escape(rune, out);
    } else {
      out.add(bytes);
    }
  }

  private static void escape(int rune, ByteSink out) throws SelectorException {
    out.add("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.add(HEX.charAt(rune >> shift & 0xF));
    }
  }
}
