package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.GoDuration;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Jsonl.Row;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  /** Read as manifests are: it is their numbers that are hashed. */
  static List<Map<String, @Nullable Object>> nested()
      throws IOException, MalformedDocumentException {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    try (InputStream in = GoVectorsTest.class.getResourceAsStream("/hashes/hashes.jsonl")) {
      for (String line : new String(requireNonNull(in).readAllBytes(), UTF_8).lines().toList()) {
        Map<String, @Nullable Object> row =
            Documents.read(
                    line.getBytes(UTF_8), "hashes", ReadLimits.DEFAULT, DuplicateKeys.REJECTED)
                .getFirst()
                .tree();
        if (Set.of("nested", "nil").contains(String.valueOf(row.get("kind")))) {
          rows.add(row);
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("nested")
  void theHashOfATreeIsGos(Map<String, @Nullable Object> row) {
    assertThat(GoHash.ofTree(row.get("input"))).isEqualTo(row.get("hash"));
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
  void allVectorsAreThere() throws IOException, MalformedDocumentException {
    assertThat(data()).hasSize(19);
    assertThat(metadata()).hasSize(14);
    assertThat(strings()).hasSize(4);
    assertThat(nested()).hasSize(24);
    assertThat(durations()).hasSize(73);
  }
}
