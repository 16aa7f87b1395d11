package dev.signet.yaml;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds where the values of a JSON text stand. The text was read by {@link JsonComposer} before, so
 * it is well-formed and no deeper than allowed, and nothing is checked here.
 */
final class JsonNodes {

  private final byte[] input;
  private int at;

  private JsonNodes(byte[] input, int at) {
    this.input = input;
    this.at = at;
  }

  /** The nodes of the value that starts behind the white space here. */
  static Node of(byte[] input, int start) {
    return new JsonNodes(input, start).value();
  }

  private Node value() {
    skipBlanks();
    return switch (input[at]) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      default -> word();
    };
  }

  private Node object() {
    int start = at++;
    List<Node.Entry> entries = new ArrayList<>();
    for (skipBlanks(); input[at] != '}'; skipSeparator()) {
      Node key = string();
      skipBlanks();
      at++;
      entries.add(new Node.Entry(text(key), false, key, value()));
    }
    return new Node.Mapping(start, ++at, true, List.copyOf(entries));
  }

  private Node array() {
    int start = at++;
    List<Node> items = new ArrayList<>();
    for (skipBlanks(); input[at] != ']'; skipSeparator()) {
      items.add(value());
    }
    return new Node.Sequence(start, ++at, true, List.copyOf(items));
  }

  private Node string() {
    int start = at++;
    while (input[at] != '"') {
      at += input[at] == '\\' ? 2 : 1;
    }
    return new Node.Scalar(start, ++at, Node.Style.DOUBLE);
  }

  private Node word() {
    int start = at;
    while (at < input.length && !isBlank(input[at]) && ",]}".indexOf(input[at]) < 0) {
      at++;
    }
    return new Node.Scalar(start, at, Node.Style.PLAIN);
  }

  private void skipBlanks() {
    while (at < input.length && isBlank(input[at])) {
      at++;
    }
  }

  private void skipSeparator() {
    skipBlanks();
    if (input[at] == ',') {
      at++;
      skipBlanks();
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private String text(Node string) {
    String raw =
        new String(
            input, string.start() + 1, string.end() - string.start() - 2, StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escape = raw.charAt(++i);
      switch (escape) {
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          text.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
          i += 4;
        }
        default -> text.append(escape);
      }
    }
    return TextShape.wellFormed(text.toString());
  }
}
