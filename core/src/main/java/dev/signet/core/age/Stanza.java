package dev.signet.core.age;

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
}
