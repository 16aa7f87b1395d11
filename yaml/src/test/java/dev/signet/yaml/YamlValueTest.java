package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlValueTest {

  private static @Nullable Object read(String text) throws MalformedDocumentException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return YamlValue.read(bytes, "t", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
  }

  @Test
  void theFirstDocumentIsTheValue() throws MalformedDocumentException {
    assertThat(read("a: 1\n---\nb: [")).isEqualTo(Map.of("a", 1L));
    assertThat(read("--- {a: 1}")).isEqualTo(Map.of("a", 1L));
    assertThat(read("---x: 1")).isEqualTo(Map.of("---x", 1L));
    assertThat(read("%YAML 1.1\n---\na: 1\n...\nb: 2")).isEqualTo(Map.of("a", 1L));
    assertThat(read("{\"a\": 1} x")).isEqualTo(Map.of("a", 1L));
    assertThat(read("\uFEFFa: 1")).isEqualTo(Map.of("a", 1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "# c", "~", "null\n---\na: 1", "---\n---\na: 1"})
  void anEmptyFirstDocumentIsNull(String text) throws MalformedDocumentException {
    assertThat(read(text)).isNull();
  }

  @Test
  void anyValueWillDo() throws MalformedDocumentException {
    assertThat(read("[1, x]")).isEqualTo(List.of(1L, "x"));
    assertThat(read("x")).isEqualTo("x");
    assertThat(read("yes")).isEqualTo(true);
  }

  @Test
  void aBlockScalarEndsAsItsTextDoes() throws MalformedDocumentException {
    assertThat(read("a: |\n  x")).isEqualTo(Map.of("a", "x"));
    assertThat(read("a: |\n  x\n")).isEqualTo(Map.of("a", "x\n"));
    assertThat(read("a: |+\n  x\n\n")).isEqualTo(Map.of("a", "x\n\n"));
    assertThat(read("- a: 1\n- b: >\n    x\n    y"))
        .isEqualTo(List.of(Map.of("a", 1L), Map.of("b", "x y")));
    assertThat(read("a: \"|\\n\"\nb: 'x>'")).isEqualTo(Map.of("a", "|\n", "b", "x>"));
    assertThat(read("a: |\n  x\n# c")).isEqualTo(Map.of("a", "x\n"));
  }

  @Test
  void whatIsWrongHasItsPlace() {
    assertThatThrownBy(() -> read("a: 1\nb: c: d"))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessage("t:2:5: mapping values are not allowed here");
    byte[] latin = {'a', ':', ' ', (byte) 0xE9};
    assertThatThrownBy(
            () -> YamlValue.read(latin, "t", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS))
        .isInstanceOfSatisfying(
            MalformedDocumentException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ENCODING));
    byte[] deep = new byte[1000];
    Arrays.fill(deep, (byte) '[');
    ReadLimits small = ReadLimits.DEFAULT.withBytes(999);
    assertThatThrownBy(() -> YamlValue.read(deep, "t", small, DuplicateKeys.LAST_WINS))
        .hasMessageContaining("more bytes");
    assertThatThrownBy(() -> YamlValue.read(deep, "t", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS))
        .hasMessageContaining("nested deeper");
  }
}
