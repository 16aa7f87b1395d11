package dev.signet.core.age;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One way to the file key.
 *
 * <pre>
 * -> type argument ...
 * body, Base64 without padding, 64 characters a line, the last line shorter, empty if need be
 * </pre>
 */
final class Stanza {

  static final String ARROW = "-> ";

  private final String type;
  private final List<String> arguments;
  private final byte[] body;

  Stanza(String type, List<String> arguments, byte[] body) {
    this.type = type;
    this.arguments = List.copyOf(arguments);
    this.body = body;
  }

  String type() {
    return type;
  }

  /** Those after the type. */
  List<String> arguments() {
    return arguments;
  }

  byte[] body() {
    return body;
  }

  void write(ByteArrayOutputStream out) {
    StringBuilder text = new StringBuilder(ARROW).append(type);
    arguments.forEach(argument -> text.append(' ').append(argument));
    text.append('\n');
    String encoded = StrictBase64.UNPADDED.text(body);
    int at = 0;
    for (; encoded.length() - at >= StanzaReader.COLUMNS; at += StanzaReader.COLUMNS) {
      text.append(encoded, at, at + StanzaReader.COLUMNS).append('\n');
    }
    text.append(encoded.substring(at)).append('\n');
    out.writeBytes(text.toString().getBytes(StandardCharsets.US_ASCII));
  }
}
