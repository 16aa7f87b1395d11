package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.testkit.Jsonl;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PemTest {

  static List<Jsonl.Row> vectors() {
    return Jsonl.rows(PemTest.class, "/sealed/pem.jsonl");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void findsTheBlocksThatGoFinds(Jsonl.Row row) throws MalformedKeyException {
    List<String> expected =
        row.rows("blocks").stream()
            .map(block -> block.text("type") + block.flag("headers") + block.text("hex"))
            .toList();

    List<Pem.Block> blocks = Pem.blocks(row.base64("textB64"));

    assertThat(blocks)
        .as(row.text("kind"))
        .extracting(b -> b.type() + b.hasHeaders() + HexFormat.of().formatHex(b.bytes()))
        .isEqualTo(expected);
  }

  @Test
  void writesLinesOfSixtyFourCharacters() {
    assertThat(new String(Pem.encode("A", new byte[49]), UTF_8))
        .isEqualTo("-----BEGIN A-----\n" + "A".repeat(64) + "\nAA==\n-----END A-----\n");
    assertThat(new String(Pem.encode("A", new byte[48]), UTF_8))
        .isEqualTo("-----BEGIN A-----\n" + "A".repeat(64) + "\n-----END A-----\n");
    assertThat(new String(Pem.encode("A", new byte[0]), UTF_8))
        .isEqualTo("-----BEGIN A-----\n-----END A-----\n");
  }

  @Property(tries = 200)
  void readsWhatItWrites(@ForAll byte[] bytes) throws MalformedKeyException {
    assertThat(Pem.blocks(Pem.encode("A B", bytes)))
        .singleElement()
        .satisfies(
            block -> {
              assertThat(block.type()).isEqualTo("A B");
              assertThat(block.bytes()).isEqualTo(bytes);
            });
  }

  @Test
  void textBeyondTheLimitIsRefused() throws MalformedKeyException {
    assertThat(Pem.blocks(new byte[Pem.MAX_TEXT])).isEmpty();
    assertThatThrownBy(() -> Pem.blocks(new byte[Pem.MAX_TEXT + 1]))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessage("pem data is longer than 1048576 bytes");
  }

  @FuzzTest
  void anyTextIsReadAsBlocksThatReadBack(byte[] text) throws MalformedKeyException {
    for (Pem.Block block : Pem.blocks(text)) {
      assertThat(block.bytes().length).isLessThanOrEqualTo(text.length);
      assertThat(Pem.blocks(Pem.encode("A", block.bytes()))).hasSize(1);
    }
  }
}
