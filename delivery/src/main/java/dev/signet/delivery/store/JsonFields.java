package dev.signet.delivery.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A value that is a JSON object, taken apart into its top-level fields: a string becomes its text,
 * null the empty value, everything else the JSON text it was written as.
 */
public final class JsonFields {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonFields() {}

  /** Thrown when the value is no JSON object; says nothing of what it is instead. */
  public static final class NotAnObjectException extends Exception {
    NotAnObjectException() {
      super("the value is not a JSON object");
    }
  }

  /** The caller closes what it gets. */
  public static Map<String, SecretBytes> of(byte[] json) throws NotAnObjectException {
    return read(json, JsonFields::value);
  }

  /** The fields as the JSON texts they were written as, strings and null as well. */
  public static Map<String, SecretBytes> raw(byte[] json) throws NotAnObjectException {
    return read(json, (text, parser, _) -> written(text, parser));
  }

  private interface Reading {
    SecretBytes value(byte[] json, JsonParser parser, JsonToken token) throws IOException;
  }

  private static Map<String, SecretBytes> read(byte[] json, Reading reading)
      throws NotAnObjectException {
    requireUtf8(json);
    Map<String, SecretBytes> fields = new LinkedHashMap<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new NotAnObjectException();
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        SecretBytes before = fields.put(name, reading.value(json, parser, token));
        if (before != null) {
          before.close();
        }
      }
      if (parser.nextToken() != null) {
        throw new NotAnObjectException();
      }
      return fields;
    } catch (IOException | NotAnObjectException e) {
      fields.values().forEach(SecretBytes::close);
      throw new NotAnObjectException();
    }
  }

  /** The parser would guess other encodings, and then not say where in the bytes a value stands. */
  private static void requireUtf8(byte[] json) throws NotAnObjectException {
    int first = 0;
    while (first < json.length && " \t\r\n".indexOf(json[first]) >= 0) {
      first++;
    }
    if (first == json.length || json[first] != '{') {
      throw new NotAnObjectException();
    }
    for (byte each : json) {
      if (each == 0) {
        throw new NotAnObjectException();
      }
    }
  }

  /**
   * Half a surrogate pair becomes U+FFFD, as in Go: an escape can make one, and nothing could write
   * it later.
   */
  private static char[] wellFormed(char[] text) {
    for (int i = 0; i < text.length; i++) {
      if (Character.isHighSurrogate(text[i])
          && i + 1 < text.length
          && Character.isLowSurrogate(text[i + 1])) {
        i++;
      } else if (Character.isSurrogate(text[i])) {
        text[i] = '\ufffd';
      }
    }
    return text;
  }

  private static SecretBytes value(byte[] json, JsonParser parser, JsonToken token)
      throws IOException {
    return switch (token) {
      case VALUE_NULL -> SecretBytes.wrap(new byte[0]);
      case VALUE_STRING -> {
        int from = parser.getTextOffset();
        char[] text =
            Arrays.copyOfRange(parser.getTextCharacters(), from, from + parser.getTextLength());
        try {
          yield SecretBytes.ofText(CharBuffer.wrap(wellFormed(text)));
        } finally {
          Arrays.fill(text, '\0');
        }
      }
      default -> written(json, parser);
    };
  }

  private static SecretBytes written(byte[] json, JsonParser parser) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    // A string or a number is read to its end by this.
    parser.finishToken();
    int to = (int) parser.currentLocation().getByteOffset();
    return SecretBytes.wrap(Arrays.copyOfRange(json, from, to));
  }
}
