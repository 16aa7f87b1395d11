package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionedFileTest {

  /** Items as {@code a=1 b=2}, between two comments. */
  private static String file(String items) {
    return file(items, "");
  }

  private static String file(String items, String annotations) {
    return """
    # first
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata:
      name: db
      namespace: production
    %sspec:
      encryptedData:%s
      template:
        type: Opaque # last
    """
        .formatted(
            annotations,
            items.isEmpty()
                ? " {}"
                : Arrays.stream(items.split(" "))
                    .map(each -> "\n    " + each.replace("=", ": Ag"))
                    .collect(Collectors.joining()));
  }

  private static VersionedFile.Merged merged(String base, String ours, String theirs) {
    return VersionedFile.merge(
            base.getBytes(UTF_8), ours.getBytes(UTF_8), theirs.getBytes(UTF_8), "f.yaml")
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # base  | ours    | theirs  | merged      | conflicts
          a=1     | a=1     | a=1     | a=1         | ''
          a=1     | a=2     | a=1     | a=2         | ''
          a=1     | a=1     | a=2     | a=2         | ''
          a=1     | a=2     | a=2     | a=2         | ''
          a=1     | a=2     | a=3     | a=2         | production/db: a
          a=1     | a=1 b=2 | a=1 c=3 | a=1 b=2 c=3 | ''
          a=1     | a=1 b=2 | a=1 b=3 | a=1 b=2     | production/db: b
          a=1 b=2 | b=2     | a=1 b=3 | b=3         | ''
          a=1 b=2 | b=2     | a=3 b=2 | b=2         | production/db: a
          a=1 b=2 | a=3 b=2 | b=2     | a=3 b=2     | production/db: a
          a=1     | ''      | a=1     | ''          | ''
          ''      | a=1     | b=2     | a=1 b=2     | ''
          """)
  void itemsMergeOneByOne(
      String base, String ours, String theirs, String expected, String conflicts) {
    VersionedFile.Merged merged = merged(file(base), file(ours), file(theirs));
    assertThat(new String(merged.ours(), UTF_8)).isEqualTo(file(expected));
    assertThat(String.join(", ", merged.conflicts())).isEqualTo(conflicts);
  }

  @Test
  void allVersionsHaveTheSameItemsThenAndTheRestIsAsItWas() {
    VersionedFile.Merged merged =
        merged(
            file("a=1"),
            file("a=1 b=2").replace("# first", "# ours"),
            file("a=3").replace("# last", "# theirs"));
    assertThat(new String(merged.base(), UTF_8)).isEqualTo(file("a=3 b=2"));
    assertThat(new String(merged.ours(), UTF_8))
        .isEqualTo(file("a=3 b=2").replace("# first", "# ours"));
    assertThat(new String(merged.theirs(), UTF_8))
        .isEqualTo(file("a=3 b=2").replace("# last", "# theirs"));
  }

  /** What was sealed for one of them does not open under another. */
  @Test
  void itemsOfAnotherNameOrScopeAreLeftAlone() {
    String wide = "  annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}\n";
    byte[] base = file("a=1").getBytes(UTF_8);
    for (String other :
        List.of(file("a=2", wide), file("a=2").replace("name: db", "name: other"))) {
      assertThat(VersionedFile.merge(base, base, other.getBytes(UTF_8), "f.yaml")).isEmpty();
    }
  }

  @Test
  void whatIsNoSealedSecretOrStandsThereTwiceIsLeftToTextMerges() {
    byte[] good = file("a=1").getBytes(UTF_8);
    for (String other :
        List.of("a: b\n", "{", "", file("a=1").replace("---", "") + "---\n" + file("a=1"))) {
      byte[] text = other.getBytes(UTF_8);
      assertThat(VersionedFile.merge(text, text, text, "f.yaml")).as(other).isEmpty();
      assertThat(VersionedFile.merge(good, good, text, "f.yaml")).as(other).isEmpty();
    }
  }

  @Test
  void whatIsShownSaysWhichItemsChangedWithoutTheirCiphertexts() {
    String first = shown(file("a=1 b=2"));
    assertThat(first)
        .contains("# first", "type: Opaque # last")
        .containsPattern("a: sealed-[0-9a-f]{16}\n")
        .doesNotContain("Ag1");
    List<String> second = shown(file("a=1 b=3")).lines().toList();
    assertThat(first.lines().filter(line -> !second.contains(line)))
        .singleElement()
        .asString()
        .startsWith("    b: sealed-");
    assertThat(VersionedFile.shown("a: b\n".getBytes(UTF_8), "f.yaml")).isEmpty();
  }

  private static String shown(String text) {
    return new String(VersionedFile.shown(text.getBytes(UTF_8), "f.yaml").orElseThrow(), UTF_8);
  }
}
