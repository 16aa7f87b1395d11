package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.yaml.GoJson.Keys;
import dev.signet.yaml.GoJson.Layout;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoJsonTest {

  @Test
  void writesEveryVectorAsGoDoes() throws Exception {
    int compared = 0;
    for (var row : Vectors.rows("write.jsonl")) {
      if (row.containsKey("compact")) {
        Object value = row.get("value");
        assertThat(GoJson.write(value, Layout.COMPACT, Keys.SORTED)).isEqualTo(row.get("compact"));
        assertThat(GoJson.write(value, Layout.INDENTED, Keys.SORTED)).isEqualTo(row.get("indent"));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(800);
  }

  @Test
  void keepsTheOrderOfKeysUnlessAskedToSort() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("b", 1L);
    tree.put("\ud83d\ude00", 2L);
    tree.put("\uffee", 3L);
    tree.put("a", 4L);

    assertThat(GoJson.write(tree, Layout.COMPACT, Keys.AS_GIVEN))
        .isEqualTo("{\"b\":1,\"\ud83d\ude00\":2,\"\uffee\":3,\"a\":4}");
    assertThat(GoJson.write(tree, Layout.COMPACT, Keys.SORTED))
        .isEqualTo("{\"a\":4,\"b\":1,\"\uffee\":3,\"\ud83d\ude00\":2}");
  }

  @Test
  void writesTheEscapeOfTheReplacementCharacterForHalfASurrogatePair() {
    assertThat(GoJson.write("a\ud800b\udc00", Layout.COMPACT, Keys.AS_GIVEN))
        .isEqualTo("\"a\\" + "ufffdb\\" + "ufffd\"");
  }

  @Test
  void streamsTextsThatAreLargerThanItsBuffer() throws Exception {
    String text = "é<\n日\ud83d\ude00".repeat(20_000);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    GoJson.write(List.of(text), Layout.COMPACT, Keys.AS_GIVEN, out);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("[\"" + "é\\u003c\\n日\ud83d\ude00".repeat(20_000) + "\"]");
  }

  @Test
  void refusesWhatIsNoTree() {
    assertThatThrownBy(() -> GoJson.write(Double.POSITIVE_INFINITY, Layout.COMPACT, Keys.AS_GIVEN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> GoJson.write(List.of('c'), Layout.COMPACT, Keys.AS_GIVEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Character");
  }
}
