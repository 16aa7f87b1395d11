package dev.signet.sops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FormatTest {

  private static String rewritten(Format.Kind kind, String text) throws SopsException {
    Format format = Format.of(kind, Format.Layout.USUAL);
    return new String(format.write(format.read(text.getBytes(UTF_8))), UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Format.Kind.class)
  void anExampleIsWrittenAsItIs(Format.Kind kind) throws SopsException {
    String example = new String(Format.of(kind, Format.Layout.USUAL).example(), UTF_8);
    assertThat(rewritten(kind, example)).isEqualTo(example);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {a: 1, b: [x, {c: d}]}   | a: 1¶b:¶    - x¶    - c: d¶
          a: &x {b: 1}¶c: *x       | a:¶    b: 1¶c:¶    b: 1¶
          ---¶a: b¶---¶---¶c: d    | a: b¶---¶{}¶---¶c: d¶
          a: 1 # x¶¶# y¶¶b: 2      | a: 1 # x¶# y¶b: 2¶
          a:¶  b: 1¶# foot¶        | a:¶    b: 1¶# foot¶
          a:¶- 1¶# h¶- 2           | a:¶    - 1¶    # h¶    - 2¶
          'a: "x\\ny"'             | 'a: |-¶    x¶    y¶'
          a: 0777                  | a: 511¶
          a: 08                    | a: 8¶
          a: 2024-01-01            | a: 2024-01-01T00:00:00Z¶
          """)
  void yamlIsLaidOutAnew(String text, String expected) throws SopsException {
    assertThat(rewritten(Format.Kind.YAML, text.replace('¶', '\n')))
        .isEqualTo(expected.replace('¶', '\n'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          YAML   | [1]                     | yaml: line 1: cannot unmarshal !!seq into map[string]interface {}
          YAML   | a: 1¶a: 2               | yaml: line 2: mapping key "a" already defined at line 1
          YAML   | a: {b: 1, b: 2}         | yaml: line 1: mapping key "b" already defined at line 1
          YAML   | a: *nowhere             | yaml: line 1: unknown anchor referenced
          YAML   | a: &x [*x]              | yaml: line 1: an anchored value contains itself
          YAML   | '# only a comment'      | EOF
          JSON   | [1]                     | top-level object
          JSON   | '{"a":'                 | invalid JSON
          JSON   | '{"a": 1e999}'          | a number is out of range
          DOTENV | novalue                 | invalid dotenv input line: line 1 has no =
          INI    | novalue                 | line 1: key-value delimiter not found
          INI    | [open                   | line 1: unclosed section
          """)
  void refusesWithAReasonThatQuotesNoValue(Format.Kind kind, String text, String reason) {
    assertThatThrownBy(() -> rewritten(kind, text.replace('¶', '\n')))
        .isInstanceOf(SopsException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aliasesThatExpandWithoutEndAreRefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      bomb.append(
          "a"
              + i
              + ": &a"
              + i
              + " ["
              + String.join(", ", java.util.Collections.nCopies(10, alias))
              + "]\n");
    }
    assertThatThrownBy(() -> rewritten(Format.Kind.YAML, bomb.toString()))
        .hasMessageContaining("excessive aliasing");
  }

  @Test
  void nestingHasALimit() {
    assertThatThrownBy(() -> rewritten(Format.Kind.YAML, "a: " + "[".repeat(5_000)))
        .isInstanceOf(SopsException.class);
    assertThatThrownBy(() -> rewritten(Format.Kind.JSON, "{\"a\": " + "[".repeat(5_000)))
        .isInstanceOf(SopsException.class);
  }

  @Test
  void iniKeepsCommentsQuotesAndContinuedLines() throws SopsException {
    assertThat(
            rewritten(
                Format.Kind.INI,
                """
                ; global
                g = 1
                [a]
                # key
                one = "two words" ; inline
                long = first \\
                  second
                `x=y` = " outer "
                many = \"\"\"l1
                l2\"\"\"
                """))
        .isEqualTo(
            """
            ; global
            g = 1

            [a]
            ; key
            ; inline
            one   = two words
            long  = first second
            `x=y` = " outer "
            many  = \"\"\"l1
            l2\"\"\"
            """);
  }
}
