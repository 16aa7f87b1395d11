package dev.signet.delivery.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state as JSON, before encryption. Secret values go between {@link SecretBytes} and Base64
 * without becoming Strings:
 *
 * <pre>
 * {"version": 7, "sources": ["/home/me/app"],
 *  "objects": [{"ref": ["bitnami.com", "SealedSecret", "ns", "name"], "uid": …, "generation": 1, "digest": …, "status": {…}}],
 *  "secrets": [{"metadata": {…}, "type": …, "immutable": true, "data": {"key": "Base64"}, "origins": {"key": [source, key, property, version]}}],
 *  "deliveries": [{"resource": [4], "target": [4], "at": …, "origins": {…}}],
 *  "events": [{"about": [4], "warning": true, "reason": …, "message": …, "at": …, "count": 1}]}
 * </pre>
 *
 * What decrypts was written by Signet, so damage here is a bug or a newer format: the whole file is
 * then refused.
 */
final class StateCodec {

  /**
   * The output is not closed with the generator: closing it zeroes it. Escaped, for only an escape
   * can hold half a surrogate pair, and a name that someone chose must not keep the state from
   * being written.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private StateCodec() {}

  /** The caller zeroes the result. */
  static byte[] encode(State state) {
    try (ZeroingOutput output = new ZeroingOutput()) {
      try (JsonGenerator json = JSON.createGenerator(output)) {
        json.writeStartObject();
        json.writeNumberField("version", state.version);
        json.writeFieldName("sources");
        writeTree(json, state.sources);
        json.writeArrayFieldStart("objects");
        for (Map.Entry<Ref, State.Known> entry : state.objects.entrySet()) {
          json.writeStartObject();
          writeRef(json, "ref", entry.getKey());
          json.writeStringField("uid", entry.getValue().uid());
          json.writeNumberField("generation", entry.getValue().generation());
          json.writeStringField("digest", entry.getValue().digest());
          json.writeFieldName("status");
          writeTree(json, entry.getValue().status());
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("secrets");
        for (Secret secret : state.secrets.values()) {
          writeSecret(json, secret);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("deliveries");
        for (Delivery delivery : state.deliveries.values()) {
          json.writeStartObject();
          writeRef(json, "resource", delivery.resource());
          writeRef(json, "target", delivery.target());
          json.writeStringField("at", delivery.at().toString());
          writeOrigins(json, delivery.origins());
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("events");
        for (State.Logged logged : state.events) {
          json.writeStartObject();
          writeRef(json, "about", logged.event().about());
          json.writeBooleanField("warning", logged.event().warning());
          json.writeStringField("reason", logged.event().reason());
          json.writeStringField("message", logged.event().message());
          json.writeStringField("at", logged.at().toString());
          json.writeNumberField("count", logged.count());
          json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
      }
      return output.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  private static void writeSecret(JsonGenerator json, Secret secret) throws IOException {
    json.writeStartObject();
    json.writeFieldName("metadata");
    writeTree(json, secret.metadata().tree());
    json.writeStringField("type", secret.type());
    if (secret.immutable().isPresent()) {
      json.writeBooleanField("immutable", secret.immutable().get());
    }
    Map<String, Origin> origins = new LinkedHashMap<>();
    json.writeObjectFieldStart("data");
    for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
      json.writeFieldName(wellFormed(entry.getKey()));
      entry
          .getValue()
          .value()
          .with(
              bytes -> {
                json.writeBinary(bytes);
                return bytes.length;
              });
      origins.put(entry.getKey(), entry.getValue().origin());
    }
    json.writeEndObject();
    writeOrigins(json, origins);
    json.writeEndObject();
  }

  private static void writeRef(JsonGenerator json, String field, Ref ref) throws IOException {
    json.writeFieldName(field);
    writeTree(json, List.of(ref.kind().group(), ref.kind().kind(), ref.namespace(), ref.name()));
  }

  private static void writeOrigins(JsonGenerator json, Map<String, Origin> origins)
      throws IOException {
    json.writeObjectFieldStart("origins");
    for (Map.Entry<String, Origin> entry : origins.entrySet()) {
      Origin origin = entry.getValue();
      json.writeFieldName(wellFormed(entry.getKey()));
      writeTree(json, List.of(origin.source(), origin.key(), origin.property(), origin.version()));
    }
    json.writeEndObject();
  }

  private static void writeTree(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean bool -> json.writeBoolean(bool);
      case Long number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          writeTree(json, element);
        }
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName(wellFormed((String) entry.getKey()));
          writeTree(json, entry.getValue());
        }
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  /** The parser takes half a surrogate pair in a text, but not in a name. */
  private static String wellFormed(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16);
  }

  /** Reads what {@link #encode} wrote. */
  static State decode(byte[] plain) throws MalformedObjectException {
    State state = new State();
    try (JsonParser json = JSON.createParser(plain)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "version" -> state.version = json.getLongValue();
          case "sources" -> {
            for (Object source : (List<?>) some(readTree(json))) {
              state.sources.add((String) some(source));
            }
          }
          case "secrets" -> {
            expect(json.currentToken() == JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
              Secret secret = readSecret(json);
              state.secrets.put(secret.ref(), secret);
            }
          }
          case "objects" -> {
            expect(json.currentToken() == JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
              Fields known = fields(json);
              state.objects.put(
                  ref(known, "ref"),
                  new State.Known(
                      known.requiredString("uid"),
                      number(known, "generation"),
                      known.requiredString("digest"),
                      tree(known, "status")));
            }
          }
          case "deliveries" -> {
            expect(json.currentToken() == JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
              Fields fields = fields(json);
              Delivery delivery =
                  new Delivery(
                      ref(fields, "resource"),
                      ref(fields, "target"),
                      origins(tree(fields, "origins")),
                      Instant.parse(fields.requiredString("at")));
              state.deliveries.put(
                  new State.Edge(delivery.resource(), delivery.target()), delivery);
            }
          }
          case "events" -> {
            expect(json.currentToken() == JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
              Fields fields = fields(json);
              Event event =
                  new Event(
                      ref(fields, "about"),
                      fields.bool("warning").orElse(false),
                      fields.requiredString("reason"),
                      fields.requiredString("message"));
              state.events.add(
                  new State.Logged(
                      event, Instant.parse(fields.requiredString("at")), number(fields, "count")));
            }
          }
          default -> throw new MalformedObjectException("unknown part " + field);
        }
      }
      expect(json.nextToken() == null);
      return state;
    } catch (IOException | ClassCastException | DateTimeException e) {
      state.close();
      throw new MalformedObjectException("not the content of a state file");
    } catch (MalformedObjectException e) {
      state.close();
      throw e;
    }
  }

  private static Secret readSecret(JsonParser json) throws IOException, MalformedObjectException {
    Metadata metadata = Metadata.named("", "");
    String type = "";
    Optional<Boolean> immutable = Optional.empty();
    Map<String, SecretBytes> values = new LinkedHashMap<>();
    Map<String, Origin> origins = Map.of();
    expect(json.currentToken() == JsonToken.START_OBJECT);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "metadata" ->
            metadata = Metadata.of(Fields.of((Map<?, ?>) some(readTree(json)), "metadata"));
        case "type" -> {
          expect(json.currentToken() == JsonToken.VALUE_STRING);
          type = json.getText();
        }
        case "immutable" -> immutable = Optional.of(json.getBooleanValue());
        case "data" -> {
          expect(json.currentToken() == JsonToken.START_OBJECT);
          while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            values.put(key, SecretBytes.wrap(json.getBinaryValue()));
          }
        }
        case "origins" -> origins = origins((Map<?, ?>) some(readTree(json)));
        default -> throw new MalformedObjectException("unknown field " + field + " of a secret");
      }
    }
    Material data = new Material();
    for (Map.Entry<String, SecretBytes> value : values.entrySet()) {
      Origin origin = origins.getOrDefault(value.getKey(), Origin.of("", value.getKey()));
      data.put(value.getKey(), new Item(value.getValue(), origin));
    }
    return new Secret(metadata, type, immutable, data);
  }

  private static Map<String, Origin> origins(Map<?, ?> tree) throws MalformedObjectException {
    Fields fields = Fields.of(tree, "origins");
    Map<String, Origin> origins = new LinkedHashMap<>();
    for (Object key : tree.keySet()) {
      List<String> parts = four(fields, (String) key);
      origins.put((String) key, new Origin(parts.get(0), parts.get(1), parts.get(2), parts.get(3)));
    }
    return origins;
  }

  private static List<String> four(Fields fields, String name) throws MalformedObjectException {
    List<String> parts = fields.strings(name);
    expect(parts.size() == 4);
    return parts;
  }

  private static Ref ref(Fields fields, String name) throws MalformedObjectException {
    List<String> parts = four(fields, name);
    return new Ref(new GroupKind(parts.get(0), parts.get(1)), parts.get(2), parts.get(3));
  }

  private static long number(Fields fields, String name) {
    return (Long) some(fields.raw(name));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> tree(Fields fields, String name) {
    return (Map<String, Object>) some(fields.raw(name));
  }

  private static Fields fields(JsonParser json) throws IOException {
    return Fields.of((Map<?, ?>) some(readTree(json)), "");
  }

  private static @Nullable Object readTree(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT ->
          json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? (Object) json.getBigIntegerValue()
              : (Object) json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(readTree(json));
        }
        yield list;
      }
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          map.put(name, readTree(json));
        }
        yield map;
      }
      default -> throw new IOException("unexpected token");
    };
  }

  private static Object some(@Nullable Object value) {
    if (value == null) {
      throw new ClassCastException("null where a value must be");
    }
    return value;
  }

  private static void expect(boolean condition) throws MalformedObjectException {
    if (!condition) {
      throw new MalformedObjectException("not the content of a state file");
    }
  }
}
