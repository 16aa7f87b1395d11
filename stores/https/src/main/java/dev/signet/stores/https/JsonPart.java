package dev.signet.stores.https;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.StoreException;
import dev.signet.template.select.Gjson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The part of a JSON value that a property names: reading it by a gjson path, and putting a text
 * there or taking it away with everything else left byte for byte.
 *
 * <p>A path to write to is plain names with dots between them, {@code \} before a dot that belongs
 * to a name; a number is the place in an array. A name that is there with its dots is meant before
 * the path is. What is on the way has to be an object or an array: nothing is overwritten that the
 * path does not end at.
 */
public final class JsonPart {

  private static final JsonFactory JSON = new JsonFactory();

  private JsonPart() {}

  /**
   * The part, as text where it is text.
   *
   * @param where what holds the value, for messages
   */
  public static Optional<SecretBytes> get(
      SecretBytes json, String property, Property.Order order, String where) throws StoreException {
    if (!json.<Boolean, RuntimeException>with(Gjson::valid)) {
      throw malformed(where + " does not hold JSON, so it has no property " + property);
    }
    return Property.find(json, property, order, where);
  }

  /** What a property that is not there means: it is asked for again, since the value may change. */
  public static StoreException missing(String property, String where) {
    return new StoreException(
        new Problem.Conflict(), "property " + property + " does not exist in " + where);
  }

  /**
   * The value with that text at that place.
   *
   * @param json empty for none yet
   */
  public static SecretBytes with(
      Optional<SecretBytes> json, String property, SecretBytes text, String where)
      throws StoreException {
    requireText(text, "the value for property " + property + " of " + where);
    byte[] quoted = text.with(JsonPart::quoted);
    try {
      byte[] before = json.isPresent() ? json.get().with(byte[]::clone) : new byte[] {'{', '}'};
      try {
        expect(Gjson.valid(before));
        return SecretBytes.wrap(put(before, path(before, property), quoted));
      } finally {
        Arrays.fill(before, (byte) 0);
      }
    } catch (IOException e) {
      throw malformed(cannot(property, where));
    } finally {
      Arrays.fill(quoted, (byte) 0);
    }
  }

  /**
   * The value without what stands at that place; empty when nothing is left of it.
   *
   * @throws StoreException also when nothing stands there
   */
  public static Optional<SecretBytes> without(SecretBytes json, String property, String where)
      throws StoreException {
    byte[] before = json.with(byte[]::clone);
    try {
      expect(Gjson.valid(before));
      byte[] rest = removed(before, path(before, property));
      return rest.length == 2 ? Optional.empty() : Optional.of(SecretBytes.wrap(rest));
    } catch (IOException e) {
      throw malformed(cannot(property, where));
    } finally {
      Arrays.fill(before, (byte) 0);
    }
  }

  private static String cannot(String property, String where) {
    return "property "
        + property
        + " of "
        + where
        + " is no place that can be written: what is there is no JSON, or something else stands on"
        + " the way";
  }

  /** Stores that keep texts would keep something else of what is none. */
  public static void requireText(SecretBytes value, String what) throws StoreException {
    try {
      value.<Boolean, CharacterCodingException>with(
          bytes -> {
            var decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            Arrays.fill(decoded.array(), '\0');
            return true;
          });
    } catch (CharacterCodingException e) {
      throw malformed(
          what
              + " is not text, and the store keeps nothing else: push it encoded, with a template"
              + " that has b64enc");
    }
  }

  private static StoreException malformed(String message) {
    return new StoreException(new Problem.Malformed(), message);
  }

  /** The elements of a JSON array as the texts they were written as; the caller closes them. */
  public static List<SecretBytes> elements(byte[] json) throws IOException {
    List<SecretBytes> elements = new ArrayList<>();
    boolean complete = false;
    try (JsonParser parser = JSON.createParser(json)) {
      expect(parser.nextToken() == JsonToken.START_ARRAY);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        Span span = span(parser);
        elements.add(SecretBytes.wrap(Arrays.copyOfRange(json, span.from(), span.to())));
      }
      complete = true;
      return elements;
    } finally {
      if (!complete) {
        elements.forEach(SecretBytes::close);
      }
    }
  }

  /** Where a value stands. */
  private record Span(int from, int to) {}

  private static Span span(JsonParser parser) throws IOException {
    int from = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    return new Span(from, (int) parser.currentLocation().getByteOffset());
  }

  private static void expect(boolean fine) throws IOException {
    if (!fine) {
      throw new IOException("another kind of JSON");
    }
  }

  private static List<String> path(byte[] json, String property) throws IOException {
    if (property.contains(".") && member(json, property).isPresent()) {
      return List.of(property);
    }
    List<String> path = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < property.length(); i++) {
      char each = property.charAt(i);
      if (each == '\\' && i + 1 < property.length()) {
        name.append(property.charAt(++i));
      } else if (each == '.') {
        path.add(name.toString());
        name.setLength(0);
      } else {
        expect("*?#|".indexOf(each) < 0);
        name.append(each);
      }
    }
    path.add(name.toString());
    return List.copyOf(path);
  }

  private static Optional<Span> member(byte[] json, String name) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      expect(plain(json) && parser.nextToken() == JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String each = parser.currentName();
        parser.nextToken();
        Span span = span(parser);
        if (each.equals(name)) {
          return Optional.of(span);
        }
      }
      return Optional.empty();
    }
  }

  /** The parser would guess other encodings, and then not say where in the bytes a value stands. */
  private static boolean plain(byte[] json) {
    for (byte each : json) {
      if (each == 0) {
        return false;
      }
    }
    return json.length > 0 && json[0] != (byte) 0xef && json[0] != (byte) 0xfe;
  }

  private static byte[] put(byte[] json, List<String> path, byte[] text) throws IOException {
    String name = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    try (JsonParser parser = JSON.createParser(json)) {
      expect(plain(json));
      JsonToken start = parser.nextToken();
      expect(start == JsonToken.START_OBJECT || start == JsonToken.START_ARRAY);
      boolean object = start == JsonToken.START_OBJECT;
      int number = 0;
      while (!last(parser.nextToken())) {
        boolean here = (object ? parser.currentName() : Integer.toString(number)).equals(name);
        if (object) {
          parser.nextToken();
        }
        Span span = span(parser);
        number++;
        if (here) {
          return replaced(json, span, rest, text);
        }
      }
      int end = (int) parser.currentTokenLocation().getByteOffset();
      expect(object || name.equals(Integer.toString(number)));
      expect(parser.nextToken() == null);
      Wiped added = new Wiped();
      try (added) {
        if (number > 0) {
          added.write(',');
        }
        if (object) {
          added.writeBytes(quoted(name.getBytes(StandardCharsets.UTF_8)));
          added.write(':');
        }
        added.writeBytes(nested(rest, text));
        return spliced(json, new Span(end, end), added.toByteArray());
      }
    }
  }

  private static boolean last(JsonToken token) throws IOException {
    expect(token != null);
    return token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY;
  }

  private static byte[] replaced(byte[] json, Span span, List<String> rest, byte[] text)
      throws IOException {
    if (rest.isEmpty()) {
      return spliced(json, span, text);
    }
    byte[] inner = Arrays.copyOfRange(json, span.from(), span.to());
    byte[] changed = put(inner, rest, text);
    try {
      return spliced(json, span, changed);
    } finally {
      Arrays.fill(inner, (byte) 0);
      Arrays.fill(changed, (byte) 0);
    }
  }

  private static byte[] nested(List<String> path, byte[] text) {
    Wiped out = new Wiped();
    try (out) {
      for (String each : path) {
        out.write('{');
        out.writeBytes(quoted(each.getBytes(StandardCharsets.UTF_8)));
        out.write(':');
      }
      out.writeBytes(text);
      for (int i = 0; i < path.size(); i++) {
        out.write('}');
      }
      return out.toByteArray();
    }
  }

  private static byte[] removed(byte[] json, List<String> path) throws IOException {
    String name = path.getFirst();
    if (path.size() > 1) {
      Span span = member(json, name).orElseThrow(() -> new IOException("nothing there"));
      byte[] inner = Arrays.copyOfRange(json, span.from(), span.to());
      byte[] changed = removed(inner, path.subList(1, path.size()));
      try {
        return changed.length == 2 ? removed(json, List.of(name)) : spliced(json, span, changed);
      } finally {
        Arrays.fill(inner, (byte) 0);
        Arrays.fill(changed, (byte) 0);
      }
    }
    Wiped out = new Wiped();
    try (out;
        JsonParser parser = JSON.createParser(json)) {
      expect(plain(json) && parser.nextToken() == JsonToken.START_OBJECT);
      boolean found = false;
      int kept = 0;
      out.write('{');
      while (!last(parser.nextToken())) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        boolean here = parser.currentName().equals(name);
        parser.nextToken();
        Span span = span(parser);
        if (here) {
          found = true;
        } else {
          if (kept++ > 0) {
            out.write(',');
          }
          out.write(json, from, span.to() - from);
        }
      }
      expect(found);
      out.write('}');
      return out.toByteArray();
    }
  }

  private static byte[] spliced(byte[] json, Span span, byte[] text) {
    byte[] all = new byte[json.length - (span.to() - span.from()) + text.length];
    System.arraycopy(json, 0, all, 0, span.from());
    System.arraycopy(text, 0, all, span.from(), text.length);
    System.arraycopy(json, span.to(), all, span.from() + text.length, json.length - span.to());
    return all;
  }

  /** UTF-8 as a JSON string. */
  private static byte[] quoted(byte[] utf8) {
    Wiped out = new Wiped();
    try (out) {
      out.write('"');
      for (byte each : utf8) {
        if (each == '"' || each == '\\') {
          out.write('\\');
          out.write(each);
        } else if (each >= 0 && each < 0x20) {
          out.writeBytes(String.format("\\u%04x", (int) each).getBytes(StandardCharsets.US_ASCII));
        } else {
          out.write(each);
        }
      }
      out.write('"');
      return out.toByteArray();
    }
  }

  /** Leaves nothing of what was written. */
  private static final class Wiped extends ByteArrayOutputStream {
    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
