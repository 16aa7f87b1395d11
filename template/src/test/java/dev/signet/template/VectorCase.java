package dev.signet.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One line of a file of vectors: a template with its data, and what Go made of it. */
record VectorCase(Map<String, @Nullable Object> fields) {
  private static final JsonFactory JSON = new JsonFactory();

  static List<VectorCase> read(String resource) {
    try (InputStream in =
        Objects.requireNonNull(VectorCase.class.getResourceAsStream(resource), resource)) {
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<VectorCase> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in);
    }
  }

  private static List<VectorCase> read(InputStream in) throws IOException {
    List<VectorCase> cases = new ArrayList<>();
    for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
      if (!line.isEmpty()) {
        cases.add(new VectorCase(object(line)));
      }
    }
    return cases;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> object(String line) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      parser.nextToken();
      return (Map<String, @Nullable Object>) Objects.requireNonNull(value(parser));
    }
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser));
        }
        yield map;
      }
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

  @Nullable String text(String field) {
    return (String) fields.get(field);
  }

  String id() {
    return Objects.requireNonNull(text("id"));
  }

  byte[] template() {
    String base64 = text("templateB64");
    return base64 != null
        ? Base64.getDecoder().decode(base64)
        : Objects.requireNonNull(text("template")).getBytes(StandardCharsets.UTF_8);
  }

  Options.MissingKey missingKey() {
    return switch (Objects.requireNonNullElse(text("missingkey"), "default")) {
      case "zero" -> Options.MissingKey.ZERO;
      case "error" -> Options.MissingKey.ERROR;
      default -> Options.MissingKey.DEFAULT;
    };
  }

  /** The bytes of a field that is base64 where its bytes are not UTF-8. */
  byte @Nullable [] bytes(String field) {
    String base64 = text(field + "B64");
    if (base64 != null) {
      return Base64.getDecoder().decode(base64);
    }
    String text = text(field);
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked")
  Value data() {
    Object data = fields.get("data");
    if ("strings".equals(text("dataKind"))) {
      Dict dict = Dict.empty(GoType.STRING_MAP);
      ((Map<String, @Nullable Object>) Objects.requireNonNull(data))
          .forEach((key, value) -> dict.put(Str.utf8(key).raw(), goValue(value)));
      return dict;
    }
    return goValue(data);
  }

  @SuppressWarnings("unchecked")
  private static Value goValue(@Nullable Object value) {
    return switch (value) {
      case null -> Value.NIL;
      case String text -> Str.utf8(text);
      case Long number -> Value.of((long) number);
      case Double number -> Value.of((double) number);
      case Boolean truth -> Value.of((boolean) truth);
      case List<?> list -> Value.list(list.stream().map(VectorCase::goValue).toList());
      case Map<?, ?> map -> {
        Object bytes = map.get("$b64");
        if (bytes instanceof String base64 && map.size() == 1) {
          yield Str.of(Base64.getDecoder().decode(base64));
        }
        Dict dict = Dict.empty(GoType.ANY_MAP);
        ((Map<String, @Nullable Object>) map)
            .forEach((key, element) -> dict.put(Str.utf8(key).raw(), goValue(element)));
        yield dict;
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    };
  }
}
