package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.GoDuration;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Jsonl.Row;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hashes and durations against what Go makes of the same input. */
final class GoVectorsTest {

  private static Stream<Row> hashes(String kind) {
    return Jsonl.rows(GoVectorsTest.class, "/hashes/hashes.jsonl").stream()
        .filter(row -> row.text("kind").equals(kind));
  }

  private static Map<String, String> texts(Row row, String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (row.has(field)) {
      row.row(field).fields().forEach((key, value) -> texts.put(key, String.valueOf(value)));
    }
    return texts;
  }

  static Stream<Row> data() {
    return hashes("map[string][]byte");
  }

  static Stream<Row> metadata() {
    return hashes("struct{annotations labels}");
  }

  static Stream<Row> strings() {
    return hashes("string");
  }

  @ParameterizedTest
  @MethodSource("data")
  void theHashOfDataIsGos(Row row) {
    try (Material material = new Material()) {
      if (row.has("input")) {
        row.row("input")
            .fields()
            .forEach(
                (key, value) -> {
                  byte[] bytes =
                      value == null ? new byte[0] : Base64.getDecoder().decode((String) value);
                  material.put(key, new Item(SecretBytes.wrap(bytes), Origin.of("", key)));
                });
      }
      assertThat(GoHash.ofData(material)).isEqualTo(row.text("hash"));
    }
  }

  @ParameterizedTest
  @MethodSource("metadata")
  void theHashOfMetadataIsGos(Row row) {
    Row input = row.row("input");
    assertThat(GoHash.ofMetadata(texts(input, "annotations"), texts(input, "labels")))
        .isEqualTo(row.text("hash"));
  }

  @ParameterizedTest
  @MethodSource("strings")
  void theHashOfATextIsGos(Row row) {
    assertThat(GoHash.ofText(row.text("text"))).isEqualTo(row.text("hash"));
  }

  static Stream<Row> nested() {
    return Stream.concat(hashes("nested"), hashes("nil"));
  }

  @ParameterizedTest
  @MethodSource("nested")
  void theHashOfATreeIsGos(Row row) {
    assertThat(GoHash.ofTree(row.fields().get("input"))).isEqualTo(row.text("hash"));
  }

  static List<Row> durations() {
    return Jsonl.rows(GoVectorsTest.class, "/duration/duration.jsonl").stream()
        .filter(row -> row.has("input"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("durations")
  void aDurationIsReadAsGoReadsIt(Row row) {
    if (row.has("nanos")) {
      assertThat(GoDuration.parse(row.text("input")))
          .contains(Duration.ofNanos(Long.parseLong(row.text("nanos"))));
    } else {
      assertThat(GoDuration.parse(row.text("input"))).isEmpty();
    }
  }

  @Test
  void allVectorsAreThere() {
    assertThat(data()).hasSize(19);
    assertThat(metadata()).hasSize(14);
    assertThat(strings()).hasSize(4);
    assertThat(nested()).hasSize(24);
    assertThat(durations()).hasSize(73);
  }
}
