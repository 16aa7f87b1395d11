package dev.signet.remote;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads single fields out of answers, values straight to bytes, and writes requests. */
final class Json {

  private static final JsonFactory JSON = new JsonFactory();

  private Json() {}

  @FunctionalInterface
  private interface Reader<T> {
    T read(JsonParser parser) throws IOException;
  }

  /** Writes the fields of an object. */
  @FunctionalInterface
  interface Fields {
    void write(JsonGenerator generator) throws IOException;
  }

  static byte[] object(Fields fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(out)) {
      generator.writeStartObject();
      fields.write(generator);
      generator.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail", e);
    }
    return out.toByteArray();
  }

  /** The text at a path of names; nothing, if there is none, or the whole is no JSON. */
  static Optional<String> text(byte[] json, String... path) {
    return at(json, parser -> parser.getText(), path);
  }

  /** The bytes that the text at a path stands for. */
  static Optional<byte[]> bytes(byte[] json, Base64Variant variant, String... path) {
    return at(json, parser -> parser.getBinaryValue(variant), path);
  }

  private static <T> Optional<T> at(byte[] json, Reader<T> reader, String... path) {
    try (JsonParser parser = JSON.createParser(json)) {
      return found(parser, path) && parser.nextToken() == JsonToken.VALUE_STRING
          ? Optional.of(reader.read(parser))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Goes to right before the value at a path. */
  private static boolean found(JsonParser parser, String... path) throws IOException {
    for (String name : path) {
      if (parser.nextToken() != JsonToken.START_OBJECT || !seek(parser, name)) {
        return false;
      }
    }
    return true;
  }

  /** The object at a path, such that two which mean the same are the same bytes. */
  static Optional<byte[]> canonical(byte[] json, String... path) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (!found(parser, path) || parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (JsonGenerator generator = JSON.createGenerator(out)) {
        sorted(parser).write(generator);
      }
      return Optional.of(out.toByteArray());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What writes the value that the parser stands on, names of objects in order. */
  private static Fields sorted(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        SortedMap<String, Fields> members = new TreeMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          members.put(name, sorted(parser));
        }
        yield out -> {
          out.writeStartObject();
          for (Map.Entry<String, Fields> each : members.entrySet()) {
            out.writeFieldName(each.getKey());
            each.getValue().write(out);
          }
          out.writeEndObject();
        };
      }
      case START_ARRAY -> {
        List<Fields> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(sorted(parser));
        }
        yield out -> {
          out.writeStartArray();
          for (Fields each : items) {
            each.write(out);
          }
          out.writeEndArray();
        };
      }
      case VALUE_STRING -> {
        String text = parser.getText();
        yield out -> out.writeString(text);
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        BigDecimal number = parser.getDecimalValue().stripTrailingZeros();
        yield out -> out.writeRawValue(number.toString());
      }
      default -> {
        String text = String.valueOf(parser.getText());
        yield out -> out.writeRawValue(text);
      }
    };
  }

  private static boolean seek(JsonParser parser, String name) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      if (parser.currentName().equals(name)) {
        return true;
      }
      parser.nextToken();
      parser.skipChildren();
    }
    return false;
  }

  /** The texts of a list that is a field of the whole. */
  static List<String> texts(byte[] json, String name) {
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == JsonToken.START_OBJECT
          && seek(parser, name)
          && parser.nextToken() == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
          texts.add(parser.getText());
        }
      }
      return texts;
    } catch (IOException e) {
      return texts;
    }
  }

  /** What a server says, fit for a terminal: in one line, and not without end. */
  static String printable(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= 300 ? line : line.substring(0, 300) + "…";
  }
}
