package dev.signet.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads JSON objects in tests: vectors, one a line in a resource, and what servers answer. */
public final class Jsonl {

  private static final JsonFactory JSON = new JsonFactory();

  private Jsonl() {}

  /** All rows of a resource, found as {@link Class#getResourceAsStream} finds it. */
  public static List<Row> rows(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("no resource " + resource + " beside " + owner.getName());
      }
      return rows(JSON.createParser(in));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  /** The objects of a text, one after the other. */
  public static List<Row> rows(String text) {
    try {
      return rows(JSON.createParser(text));
    } catch (IOException e) {
      throw new UncheckedIOException("this is not JSON: " + text, e);
    }
  }

  /** The only object of a text. */
  public static Row row(String text) {
    List<Row> rows = rows(text);
    if (rows.size() != 1) {
      throw new IllegalArgumentException(rows.size() + " objects instead of one: " + text);
    }
    return rows.getFirst();
  }

  private static List<Row> rows(JsonParser json) throws IOException {
    try (JsonParser parser = json) {
      List<Row> rows = new ArrayList<>();
      while (parser.nextToken() != null) {
        rows.add(new Row(object(parser)));
      }
      return rows;
    }
  }

  /**
   * One object. Numbers are {@link Long}, {@code BigInteger} or {@code BigDecimal}, arrays {@link
   * List}s and objects {@link Map}s in order; a field that is null counts as absent. It prints as
   * its field {@code id}, so that a parameterized test names the row that failed.
   */
  public record Row(Map<String, @Nullable Object> fields) {

    public boolean has(String field) {
      return fields.get(field) != null;
    }

    public String text(String field) {
      return required(field, String.class);
    }

    /** The bytes of a field that holds Base64. */
    public byte[] base64(String field) {
      return Base64.getDecoder().decode(text(field));
    }

    public Optional<String> optionalText(String field) {
      return has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    public int integer(String field) {
      return Math.toIntExact(required(field, Long.class));
    }

    public boolean flag(String field) {
      return required(field, Boolean.class);
    }

    /** The texts of an array, none when it is absent. */
    public List<String> texts(String field) {
      if (!has(field)) {
        return List.of();
      }
      List<?> array = required(field, List.class);
      return array.stream().map(String.class::cast).toList();
    }

    /** The objects of an array, none when it is absent. */
    public List<Row> rows(String field) {
      if (!has(field)) {
        return List.of();
      }
      List<?> array = required(field, List.class);
      return array.stream().map(Row::of).toList();
    }

    /** An object within this one. */
    public Row row(String field) {
      return of(required(field, Map.class));
    }

    private static Row of(Object object) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      ((Map<?, ?>) object).forEach((name, value) -> fields.put((String) name, value));
      return new Row(fields);
    }

    private <T> T required(String field, Class<T> type) {
      Object value = fields.get(field);
      if (!type.isInstance(value)) {
        throw new IllegalArgumentException(
            "the field " + field + " of row " + this + " is no " + type.getSimpleName());
      }
      return type.cast(value);
    }

    @Override
    public String toString() {
      return String.valueOf(fields.getOrDefault("id", fields.keySet()));
    }
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("a row is not an object, at " + parser.currentLocation());
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> {
        Number number = parser.getNumberValue();
        yield number instanceof Integer small ? Long.valueOf(small) : number;
      }
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NULL -> null;
      default -> throw new IOException("unexpected JSON at " + parser.currentLocation());
    };
  }
}
