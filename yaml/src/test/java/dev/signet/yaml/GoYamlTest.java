package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoYamlTest {

  @Test
  void writesEveryVectorAsGoDoes() throws Exception {
    var rows = Vectors.rows("write.jsonl");
    assertThat(rows).hasSizeGreaterThan(4000);
    for (var row : rows) {
      assertThat(GoYaml.write(row.get("value"))).isEqualTo(row.get("yaml"));
    }
  }

  /** Go refuses all but the second of these, and makes a space of the second. */
  @ParameterizedTest
  @ValueSource(strings = {"a\u007fb", "a\u0085b", "a\u009fb", "a\ufffeb", "a\uffffb"})
  void keepsCharactersThatGoCannotPassThroughItsOwnReader(String text) throws Exception {
    String yaml = GoYaml.write(Map.of("k", text));

    assertThat(yaml).matches("k: \"a\\\\[xNu][0-9A-F]*b\"\n");
    assertThat(read(yaml)).isEqualTo(Map.of("k", text));
  }

  @Test
  void writesKeysThatAreTooLongForGo() throws Exception {
    Map<String, Object> tree = Map.of("k".repeat(1100), 1L);

    assertThat(read(GoYaml.write(tree))).isEqualTo(tree);
  }

  @Test
  void replacesHalfASurrogatePairByTheReplacementCharacter() {
    assertThat(GoYaml.write(List.of("a\ud800b", "\ude00"))).isEqualTo("- a\ufffdb\n- \ufffd\n");
  }

  @Test
  void theSameKeysAlwaysComeInTheSameOrderEvenWhereGoHasNone() {
    // 21_b < 100.20 < 1éé < 21_b
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      keys.addAll(List.of("21_b" + i, "100.20" + i, "1éé" + i));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    keys.forEach(key -> tree.put(key, 1L));
    Map<String, Object> backwards = new LinkedHashMap<>();
    keys.reversed().forEach(key -> backwards.put(key, 1L));

    assertThat(GoYaml.write(tree)).hasLineCount(120).isEqualTo(GoYaml.write(backwards));
  }

  @Test
  void refusesWhatIsNoTree() {
    assertThatThrownBy(() -> GoYaml.write(Map.of("k", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GoYaml.write(List.of(new Object())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }

  private static Map<String, ?> read(String yaml) throws Exception {
    return Documents.read(Vectors.bytes(yaml), "test", ReadLimits.DEFAULT, DuplicateKeys.REJECTED)
        .getFirst()
        .tree();
  }
}
