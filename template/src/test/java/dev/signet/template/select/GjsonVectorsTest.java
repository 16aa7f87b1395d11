package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What gjson 1.20.0 gave, case by case. */
class GjsonVectorsTest {
  @Test
  void everyVectorGivesWhatGjsonGives() throws SelectorException {
    Vectors.Case documents = Vectors.object("gjson/documents.json");
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("gjson/gjson.jsonl");
    for (Vectors.Case vector : cases) {
      check(vector, documents.text(vector.text("doc")), failures);
    }
    Vectors.report("gjson", cases.size(), failures);
    assertThat(cases).hasSize(374);
  }

  @Test
  void everyRandomPathGivesWhatGjsonGives() throws SelectorException {
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("gjson/random.jsonl");
    for (Vectors.Case vector : cases) {
      check(vector, vector.text("doc"), failures);
    }
    Vectors.report("gjson, random", cases.size(), failures);
    assertThat(cases).hasSize(900);
  }

  private static void check(Vectors.Case vector, String document, List<String> failures) {
    String path = vector.text("path");
    String expected =
        String.join(
            " | ",
            vector.text("type").toUpperCase(Locale.ROOT),
            vector.text("raw"),
            vector.text("string", vector.text("raw")),
            vector.text("int", ""),
            vector.text("float", ""),
            String.valueOf(vector.truth("bool")),
            String.valueOf(
                vector.text("raw").startsWith("[") && vector.text("type").equals("JSON")));
    String actual;
    try {
      GjsonResult result = Gjson.get(document.getBytes(StandardCharsets.UTF_8), path);
      actual =
          String.join(
              " | ",
              result.kind().toString(),
              result.raw().text(),
              result.string().text(),
              vector.has("int") ? String.valueOf(result.asLong()) : "",
              vector.has("float") ? GoFloat.general(result.asDouble()) : "",
              String.valueOf(result.asBoolean()),
              String.valueOf(result.isArray()));
    } catch (SelectorException e) {
      actual = e.toString();
    }
    if (!actual.equals(expected)) {
      failures.add("%s in %s%n  want %s%n  got  %s".formatted(path, document, expected, actual));
    }
  }
}
