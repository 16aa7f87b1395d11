package dev.signet.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables under src/test/resources/goyaml; its README says how Go made them. */
final class Vectors {

  private static final ReadLimits LIMITS = new ReadLimits(1 << 30, 1 << 30, 1000, 1 << 30, 0);

  private Vectors() {}

  /** One JSON object a line. */
  static List<Map<String, @Nullable Object>> rows(String name) throws Exception {
    try (InputStream in = Vectors.class.getResourceAsStream("/goyaml/" + name)) {
      if (in == null) {
        throw new IOException("no such table: " + name);
      }
      return rows(in.readAllBytes());
    }
  }

  static List<Map<String, @Nullable Object>> rows(byte[] lines) throws Exception {
    return Documents.read(lines, "vectors", LIMITS, DuplicateKeys.LAST_WINS).stream()
        .map(Document::tree)
        .toList();
  }

  static String text(Map<String, ?> row, String column) {
    return String.valueOf(row.get(column));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What {@code read.jsonl} says in its column {@code documents} about an input. */
  static String outcome(byte[] input) {
    StringBuilder outcome = new StringBuilder();
    DocumentReader reader =
        Documents.reader(input, "input", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    while (true) {
      try {
        var next = reader.next();
        if (next.isEmpty()) {
          return outcome.toString();
        }
        outcome.append(json(next.get().tree())).append('\n');
      } catch (MalformedDocumentException e) {
        outcome.append("error\n");
      }
    }
  }

  /** The same form, from the table. */
  static String expected(Map<String, ?> row) {
    StringBuilder outcome = new StringBuilder();
    if (row.get("documents") instanceof List<?> documents) {
      for (Object document : documents) {
        if (document instanceof Map<?, ?> map) {
          outcome.append(map.containsKey("value") ? json(map.get("value")) : "error").append('\n');
        }
      }
    }
    return outcome.toString();
  }

  static String json(@Nullable Object tree) {
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.SORTED);
  }
}
