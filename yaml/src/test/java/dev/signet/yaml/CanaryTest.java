package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No message, and no stack trace, may say what a document says. */
class CanaryTest {

  private static final String CANARY = "Zq7xKanari";

  /** § stands for the canary. */
  private static final List<String> DOCUMENTS =
      List.of(
          "a: §: b",
          "a: *§",
          "a: &§ *§",
          "a: [§",
          "a: {§",
          "a: '§",
          "a: \"§",
          "a: \"\\§\"",
          "a: \"\\x§\"",
          "a: \"\\u§\"",
          "§",
          "- §",
          "a: @§",
          "a: `§",
          "a: %§",
          "a: !§!x y",
          "a: !!int §",
          "a: !!float §",
          "a: !!bool §",
          "a: !!null §",
          "a: !!binary §!",
          "a: !!timestamp §",
          "a: !<§ x",
          "a: !%§ x",
          "a: |§\n x",
          "a: >§\n x",
          "a: &§% x",
          "a: *§%",
          "--- §",
          "---§",
          "%§\na: b",
          "%YAML §\n---\n",
          "%TAG § §\n---\n",
          "%TAG !§! §\n%TAG !§! §\n",
          "§\n\tb: c",
          "a: b\n §: c\n  d",
          "a: §\n b: c",
          "a: '§' §",
          "a: \"§\" §",
          "§: 1\n§: 2",
          "{\"a\":§}",
          "{\"a\":\"§",
          "{\"a\":\"\\§\"}",
          "{\"a\":\"\\u§\"}",
          "{\"a\":\"§\"§}",
          "{§:1}",
          "{\"§\":1,\"§\":2}",
          "{\"a\":\"§\n\"}",
          "{\"a\":1}{\"b\":2}§",
          "{\"a\":1} §",
          "{\"a\":tr§}",
          "{\"a\":1§}",
          "{\"a\":'§'}",
          "a: \"§\u0000\"",
          "a: §\u0007",
          "? [§]\n: b",
          "? {§: b}\n: c",
          "<<: §",
          "<<: [§]",
          "a: §\n\u2028b",
          "a: ]§",
          "a: }§",
          "a: ,§: [",
          "§:\n- a\n b: c",
          "a: - §",
          "a: |\n  §\n b",
          "a: [§: b: c]",
          "a: {§: b: c}",
          "? §\n§",
          "a: \"\\ud800§\"",
          "...§\n",
          "a: 0§\n  b: c",
          "!!§ §: [",
          "a: !!set §: [");

  @Test
  void noMessageQuotesTheDocument() {
    int refused = 0;
    List<String> quoting = new ArrayList<>();
    for (String document : DOCUMENTS) {
      for (DuplicateKeys duplicates : DuplicateKeys.values()) {
        byte[] input = Vectors.bytes(document.replace("§", CANARY));
        DocumentReader reader = Documents.reader(input, "f", ReadLimits.DEFAULT, duplicates);
        boolean more = true;
        while (more) {
          try {
            more = reader.next().isPresent();
          } catch (MalformedDocumentException e) {
            refused++;
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            if (trace.toString().contains(CANARY.substring(2, 5))) {
              quoting.add(e.getMessage());
            }
            if (e.problem().equals("malformed yaml")) {
              quoting.add("unknown complaint for " + document);
            }
          }
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(quoting).isEmpty();
  }
}
