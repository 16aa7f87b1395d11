package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What jmespath/go-jmespath 0.4.0 gave, case by case. */
class JmesPathVectorsTest {
  @Test
  void everyVectorGivesWhatGoJmespathGives() throws SelectorException {
    Vectors.Case documents = Vectors.object("jmespath/documents.json");
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("jmespath/jmespath.jsonl");
    for (Vectors.Case vector : cases) {
      String document = documents.text(vector.text("doc"));
      check(vector, Json.parse(document.getBytes(StandardCharsets.UTF_8)), failures);
    }
    Vectors.report("jmespath", cases.size(), failures);
    assertThat(cases).hasSize(172);
  }

  @Test
  void everyRandomExpressionGivesWhatGoJmespathGives() throws SelectorException {
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("jmespath/random.jsonl");
    for (Vectors.Case vector : cases) {
      check(vector, vector.get("doc"), failures);
    }
    Vectors.report("jmespath, random", cases.size(), failures);
    assertThat(cases).hasSize(900);
  }

  private static void check(Vectors.Case vector, Json document, List<String> failures)
      throws SelectorException {
    String expression = vector.text("expr");
    String expected =
        vector.has("error")
            ? "error: " + withoutValue(vector.text("error"))
            : new String(vector.get("output").encode(), StandardCharsets.UTF_8);
    String actual;
    try {
      Json result = JmesPath.parse(expression).search(document);
      actual = new String(result.encode(), StandardCharsets.UTF_8);
    } catch (SelectorException e) {
      actual = "error: " + withoutValue(String.valueOf(e.getMessage()));
    }
    if (!actual.equals(expected)) {
      failures.add("%s%n  want %s%n  got  %s".formatted(expression, expected, actual));
    }
  }

  /** The original shows the value of a wrong argument, we name its type. */
  private static String withoutValue(String error) {
    String before = "Invalid type for: ";
    int after = error.lastIndexOf(", expected: ");
    return error.startsWith(before) && after > 0 ? before + "…" + error.substring(after) : error;
  }
}
