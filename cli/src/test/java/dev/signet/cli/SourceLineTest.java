package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceLineTest {

  /** Backslash-t and -r stand for a tab and a carriage return; columns are bytes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          ab {{ x }}|6|ab {{ x }}|      ^
          \\t{{ x }}|1|    {{ x }}|    ^
          \\t{{ x }}|4|    {{ x }}|       ^
          é {{ x }}|6|é {{ x }}|     ^
          密码 {{ x }}|7|密码 {{ x }}|     ^
          한{{ x }}|3|한{{ x }}|  ^
          🔑{{ x }}|4|🔑{{ x }}|  ^
          a\u0301{{ x }}|3|a\u0301{{ x }}| ^
          {{ x }}\\r|3|{{ x }}|   ^
          {{ \u001b[1m }}|3|{{ ·[1m }}|   ^
          {{ \u202e }}|3|{{ · }}|   ^
          end|99|end|   ^
          """)
  void theCaretStandsBelowThePlace(String text, int column, String line, String caret) {
    byte[] bytes =
        ("first\n" + text.replace("\\t", "\t").replace("\\r", "\r") + "\nlast").getBytes(UTF_8);
    assertThat(SourceLine.of(bytes, 2, column)).isEqualTo(line + "\n" + caret);
  }

  @Test
  void withoutAColumnThereIsNoCaret() {
    assertThat(SourceLine.of("a\n{{ b\n".getBytes(UTF_8), 2, -1)).isEqualTo("{{ b");
  }

  @Test
  void whatIsNotThereIsNotShown() {
    assertThat(SourceLine.of("a".getBytes(UTF_8), 9, 1)).isEmpty();
    assertThat(SourceLine.of(new byte[0], 1, 0)).isEmpty();
    assertThat(SourceLine.of("a\n\n".getBytes(UTF_8), 2, 0)).isEmpty();
  }

  @Test
  void bytesThatAreNotTextDoNotHurt() {
    byte[] bytes = {(byte) 0xFF, '{', '{', (byte) 0xC3, '}', '}'};
    assertThat(SourceLine.of(bytes, 1, 1)).isEqualTo("\uFFFD{{\uFFFD}}\n ^");
    assertThat(SourceLine.of(bytes, 1, 4)).startsWith("\uFFFD{{\uFFFD");
  }

  @ParameterizedTest
  @CsvSource({"0", "5", "150", "299", "300"})
  void longLinesAreCutAroundThePlace(int column) {
    String text = "0123456789".repeat(30) + "X";
    String[] shown = SourceLine.of(text.getBytes(UTF_8), 1, column).split("\n");
    assertThat(shown).hasSize(2);
    assertThat(shown[0].length()).isBetween(60, 72);
    assertThat(shown[0]).contains("…");
    assertThat(shown[0].charAt(shown[1].length() - 1)).isEqualTo(text.charAt(column));
  }

  @Test
  void longLinesOfWideCharactersAreCutToo() {
    String text = "密".repeat(200);
    String[] shown = SourceLine.of(text.getBytes(UTF_8), 1, 300).split("\n");
    assertThat(shown[0].length()).isLessThanOrEqualTo(37);
    assertThat(shown[1]).endsWith("^");
    assertThat(shown[1].length()).isLessThanOrEqualTo(72);
  }
}
