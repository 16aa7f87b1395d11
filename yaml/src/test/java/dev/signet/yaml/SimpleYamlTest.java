package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short cut must agree with the general parser wherever it does not give up. */
class SimpleYamlTest {

  private static final String MANIFEST =
      """
      # a Secret
      apiVersion: v1
      kind: Secret   # the kind
      metadata:
        name: db
        annotations:
          example.com/note: "two\\nlines"
          'quoted key': 'it''s'
        finalizers:
        - a
        - b
      items:
        - name: x
          value: 1
          list: []

        - {}
      data:
        cert: |
          -----BEGIN-----

            x: y
          -----END-----
        keep: |+
          a

        strip: |-
          b
      empty:
      immutable: yes
      """;

  @Test
  void readsAManifestWithoutTheGeneralParser() throws Exception {
    assertThat(SimpleYaml.compose(MANIFEST, budget())).isEqualTo(general(MANIFEST));
  }

  @Test
  void agreesWithTheGeneralParserOnEveryVectorInManySurroundings() throws Exception {
    int simple = 0;
    for (var row : Vectors.rows("read.jsonl")) {
      simple += agreements(Vectors.text(row, "text"));
    }
    for (var row : Vectors.rows("write.jsonl")) {
      simple += agreements(Vectors.text(row, "yaml"));
    }
    assertThat(simple).isGreaterThan(3000);
  }

  private static int agreements(String text) throws Exception {
    int simple = 0;
    for (String variant :
        List.of(
            text,
            "a: |\n  x\n" + text,
            "k:\n" + text.indent(2),
            "k:\n- " + text.indent(2).strip(),
            text.replace("\n", "\n\n"),
            text.replace("\n", " # c\n"))) {
      simple += agrees(variant.endsWith("\n") ? variant : variant + "\n") ? 1 : 0;
    }
    return simple;
  }

  private static boolean agrees(String text) throws Exception {
    Object simple;
    try {
      simple = SimpleYaml.compose(text, budget());
    } catch (SimpleYaml.Unusual e) {
      return false;
    } catch (Problem e) {
      assertThat(e.kind).isEqualTo(Kind.LIMIT);
      return false;
    }
    assertThat(general(text)).as("%s", text).isEqualTo(simple);
    return true;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "#",
        "a",
        "- a",
        "a: &x b",
        "a: !!str 1",
        "a: {b: c}",
        "a: [b]",
        "a: >\n  b",
        "a: b\n  c",
        "a: \"b\n  c\"",
        "a: \"\\x41\"",
        "a:\tb",
        "a: b\r",
        "1: a",
        "yes: a",
        "<<: a",
        "? a",
        "a: b: c",
        "a: .inf",
        "a: 1\na: 2",
        "a: b\n  c: d",
        "  a: b\nc: d",
        "a:\n    b: 1\n  c: 2",
        "a: |2\n    b",
        "a: |\n   \n  b",
        "a: |",
        "- - a",
        "a:\n  -\n    b",
        "a: 'b' c",
        "a: \ud83d\ude00",
        "a: x\u2028y",
        "a: \u0085",
        "a: @b",
        "...",
        "a: b\n..."
      })
  void leavesWhatIsNotSimpleToTheGeneralParser(String text) {
    assertThatThrownBy(() -> SimpleYaml.compose(text + "\n", budget()))
        .isInstanceOf(SimpleYaml.Unusual.class);
  }

  @Test
  void keepsTheLimits() {
    String deep = "";
    for (int i = 0; i < 12; i++) {
      deep += " ".repeat(i) + "a:\n";
    }
    String text = deep;
    assertThatThrownBy(
            () -> SimpleYaml.compose(text, new Budget(new ReadLimits(1000, 1, 10, 1000, 0))))
        .isInstanceOf(Problem.class)
        .hasMessage("nested deeper than the limit of 10");
    assertThatThrownBy(
            () -> SimpleYaml.compose(text, new Budget(new ReadLimits(1000, 1, 100, 5, 0))))
        .isInstanceOf(Problem.class)
        .hasMessage("more values than the limit of 5");
  }

  @FuzzTest(maxDuration = "10m")
  void agreesWithTheGeneralParser(byte[] input) throws Exception {
    agrees(new String(input, StandardCharsets.UTF_8) + "\n");
  }

  private static Budget budget() {
    return new Budget(ReadLimits.DEFAULT);
  }

  private static @Nullable Object general(String text) throws Exception {
    return YamlComposer.composeAny(text, budget(), DuplicateKeys.REJECTED);
  }
}
