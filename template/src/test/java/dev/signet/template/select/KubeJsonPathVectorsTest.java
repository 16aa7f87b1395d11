package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What k8s.io/client-go 0.37.2 printed, case by case. */
class KubeJsonPathVectorsTest {
  @Test
  void everyVectorGivesWhatKubectlGives() throws SelectorException {
    Json document = Json.parse(Vectors.file("k8s-jsonpath/document.json"));
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("k8s-jsonpath/jsonpath.jsonl");
    for (Vectors.Case vector : cases) {
      check(vector, document, failures);
    }
    Vectors.report("k8s-jsonpath", cases.size(), failures);
    assertThat(cases).hasSize(135);
  }

  @Test
  void everyRandomTemplateGivesWhatKubectlGives() throws SelectorException {
    List<String> failures = new ArrayList<>();
    List<Vectors.Case> cases = Vectors.lines("k8s-jsonpath/random.jsonl");
    for (Vectors.Case vector : cases) {
      check(vector, vector.get("doc"), failures);
    }
    Vectors.report("k8s-jsonpath, random", cases.size(), failures);
    assertThat(cases).hasSize(900);
  }

  private static void check(Vectors.Case vector, Json document, List<String> failures) {
    String expected = expected(vector);
    compare(vector, document, false, expected, failures);
    String lenient =
        vector.has("allowMissingKeys")
            ? expected(new Vectors.Case((Json.Obj) vector.get("allowMissingKeys")))
            : expected;
    compare(vector, document, true, lenient, failures);
  }

  private static String expected(Vectors.Case vector) {
    if (!vector.has("error")) {
      return vector.text("output");
    }
    // The original shows the value here; we name its type.
    String error = vector.text("error");
    return error.endsWith(FILTER) ? "error: … " + FILTER : "error: " + error;
  }

  private static final String FILTER = "is not array or slice and cannot be filtered";

  private static void compare(
      Vectors.Case vector,
      Json document,
      boolean allowMissingKeys,
      String expected,
      List<String> failures) {
    String expression = vector.text("expr");
    String actual;
    String phase = "parse";
    try {
      KubeJsonPath path = KubeJsonPath.parse(expression);
      phase = "exec";
      actual = new String(path.print(document, allowMissingKeys), StandardCharsets.UTF_8);
      phase = "";
    } catch (SelectorException e) {
      String message = String.valueOf(e.getMessage());
      actual = message.endsWith(FILTER) ? "error: … " + FILTER : "error: " + message;
    }
    if (!actual.equals(expected)
        || (!allowMissingKeys && !phase.equals(vector.text("phase", "")))) {
      failures.add("%s%n  want %s%n  got  %s".formatted(expression, expected, actual));
    }
  }
}
