package dev.signet.stores.https;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signet.core.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Secret as an API server answers with it. Its values go from Base64 straight into bytes and
 * back; all else is kept as a tree, so that nothing is lost when it is written back.
 */
final class RemoteSecret implements AutoCloseable {

  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, @Nullable Object> metadata;
  private final String type;
  private final Optional<Boolean> immutable;
  private final Map<String, SecretBytes> data;

  /**
   * @param data taken over
   */
  private RemoteSecret(
      Map<String, @Nullable Object> metadata,
      String type,
      Optional<Boolean> immutable,
      Map<String, SecretBytes> data) {
    this.metadata = metadata;
    this.type = type;
    this.immutable = immutable;
    this.data = data;
  }

  static RemoteSecret fresh(String namespace, String name) {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", name);
    metadata.put("namespace", namespace);
    return new RemoteSecret(metadata, "", Optional.empty(), Map.of());
  }

  static RemoteSecret read(byte[] json) throws IOException {
    try (JsonParser parser = JSON.createParser(json)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT);
      return read(parser);
    }
  }

  /** One page of a list. */
  record Page(List<RemoteSecret> items, String next) implements AutoCloseable {
    @Override
    public void close() {
      items.forEach(RemoteSecret::close);
    }
  }

  static Page page(byte[] json) throws IOException {
    List<RemoteSecret> items = new ArrayList<>();
    String next = "";
    boolean complete = false;
    try (JsonParser parser = JSON.createParser(json)) {
      expect(parser.nextToken(), JsonToken.START_OBJECT);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        if (field.equals("items") && token == JsonToken.START_ARRAY) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.START_OBJECT);
            items.add(read(parser));
          }
        } else if (field.equals("metadata") && token == JsonToken.START_OBJECT) {
          next = map(parser).get("continue") instanceof String more ? more : "";
        } else {
          parser.skipChildren();
        }
      }
      complete = true;
      return new Page(items, next);
    } finally {
      if (!complete) {
        items.forEach(RemoteSecret::close);
      }
    }
  }

  private static RemoteSecret read(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    Map<String, SecretBytes> data = new TreeMap<>();
    String type = "";
    Optional<Boolean> immutable = Optional.empty();
    boolean complete = false;
    try {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (field) {
          case "metadata" -> {
            expect(token, JsonToken.START_OBJECT);
            metadata = map(parser);
          }
          case "data" -> {
            if (token == JsonToken.START_OBJECT) {
              values(parser, data);
            }
          }
          case "type" -> type = parser.getText();
          case "immutable" -> immutable = Optional.of(parser.getBooleanValue());
          default -> parser.skipChildren();
        }
      }
      // Who wrote what is the server's to say.
      metadata.remove("managedFields");
      complete = true;
      return new RemoteSecret(metadata, type, immutable, data);
    } finally {
      if (!complete) {
        data.values().forEach(SecretBytes::close);
      }
    }
  }

  private static void values(JsonParser parser, Map<String, SecretBytes> data) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      byte[] value =
          parser.nextToken() == JsonToken.VALUE_NULL ? new byte[0] : parser.getBinaryValue();
      data.put(key, SecretBytes.wrap(value));
    }
  }

  private static void expect(@Nullable JsonToken token, JsonToken wanted) throws IOException {
    if (token != wanted) {
      throw new IOException("another kind of JSON");
    }
  }

  private static Map<String, @Nullable Object> map(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      map.put(name, value(parser));
    }
    return map;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }

  String name() {
    return text("name");
  }

  String uid() {
    return text("uid");
  }

  String resourceVersion() {
    return text("resourceVersion");
  }

  private String text(String field) {
    return metadata.get(field) instanceof String text ? text : "";
  }

  Map<String, String> labels() {
    return texts("labels");
  }

  Map<String, String> annotations() {
    return texts("annotations");
  }

  private Map<String, String> texts(String field) {
    Map<String, String> texts = new TreeMap<>();
    if (metadata.get(field) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put((String) key, String.valueOf(value)));
    }
    return texts;
  }

  /** The values; they stay this object's. */
  Map<String, SecretBytes> data() {
    return data;
  }

  /**
   * The same with other content.
   *
   * @param values copied
   */
  RemoteSecret with(
      String type,
      Map<String, String> labels,
      Map<String, String> annotations,
      Map<String, SecretBytes> values) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(metadata);
    put(changed, "labels", labels);
    put(changed, "annotations", annotations);
    Map<String, SecretBytes> copies = new TreeMap<>();
    values.forEach((key, value) -> copies.put(key, value.copy()));
    return new RemoteSecret(changed, type, immutable, copies);
  }

  private static void put(
      Map<String, @Nullable Object> metadata, String field, Map<String, String> texts) {
    if (texts.isEmpty()) {
      metadata.remove(field);
    } else {
      metadata.put(field, texts);
    }
  }

  String type() {
    return type;
  }

  boolean sameAs(RemoteSecret other) {
    return type.equals(other.type)
        && labels().equals(other.labels())
        && annotations().equals(other.annotations())
        && data.keySet().equals(other.data.keySet())
        && data.entrySet().stream().allMatch(each -> holds(other, each.getKey(), each.getValue()));
  }

  private static boolean holds(RemoteSecret other, String key, SecretBytes value) {
    SecretBytes there = other.data.get(key);
    return there != null && there.matches(value);
  }

  /** As JSON, which the caller zeroes. */
  byte[] json() throws IOException {
    Wiped out = new Wiped();
    try (out;
        JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("apiVersion", "v1");
      json.writeStringField("kind", "Secret");
      json.writeFieldName("metadata");
      write(json, metadata);
      if (!type.isEmpty()) {
        json.writeStringField("type", type);
      }
      if (immutable.isPresent()) {
        json.writeBooleanField("immutable", immutable.get());
      }
      json.writeObjectFieldStart("data");
      for (Map.Entry<String, SecretBytes> each : data.entrySet()) {
        json.writeFieldName(each.getKey());
        each.getValue()
            .<Boolean, IOException>with(
                bytes -> {
                  json.writeBinary(bytes);
                  return true;
                });
      }
      json.writeEndObject();
      json.writeEndObject();
      json.flush();
      return out.toByteArray();
    }
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> each : map.entrySet()) {
          json.writeFieldName((String) each.getKey());
          write(json, each.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object each : list) {
          write(json, each);
        }
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }

  /** Leaves nothing of what was written. */
  private static final class Wiped extends ByteArrayOutputStream {
    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }

  @Override
  public void close() {
    data.values().forEach(SecretBytes::close);
  }
}
