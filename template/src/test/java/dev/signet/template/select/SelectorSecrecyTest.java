package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents hold secrets: no message and no toString shows any of it. */
class SelectorSecrecyTest {
  private static final String MARK = "c4nary";
  private static final String DOCUMENT =
      """
      {"a":"c4nary","b":["c4nary",{"a":"c4nary"},"c4nary"],"name":"c4nary","age":"c4nary","c":{"c4nary":["c4nary"]},
       "items":[{"name":"c4nary","metadata":{"name":["c4nary"]},"kind":{"c4nary":1}}],"s":"c4nary","n":"c4nary",
       "nums":["c4nary"],"strs":"c4nary","users":"c4nary","m":["c4nary"],"nil":{"x":"c4nary"},"foo":"c4nary"}
      """;

  @Test
  void noErrorOfAnyVectorShowsTheDocument() throws SelectorException {
    Json document = Json.parse(DOCUMENT.getBytes(StandardCharsets.UTF_8));
    List<String> messages = new ArrayList<>();
    for (String file : List.of("jmespath/jmespath.jsonl", "jmespath/random.jsonl")) {
      for (Vectors.Case vector : Vectors.lines(file)) {
        try {
          JmesPath.parse(vector.text("expr")).search(document);
        } catch (SelectorException e) {
          messages.add(String.valueOf(e));
        }
      }
    }
    for (String file : List.of("k8s-jsonpath/jsonpath.jsonl", "k8s-jsonpath/random.jsonl")) {
      for (Vectors.Case vector : Vectors.lines(file)) {
        try {
          KubeJsonPath.parse(vector.text("expr")).print(document, false);
        } catch (SelectorException e) {
          messages.add(String.valueOf(e));
        }
      }
    }
    assertThat(messages).hasSizeGreaterThan(300).noneMatch(message -> message.contains(MARK));
  }

  @Test
  void brokenDocumentsAreNamedByOffsetOnly() {
    for (String broken :
        List.of("{\"k\":c4nary}", "\"c4nary", "{\"c4nary\" 1}", "c4nary", "[1e400,\"c4nary\"]")) {
      try {
        Json.parse(broken.getBytes(StandardCharsets.UTF_8));
      } catch (SelectorException e) {
        assertThat(e.reason()).isEqualTo(SelectorException.Reason.DOCUMENT);
        assertThat(e.getMessage()).matches("document is not valid JSON at byte \\d+");
        continue;
      }
      throw new AssertionError("taken for JSON: " + broken);
    }
  }

  @Test
  void valuesDoNotPrintThemselves() throws SelectorException {
    byte[] bytes = DOCUMENT.getBytes(StandardCharsets.UTF_8);
    GjsonResult result = Gjson.get(bytes, "a");
    assertThat(result.string().text()).isEqualTo(MARK);
    assertThat(result.toString()).doesNotContain(MARK);
    assertThat(result.members(SelectorLimits.DEFAULT).toString()).doesNotContain(MARK);
    assertThat(Json.parse(bytes).toString()).doesNotContain(MARK);
  }
}
