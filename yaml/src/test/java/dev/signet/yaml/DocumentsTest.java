package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {

  @Test
  void readsEveryVectorAsGoDoesExceptWhereWeSayWhy() throws Exception {
    Map<String, String> deviations = new HashMap<>();
    for (var row : Vectors.rows("deviations.jsonl")) {
      deviations.put(Vectors.text(row, "input"), Vectors.expected(row));
    }
    var rows = Vectors.rows("read.jsonl");
    assertThat(rows).hasSizeGreaterThan(1800);
    int deviating = 0;
    for (var row : rows) {
      String input = Vectors.text(row, "input");
      String go = Vectors.expected(row);
      String expected = deviations.getOrDefault(input, go);
      deviating += expected.equals(go) ? 0 : 1;
      assertThat(Vectors.outcome(Base64.getDecoder().decode(input)))
          .as("%s", row.get("text"))
          .isEqualTo(expected);
    }
    assertThat(deviating).isEqualTo(deviations.size());
  }

  @Test
  void readsBackWhatItWrites() throws Exception {
    for (var row : Vectors.rows("write.jsonl")) {
      String yaml = Vectors.text(row, "yaml");
      // Go writes the key << without quotes, so that it reads back as a merge, and U+2028 raw.
      if (yaml.startsWith("{}")
          || yaml.contains("<<: ")
          || yaml.contains("<<:\n")
          || yaml.indexOf('\u2028') >= 0
          || yaml.indexOf('\u2029') >= 0
          || !(row.get("value") instanceof Map<?, ?> value)) {
        continue;
      }
      assertThat(Vectors.json(read(yaml).getFirst().tree())).isEqualTo(Vectors.json(value));
    }
  }

  @Test
  void keepsNumbersLossless() throws Exception {
    String numbers =
        "[1,-9223372036854775808,9223372036854775808,123456789012345678901234567890,1.0]";

    assertThat(read("{\"n\":" + numbers + "}").getFirst().tree().get("n"))
        .isEqualTo(
            List.of(
                1L,
                Long.MIN_VALUE,
                new BigInteger("9223372036854775808"),
                new BigInteger("123456789012345678901234567890"),
                1.0));
  }

  @Test
  void tellsWhereDocumentsStartAndHowTheyAreWritten() throws Exception {
    List<Document> documents =
        read("# head\n\na: 1\n---\n# nothing\n---\n\n  # more\nb: 2\n---\nc: 3\n");

    assertThat(documents).extracting(Document::line).containsExactly(3, 9, 11);
    assertThat(documents).extracting(Document::index).containsExactly(0, 1, 2);
    assertThat(documents).extracting(Document::syntax).containsOnly(Document.Syntax.YAML);
    assertThat(read("\n{\"a\":1}\n\n{\"b\":2}"))
        .extracting(Document::line, Document::syntax)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, Document.Syntax.JSON),
            org.assertj.core.groups.Tuple.tuple(4, Document.Syntax.JSON));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: b: c                    | f:1:5: mapping values are not allowed here",
        "a: 1\\n---\\nb: [1\\n---\\nc: 1 | f:4:1: did not find expected ',' or ']'",
        "a: 1\\n---\\n# c\\nb: *x      | f:4:4: unknown anchor referenced",
        "a: &x [*x]                 | f:1:8: an anchored value contains itself",
        "a: '                       | f:2:1: found unexpected end of stream",
        "a: .nan                    | f:1:4: a number must be finite",
        "a:\\n  ~: 1                 | f:2:3: a key must not be null",
        "a: !!int x                 | f:1:4: the value does not fit its tag",
        "a: !!binary x              | f:1:4: a !!binary value contains invalid base64 data",
        "a: \"\\\\ud800\"              | f:1:4: found an invalid unicode escape sequence",
        "<<: 1                      | f:1:5: a merge needs a mapping or a list of mappings",
        "a: 1\\n---\\n- b             | f:3: expected an object, found a list",
        "a: 1\\n--- b                | f:2:4: only a comment may follow the document separator ---",
        "{\"a\":1}{\"b\":2}{\"c\":x}     | f:1:20: unexpected word",
        "{\"a\":1,,\\n}                | f:1:8: unexpected character",
        "{\"a\":1                     | f:1:7: unexpected end of input",
        "{}{}{\"a\":1e999}            | f:1:10: a number is out of range",
        "{a: b: c}                  | f:1:6: did not find expected ',' or '}'",
      })
  void saysWhatIsWrongAndWhere(String input, String message) {
    assertThatThrownBy(() -> read(input.replace("\\n", "\n").replace("\\\\", "\\")))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessage(message)
        .hasNoCause();
  }

  @Test
  void readsOnBehindAMalformedDocument() throws Exception {
    assertThat(Vectors.outcome(Vectors.bytes("a: 1\n---\nb: c: d\n---\n- e\n---\nf: 2\n")))
        .isEqualTo("{\"a\":1}\nerror\nerror\n{\"f\":2}\n");

    DocumentReader reader = reader("x: [\n---\nf: 2\n", ReadLimits.DEFAULT);
    assertThatThrownBy(reader::next).isInstanceOf(MalformedDocumentException.class);
    assertThat(reader.next()).map(Document::index).isEqualTo(Optional.of(1));
    assertThat(reader.next()).isEmpty();
    assertThat(reader.next()).isEmpty();
  }

  @Test
  void handsOutADocumentBeforeItLooksAtTheNext() throws Exception {
    DocumentReader reader = reader("a: 1\n---\nb: [", ReadLimits.DEFAULT);

    assertThat(reader.next()).map(Document::tree).isEqualTo(Optional.of(Map.of("a", 1L)));
    assertThatThrownBy(reader::next).hasMessageStartingWith("f:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\na: 2",
        "a: {b: 1, b: 2}",
        "1: a\n'1': b",
        "x: &x {a: 1}\ny:\n  <<: *x\n  a: 2",
        "{\"a\":1,\"a\":2}",
        "{\"b\":{\"a\":1,\"\\u0061\":2}}"
      })
  void refusesDuplicateKeysWhereAskedTo(String input) throws Exception {
    assertThatThrownBy(
            () ->
                Documents.read(
                    Vectors.bytes(input), "f", ReadLimits.DEFAULT, DuplicateKeys.REJECTED))
        .isInstanceOfSatisfying(
            MalformedDocumentException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.DUPLICATE_KEY));
    assertThat(read(input)).hasSize(1);
  }

  @Test
  void giveEveryAliasACopyOfItsOwn() throws Exception {
    Map<String, ?> tree = read("a: &x {k: [1]}\nb: *x\n").getFirst().tree();

    assertThat(tree.get("b")).isEqualTo(tree.get("a")).isNotSameAs(tree.get("a"));
  }

  @Test
  void namesTheFirstByteThatIsNotUtf8() {
    byte[] yaml = "a: é\nb: \u00ff\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] json = "{\"a\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> read(yaml))
        .hasMessage("f:1: not utf-8 at byte 3: save the file as utf-8");
    assertThatThrownBy(() -> read(json))
        .hasMessage("f:1: not utf-8 at byte 6: save the file as utf-8");
    assertThatThrownBy(() -> read("{}{}{}\n{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessage("f:2: not utf-8 at byte 13: save the file as utf-8");
    assertThatThrownBy(() -> read("a: 1\n".getBytes(StandardCharsets.UTF_16)))
        .hasMessage("f: not utf-8 at byte 0: save the file as utf-8");
    assertThatThrownBy(() -> read(new byte[] {'#', (byte) 0xC0, (byte) 0x80, '\n'}))
        .hasMessage("f:1: not utf-8 at byte 1: save the file as utf-8");
  }

  @Test
  void readsAStreamOnlyUpToTheLimit() throws Exception {
    ReadLimits limits = ReadLimits.DEFAULT.withBytes(10);

    assertThat(Documents.readAll(new ByteArrayInputStream(new byte[10]), "f", limits)).hasSize(10);
    assertThatThrownBy(() -> Documents.readAll(new ByteArrayInputStream(new byte[11]), "f", limits))
        .hasMessage("f: more bytes than the limit of 10");
  }

  @Test
  void turnsNumbersAndBooleansIntoStringsAsGoDoesForYaml() {
    assertThat(Documents.coerced(5432L)).isEqualTo("5432");
    assertThat(Documents.coerced(true)).isEqualTo("true");
    assertThat(Documents.coerced(0.1)).isEqualTo("0.1");
    assertThat(Documents.coerced(3.141592653589793)).isEqualTo("3.1415927");
    assertThat(Documents.coerced(1e6)).isEqualTo("1e+06");
    assertThat(Documents.coerced(1e300)).isEqualTo("+Inf");
    assertThat(Documents.coerced("text")).isEqualTo("text");
    assertThat(Documents.coerced(null)).isNull();
    assertThat(Documents.coerced(List.of(1L))).isEqualTo(List.of(1L));
  }

  @Test
  void doesNotPrintWhatItHolds() throws Exception {
    assertThat(read("password: hunter2").getFirst().toString())
        .isEqualTo("Document[index=0, line=1]");
  }

  private static DocumentReader reader(String input, ReadLimits limits) {
    return Documents.reader(Vectors.bytes(input), "f", limits, DuplicateKeys.LAST_WINS);
  }

  private static List<Document> read(String input) throws MalformedDocumentException {
    return read(Vectors.bytes(input));
  }

  private static List<Document> read(byte[] input) throws MalformedDocumentException {
    return new ArrayList<>(Documents.read(input, "f", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS));
  }
}
