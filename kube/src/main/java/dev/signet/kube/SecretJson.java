package dev.signet.kube;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Secrets between the JSON of the API and {@link SecretBytes}, without a String of a value in
 * between.
 *
 * <p>Reading: the parser skips the strings under {@code data}; their bytes are found in the body by
 * the place of the opening quote, and Base64-decoded from there. An escape within such a string is
 * resolved by hand; of those only {@code \/} and {@code \}{@code uXXXX} can stand for a character
 * of Base64. Everything else in the object is metadata and becomes a tree.
 *
 * <p>Writing: metadata as Go writes it, then the values, straight into bytes that are zeroed once
 * sent.
 */
final class SecretJson {

  /** A page of a list. */
  record Page(List<Secret> secrets, String next) {}

  private SecretJson() {}

  /** The caller closes the Secret; the body stays the caller's. */
  static Secret read(byte[] body) throws IOException {
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a json object");
      }
      return secret(parser, body);
    }
  }

  /** The caller closes the Secrets; the body stays the caller's. */
  static Page readList(byte[] body) throws IOException {
    List<Secret> secrets = new ArrayList<>();
    String next = "";
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a json object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("items") && token == JsonToken.START_ARRAY) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            secrets.add(secret(parser, body));
          }
        } else if (name.equals("metadata") && token == JsonToken.START_OBJECT) {
          next = Json.object(parser).get("continue") instanceof String more ? more : "";
        } else {
          parser.skipChildren();
        }
      }
      return new Page(secrets, next);
    } catch (IOException | RuntimeException e) {
      secrets.forEach(Secret::close);
      throw e;
    }
  }

  /** The answer to a write, of which only the metadata is looked at. */
  static Metadata written(byte[] body) throws IOException {
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not a json object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        if (name.equals("metadata") && token == JsonToken.START_OBJECT) {
          return metadata(Json.object(parser));
        }
        parser.skipChildren();
      }
    }
    throw new IOException("an object without metadata");
  }

  private static Secret secret(JsonParser parser, byte[] body) throws IOException {
    Map<String, @Nullable Object> metadata = Map.of();
    String type = "";
    Optional<Boolean> immutable = Optional.empty();
    Map<String, SecretBytes> values = new LinkedHashMap<>();
    try {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (name) {
          case "metadata" -> {
            if (token == JsonToken.START_OBJECT) {
              metadata = Json.object(parser);
            }
          }
          case "type" -> type = token == JsonToken.VALUE_STRING ? parser.getText() : "";
          case "immutable" ->
              immutable =
                  token.isBoolean() ? Optional.of(token == JsonToken.VALUE_TRUE) : Optional.empty();
          case "data" -> {
            if (token == JsonToken.START_OBJECT) {
              readData(parser, body, values);
            }
          }
          default -> parser.skipChildren();
        }
      }
      // With its managedFields: they say which keys are whose.
      Metadata meta = read(metadata);
      String source = "Secret/" + meta.namespace() + "/" + meta.name();
      Material data = new Material();
      values.forEach((key, value) -> data.put(key, new Item(value, Origin.of(source, key))));
      return new Secret(meta, type, immutable, data);
    } catch (IOException | RuntimeException e) {
      values.values().forEach(SecretBytes::close);
      throw e;
    }
  }

  /** Without what nothing reads and a cache would keep. */
  static Metadata metadata(Map<String, @Nullable Object> tree) throws IOException {
    Map<String, @Nullable Object> kept = new LinkedHashMap<>(tree);
    kept.remove("managedFields");
    return read(kept);
  }

  private static Metadata read(Map<String, @Nullable Object> tree) throws IOException {
    try {
      return Metadata.of(Fields.of(tree, "metadata"));
    } catch (MalformedObjectException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void readData(JsonParser parser, byte[] body, Map<String, SecretBytes> values)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken token = parser.nextToken();
      SecretBytes value;
      if (token == JsonToken.VALUE_STRING) {
        int quote = (int) parser.currentTokenLocation().getByteOffset();
        if (quote < 0) {
          throw new IOException("not utf-8");
        }
        value = decode(body, quote + 1, key);
      } else if (token == JsonToken.VALUE_NULL) {
        value = SecretBytes.wrap(new byte[0]);
      } else {
        throw new IOException("data." + key + " is not a string");
      }
      SecretBytes before = values.put(key, value);
      if (before != null) {
        before.close();
      }
    }
  }

  private static SecretBytes decode(byte[] body, int from, String key) throws IOException {
    byte[] text = text(body, from, key);
    try {
      return SecretBytes.wrap(GoBase64.STD.decode(text));
    } catch (IllegalBase64Exception e) {
      throw new IOException("data." + key + " is not base64", e);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  /** The characters of the string that starts there, as bytes. */
  private static byte[] text(byte[] body, int from, String key) throws IOException {
    int end = from;
    int escapes = 0;
    while (end < body.length && body[end] != '"') {
      if (body[end] == '\\') {
        escapes++;
        end++;
      }
      end++;
    }
    if (end >= body.length) {
      throw new IOException("data." + key + " does not end");
    }
    byte[] text = Arrays.copyOfRange(body, from, end);
    if (escapes == 0) {
      return text;
    }
    try {
      return unescaped(text, key);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  private static byte[] unescaped(byte[] text, String key) throws IOException {
    try (ZeroedBytes plain = new ZeroedBytes(text.length)) {
      int at = 0;
      while (at < text.length) {
        if (text[at] != '\\') {
          plain.write(text[at]);
          at++;
        } else if (text[at + 1] == 'u') {
          plain.write(character(text, at + 2, key));
          at += 6;
        } else {
          plain.write(
              switch (text[at + 1]) {
                case '/' -> '/';
                case 'n' -> '\n';
                case 'r' -> '\r';
                default -> throw new IOException("data." + key + " is not base64");
              });
          at += 2;
        }
      }
      return plain.exact();
    }
  }

  /** The character of ASCII whose four hexadecimal digits stand there. */
  private static int character(byte[] text, int from, String key) throws IOException {
    int code = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = i < text.length ? Character.digit(text[i], 16) : -1;
      code = digit < 0 ? Integer.MAX_VALUE : code * 16 + digit;
      if (code > 0xffff) {
        throw new IOException("data." + key + " is not base64");
      }
    }
    if (code > 0x7f) {
      throw new IOException("data." + key + " is not base64");
    }
    return code;
  }

  /**
   * The body of a write. The caller zeroes the array.
   *
   * @param preconditions whether uid and resourceVersion are sent, so that the write fails if the
   *     Secret is another one by now
   */
  static byte[] write(Secret secret, boolean preconditions) {
    Metadata metadata = secret.metadata();
    for (String field : List.of("generation", "creationTimestamp", "managedFields", "selfLink")) {
      metadata = metadata.with(field, null);
    }
    if (!preconditions) {
      metadata = metadata.with("uid", null).with("resourceVersion", null);
    }
    int size = secret.data().items().values().stream().mapToInt(i -> i.value().size()).sum();
    try (ZeroedBytes out = new ZeroedBytes(4096 + size / 3 * 4)) {
      put(out, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":");
      put(out, metadata.tree());
      secret.immutable().ifPresent(value -> put(out, ",\"immutable\":" + value));
      put(out, ",\"data\":{");
      String separator = "";
      for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
        put(out, separator);
        put(out, (Object) entry.getKey());
        put(out, ":\"");
        byte[] encoded = entry.getValue().value().with(GoBase64.STD::encode);
        out.write(encoded, 0, encoded.length);
        Arrays.fill(encoded, (byte) 0);
        put(out, "\"");
        separator = ",";
      }
      put(out, "}");
      if (!secret.type().isEmpty()) {
        put(out, ",\"type\":");
        put(out, (Object) secret.type());
      }
      put(out, "}");
      return out.exact();
    }
  }

  private static void put(ZeroedBytes out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
  }

  private static void put(ZeroedBytes out, Object tree) {
    put(out, GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
  }
}
