package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.testkit.Jsonl;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnvFileTest {

  static List<Jsonl.Row> texts() {
    return Jsonl.rows(EnvFileTest.class, "ksops/envs.jsonl");
  }

  @ParameterizedTest
  @MethodSource("texts")
  void eachIsReadAsTheLibraryOfKsopsReadsIt(Jsonl.Row row) throws Exception {
    String text = row.text("text");
    if (row.has("refused")) {
      assertThatThrownBy(() -> EnvFile.read(text)).isInstanceOf(EnvFile.MalformedException.class);
      return;
    }
    Map<String, @Nullable Object> expected = new TreeMap<>(row.row("values").fields());
    assertThat(EnvFile.read(text).toString()).isEqualTo(expected.toString());
  }
}
