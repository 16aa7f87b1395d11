package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Whatever the bytes: documents or {@link MalformedDocumentException}, within the limits. */
class DocumentsFuzzTest {

  private static final ReadLimits LIMITS = new ReadLimits(1 << 16, 100, 50, 20_000, 2_000);

  @FuzzTest(maxDuration = "10m")
  void yamlEndsInDocumentsOrRefusals(byte[] input) throws Exception {
    check(input);
  }

  @FuzzTest(maxDuration = "10m")
  void jsonEndsInDocumentsOrRefusals(byte[] input) throws Exception {
    String text = new String(input, StandardCharsets.UTF_8);
    check(Vectors.bytes("{\"a\":" + text));
  }

  private static void check(byte[] input) throws Exception {
    for (DuplicateKeys duplicates : DuplicateKeys.values()) {
      DocumentReader reader = Documents.reader(input, "f", LIMITS, duplicates);
      int outcomes = 0;
      boolean more = true;
      while (more) {
        try {
          Optional<Document> next = reader.next();
          more = next.isPresent();
          if (more) {
            readsBack(next.get());
          }
        } catch (MalformedDocumentException e) {
          assertThat(e.getMessage()).startsWith("f:").doesNotContain("\n");
        }
        assertThat(++outcomes).isLessThanOrEqualTo(input.length + 2);
      }
    }
  }

  /**
   * What was read can be written in both forms, and reading those again gives the same, unless Go
   * writes something that it reads differently.
   */
  private static void readsBack(Document document) throws Exception {
    String json = Vectors.json(document.tree());
    // A float that is minus zero is written -0, which reads back as the integer 0.
    String once = json.contains("-0") ? again(json) : json;
    assertThat(again(once)).isEqualTo(once);
    String yaml = GoYaml.write(document.tree());
    if (!yaml.contains("<<:") && yaml.indexOf('\u2028') < 0 && yaml.indexOf('\u2029') < 0) {
      assertThat(GoYaml.write(read(yaml))).isEqualTo(yaml);
    }
  }

  private static String again(String json) throws Exception {
    return Vectors.json(read(json));
  }

  private static Object read(String text) throws Exception {
    List<Document> documents =
        Documents.read(Vectors.bytes(text), "again", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    return documents.isEmpty() ? List.of() : documents.getFirst().tree();
  }
}
