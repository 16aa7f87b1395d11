package dev.signet.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as text to be put into a document. */
final class Written {

  private static final String HEX = "0123456789ABCDEF";

  private Written() {}

  /** A scalar on one line, in the style it had before if that can hold it. */
  static String scalar(@Nullable Object value, Node.Style style, boolean flow) {
    if (!(value instanceof String text)) {
      return GoYaml.write(value).strip();
    }
    TextShape shape = TextShape.of(text);
    boolean oneLine = text.indexOf('\n') < 0;
    if (style == Node.Style.DOUBLE) {
      return doubleQuoted(text);
    }
    if (style == Node.Style.SINGLE && oneLine && shape.singleQuotedAllowed()) {
      return "'" + text.replace("'", "''") + "'";
    }
    boolean plain =
        shape.plainAllowed() && oneLine && !text.isEmpty() && !GoYaml.readsAsAnotherType(text);
    return plain && !(flow && isDelicateInFlow(text)) ? text : doubleQuoted(text);
  }

  private static boolean isDelicateInFlow(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (",[]{}:?".indexOf(text.charAt(i)) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Any value on one line; all texts quoted, so that it is good in flow collections. */
  static String flow(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> doubleQuoted((String) entry.getKey()) + ": " + flow(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Written::flow).collect(Collectors.joining(", ", "[", "]"));
    }
    return scalar(value, Node.Style.DOUBLE, true);
  }

  static String json(@Nullable Object value) {
    return GoJson.write(value, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
  }

  /** A collection, or an entry of a mapping, in block style: lines that end in {@code eol}. */
  static String block(@Nullable Object tree, String indent, String eol) {
    StringBuilder text = new StringBuilder();
    for (String line : GoYaml.write(tree).split("\n", -1)) {
      if (!line.isEmpty()) {
        text.append(indent).append(line);
      }
      text.append(eol);
    }
    // What follows the last line feed is no line.
    text.setLength(text.length() - eol.length());
    return text.toString();
  }

  static String doubleQuoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append((char) c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case '\r' -> quoted.append("\\r");
        default -> {
          if (TextShape.isPrintable(c) && !TextShape.isBreak(c)) {
            quoted.appendCodePoint(c);
          } else if (c <= 0xFF) {
            hex(quoted.append("\\x"), c, 2);
          } else if (c <= 0xFFFF) {
            hex(quoted.append("\\u"), c, 4);
          } else {
            hex(quoted.append("\\U"), c, 8);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  private static void hex(StringBuilder out, int c, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
      out.append(HEX.charAt((c >> shift) & 0xF));
    }
  }

  /** Lines of a block scalar's body, the last one without a line break. */
  static String body(List<String> lines, String indent, String eol) {
    List<String> indented = new ArrayList<>();
    for (String line : lines) {
      indented.add(line.isEmpty() ? "" : indent + line);
    }
    return String.join(eol, indented);
  }
}
