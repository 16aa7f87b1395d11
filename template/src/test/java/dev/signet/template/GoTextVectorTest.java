package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Durations and {@code %+v} texts as Go gives them. */
class GoTextVectorTest {
  private static final GoType BYTES = GoType.sliceOf(GoType.UINT8);

  @Test
  void durationsReadAndWriteAsInGo() throws GoError {
    int count = 0;
    for (VectorCase vector : VectorCase.read("/gotemplate/duration.jsonl")) {
      String input = vector.text("input");
      String error = vector.text("error");
      if (error != null) {
        String raw = Utf8.encode(Objects.requireNonNull(input));
        assertThatThrownBy(() -> GoDuration.parse(raw)).as(vector.id()).hasMessage(error);
      } else {
        long nanos = Long.parseLong(Objects.requireNonNull(vector.text("nanos")));
        assertThat(Utf8.decode(GoDuration.format(nanos))).isEqualTo(vector.text("string"));
        if (input != null) {
          assertThat(GoDuration.parse(Utf8.encode(input))).as(vector.id()).isEqualTo(nanos);
        }
      }
      count++;
    }
    assertThat(count).isGreaterThan(50);
  }

  @Test
  void mapsPrintAsInGo() {
    Meter meter = new Meter(Limits.DEFAULT, () -> 0);
    int count = 0;
    for (VectorCase vector : VectorCase.read("/gotemplate/hashes.jsonl")) {
      Object input = vector.fields().get("input");
      Value value =
          switch (Objects.requireNonNull(vector.text("kind"))) {
            case "map[string][]byte" -> byteMap(input);
            case "nested" -> nested(input);
            default -> Missing.ARGUMENT;
          };
      if (value != Missing.ARGUMENT) {
        assertThat(new Str(Printer.printf(meter, "%+v", List.of(value))).bytes())
            .as(vector.id())
            .isEqualTo(vector.bytes("text"));
        count++;
      }
    }
    assertThat(count).isGreaterThan(20);
  }

  @SuppressWarnings("unchecked")
  private static Value byteMap(@Nullable Object input) {
    GoType type = GoType.mapOf(BYTES);
    if (input == null) {
      return Dict.nil(type);
    }
    Dict dict = Dict.empty(type);
    ((Map<String, @Nullable Object>) input)
        .forEach((key, value) -> dict.put(Utf8.encode(key), byteSlice((String) value)));
    return dict;
  }

  private static Value byteSlice(@Nullable String base64) {
    if (base64 == null) {
      return Slice.nil(BYTES);
    }
    List<Value> bytes = new ArrayList<>();
    for (byte b : Base64.getDecoder().decode(base64)) {
      bytes.add(new Value.Int(GoType.UINT8, b & 0xFF));
    }
    return Slice.of(BYTES, bytes);
  }

  private static Value nested(@Nullable Object input) {
    return switch (input) {
      case null -> Value.NIL;
      case Long number -> Value.int64(number);
      case Double number -> Value.of((double) number);
      case Boolean truth -> Value.of((boolean) truth);
      case List<?> list -> Value.list(list.stream().map(GoTextVectorTest::nested).toList());
      case Map<?, ?> map -> {
        Dict dict = Dict.empty(GoType.ANY_MAP);
        map.forEach((key, value) -> dict.put(Utf8.encode((String) key), nested(value)));
        yield dict;
      }
      default -> Str.utf8((String) input);
    };
  }
}
