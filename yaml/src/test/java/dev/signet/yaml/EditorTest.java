package dev.signet.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EditorTest {

  /** A text, the path of the value to set, the value, and the text that is to come out. */
  record Row(String what, String before, TreePath path, @Nullable Object value, String after) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final TreePath A = TreePath.of("a");
  private static final TreePath AB = TreePath.of("a", "b");

  static List<Row> replaced() {
    return List.of(
        new Row("plain", "a: old # why\nb: 1\n", A, "new", "a: new # why\nb: 1\n"),
        new Row("single", "a: 'old' # why\n", A, "it's", "a: 'it''s' # why\n"),
        new Row("double", "a: \"o\\tld\"\n", A, "n\"\n", "a: \"n\\\"\\n\"\n"),
        new Row("plain to a number's text", "a: old\n", A, "12", "a: \"12\"\n"),
        new Row("number", "a: 1\n", A, 2L, "a: 2\n"),
        new Row("plain over lines", "a: one\n  two\n  three\nb: 1\n", A, "x", "a: x\nb: 1\n"),
        new Row("quoted over lines", "a: 'one\n  two'\nb: 1\n", A, "x", "a: 'x'\nb: 1\n"),
        new Row("nothing there", "a:\nb: 1\n", A, "x", "a: x\nb: 1\n"),
        new Row("nothing but a comment", "a: # soon\nb: 1\n", A, "x", "a: x # soon\nb: 1\n"),
        new Row("literal", "a: |\n    o\n    p\n\nb: 1\n", A, "n\n", "a: |\n    n\n\nb: 1\n"),
        new Row(
            "literal, less breaks",
            "a: |  # c\n  o\n#\nb: 1\n",
            A,
            "n",
            "a: |-  # c\n  n\n#\nb: 1\n"),
        new Row("literal of two lines", "a: |-\n  o\n", A, "n\nm", "a: |-\n  n\n  m\n"),
        new Row("literal kept", "a: |+\n  o\n\nb: 1\n", A, "n\n\n", "a: |+\n  n\n\nb: 1\n"),
        new Row("literal kept, one break", "a: |+\n  o\n\nb: 1\n", A, "n\n", "a: |+\n  n\nb: 1\n"),
        new Row(
            "literal that cannot hold it",
            "a: |\n  o\n  p\nb: 1\n",
            A,
            " \u0007",
            "a: \" \\x07\"\nb: 1\n"),
        new Row(
            "literal, a comment, cannot", "a: | # c\n  o\nb: 1\n", A, "", "a: \"\" # c\nb: 1\n"),
        new Row("literal kept that cannot", "a: |+\n  o\n\nb: 1\n", A, " x", "a: \" x\"\nb: 1\n"),
        new Row("folded", "a: >-\n  AgA\n  BcD\nb: 1\n", A, "Xyz", "a: >-\n  Xyz\nb: 1\n"),
        new Row("folded to lines", "a: >\n  AgA\nb: 1\n", A, "X\nY\n", "a: |\n  X\n  Y\nb: 1\n"),
        new Row("explicit indentation", "a: |2-\n   o\nb: 1\n", A, "n", "a: \"n\"\nb: 1\n"),
        new Row("at the end without a break", "a: old", A, "new", "a: new"),
        new Row("literal at the end", "a: |\n  o", A, "n\n", "a: |\n  n"),
        new Row(
            "crlf",
            "a: old\r\nb: |\r\n  x\r\n",
            TreePath.of("b"),
            "y\nz\n",
            "a: old\r\nb: |\r\n  y\r\n  z\r\n"),
        new Row("byte order mark", "\uFEFFa: old\n", A, "new", "\uFEFFa: new\n"),
        new Row("text before it", "ä: 日本😀\na: 'x' # ü\n", A, "é", "ä: 日本😀\na: 'é' # ü\n"),
        new Row("anchor", "a: &x old\nb: 1\n", A, "new", "a: &x new\nb: 1\n"),
        new Row("tag", "a: !!str old\n", A, "new", "a: !!str new\n"),
        new Row(
            "anchor, tag and comment",
            "a: &x !!str # c\n  old\n",
            A,
            "new",
            "a: &x !!str # c\n  new\n"),
        new Row("alias", "b: &x 1\na: *x\n", A, "new", "b: &x 1\na: new\n"),
        new Row(
            "flow",
            "m: {a: old, b: [1]} # c\n",
            TreePath.of("m", "a"),
            "n, m",
            "m: {a: \"n, m\", b: [1]} # c\n"),
        new Row(
            "flow over lines",
            "m: {\n  a: 'old' # c\n  , b: 1}\n",
            TreePath.of("m", "a"),
            "n",
            "m: {\n  a: 'n' # c\n  , b: 1}\n"),
        new Row(
            "list item",
            "l:\n- a\n- 'b' # c\n",
            TreePath.of("l").item(1),
            "x",
            "l:\n- a\n- 'x' # c\n"),
        new Row(
            "in a list",
            "l:\n- a: 1\n  b: 2\n- a: 3\n",
            TreePath.of("l").item(1).key("a"),
            4L,
            "l:\n- a: 1\n  b: 2\n- a: 4\n"),
        new Row("quoted key", "\"a\" : old\n", A, "new", "\"a\" : new\n"),
        new Row("complex key", "? a\n: old\n", A, "new", "? a\n: new\n"),
        new Row("number as key", "1: old\n", TreePath.of("1"), "new", "1: new\n"),
        new Row("tab before a comment", "a: old\t# c\n", A, "new", "a: new\t# c\n"),
        new Row(
            "json compact",
            "{\"a\":\"old\",\"b\":[1,2]}",
            A,
            "n<",
            "{\"a\":\"n\\u003c\",\"b\":[1,2]}"),
        new Row(
            "json pretty",
            "{\n\t\"a\" : \"o\\\"\\u0041\",\n\t\"b\" : 1\n}\n",
            A,
            "n",
            "{\n\t\"a\" : \"n\",\n\t\"b\" : 1\n}\n"),
        new Row("json key with escapes", "{\"\\u0061\": 1}", A, 2L, "{\"\\u0061\": 2}"),
        new Row("end of the document", "a: old\n...\n", A, "new", "a: new\n...\n"),
        new Row("scalar for a mapping", "a:\n  b: 1\nc: 2\n", A, "x", "a:\n  x\nc: 2\n"),
        new Row(
            "mapping for a scalar",
            "a: old # c\nb: 1\n",
            A,
            Map.of("x", "z"),
            "a: # c\n  x: z\nb: 1\n"),
        new Row("mapping for nothing", "a:\nb: 1\n", A, Map.of("x", "z"), "a:\n  x: z\nb: 1\n"),
        new Row(
            "mapping for an empty one", "a: {}\nb: 1\n", A, Map.of("x", "z"), "a:\n  x: z\nb: 1\n"),
        new Row(
            "mapping for a mapping",
            "a:\n   b: 1\n   c: |+\n    x\n\nd: 1\n",
            A,
            Map.of("x", "z"),
            "a:\n   x: z\nd: 1\n"),
        new Row(
            "mapping for a literal",
            "a: |\n  x\n\nd: 1\n",
            A,
            Map.of("x", "z"),
            "a:\n  x: z\n\nd: 1\n"),
        new Row("mapping at the end", "a: x", A, Map.of("x", "z"), "a:\n  x: z"),
        new Row("list for a scalar", "a: x\n", A, List.of("p", "q"), "a:\n  - p\n  - q\n"),
        new Row("empty for a scalar", "a: x\n", A, Map.of(), "a: {}\n"),
        new Row(
            "mapping in flow",
            "{a: 1, b: 2}\n",
            A,
            Map.of("x", "z"),
            "{a: {\"x\": \"z\"}, b: 2}\n"),
        new Row("below nothing", "a: ~ # c\nb: 1\n", AB, "x", "a: # c\n  b: x\nb: 1\n"));
  }

  static List<Row> added() {
    return List.of(
        new Row(
            "block",
            "a:\n    x: 1 # c\n# d\nb: 1\n",
            AB,
            "v",
            "a:\n    x: 1 # c\n    b: v\n# d\nb: 1\n"),
        new Row("root", "x: 1\n", A, "v", "x: 1\na: v\n"),
        new Row("root without a break", "x: 1", A, "v", "x: 1\na: v"),
        new Row("crlf", "x: 1\r\n", A, "v", "x: 1\r\na: v\r\n"),
        new Row("behind a literal", "x: |\n  t\n\n\ny: 1\n", A, "v", "x: |\n  t\n\n\ny: 1\na: v\n"),
        new Row(
            "behind a literal at the end",
            "a:\n  x: |\n    t\n\nc: 1\n",
            AB,
            "v",
            "a:\n  x: |\n    t\n  b: v\n\nc: 1\n"),
        new Row(
            "behind a kept literal",
            "a:\n  x: |+\n    t\n\nc: 1\n",
            AB,
            "v",
            "a:\n  x: |+\n    t\n\n  b: v\nc: 1\n"),
        new Row(
            "behind what is nested",
            "a:\n  x:\n    y:\n    - z\nc: 1\n",
            AB,
            "v",
            "a:\n  x:\n    y:\n    - z\n  b: v\nc: 1\n"),
        new Row(
            "missing parents",
            "x: 1\n",
            TreePath.of("a", "b", "c"),
            "v",
            "x: 1\na:\n  b:\n    c: v\n"),
        new Row("before the end", "x: 1\n...\n", A, "v", "x: 1\na: v\n...\n"),
        new Row("a key that needs quotes", "x: 1\n", TreePath.of("1"), "v", "x: 1\n\"1\": v\n"),
        new Row(
            "text of lines",
            "x:\n  y: 1\n",
            TreePath.of("x", "a"),
            "v\nm\n",
            "x:\n  y: 1\n  a: |\n    v\n    m\n"),
        new Row(
            "in a list",
            "l:\n- x: 1\n- y: 1\n",
            TreePath.of("l").item(0).key("a"),
            "v",
            "l:\n- x: 1\n  a: v\n- y: 1\n"),
        new Row("flow", "{x: 1, y: 2}\n", A, "v", "{x: 1, y: 2, a: \"v\"}\n"),
        new Row("flow with a comma at the end", "{x: 1,}\n", A, "v", "{x: 1, a: \"v\",}\n"),
        new Row(
            "flow over lines",
            "{\n  x: 1,\n  y: 2\n}\n",
            A,
            "v",
            "{\n  x: 1,\n  y: 2,\n  a: \"v\"\n}\n"),
        new Row("empty flow", "x: {}\n", TreePath.of("x", "a"), "v", "x: {\"a\": \"v\"}\n"),
        new Row("json compact", "{\"x\":1}", A, "v", "{\"x\":1,\"a\":\"v\"}"),
        new Row("json pretty", "{\n  \"x\": 1\n}\n", A, "v", "{\n  \"x\": 1,\n  \"a\": \"v\"\n}\n"),
        new Row(
            "json pretty, nested",
            "{\n  \"x\": {\n    \"y\": 1\n  }\n}\n",
            TreePath.of("x", "a"),
            "v",
            "{\n  \"x\": {\n    \"y\": 1,\n    \"a\": \"v\"\n  }\n}\n"),
        new Row(
            "json pretty, empty",
            "{\n  \"x\": {}\n}\n",
            TreePath.of("x", "a"),
            "v",
            "{\n  \"x\": {\n    \"a\": \"v\"\n  }\n}\n"),
        new Row(
            "over a merge",
            "b: &b {a: 1}\nc:\n  <<: *b\n",
            TreePath.of("c", "a"),
            2L,
            "b: &b {a: 1}\nc:\n  <<: *b\n  a: 2\n"));
  }

  /** The value says nothing here. */
  static List<Row> removed() {
    return List.of(
        new Row("block", "a: 1 # c\n# d\nb: 2\n", A, null, "# d\nb: 2\n"),
        new Row("last", "b: 2\na: 1\n", A, null, "b: 2\n"),
        new Row("last without a break", "b: 2\na: 1", A, null, "b: 2"),
        new Row("with its lines", "a:\n  x: |\n    t\n  y: 1\nb: 2\n", A, null, "b: 2\n"),
        new Row(
            "only one",
            "x:\n  # c\n  a: 1\ny: 1\n",
            TreePath.of("x", "a"),
            null,
            "x:\n  # c\n  {}\ny: 1\n"),
        new Row("behind a dash", "- ", A, null, "- "),
        new Row("flow first", "{a: 1, b: 2}\n", A, null, "{b: 2}\n"),
        new Row("flow last", "{b: 2, a: 1}\n", A, null, "{b: 2}\n"),
        new Row("flow only", "{ a: 1 }\n", A, null, "{  }\n"),
        new Row("flow in between", "{x: 1, a: 1, b: 2}\n", A, null, "{x: 1, b: 2}\n"),
        new Row("json", "{\n  \"x\": 1,\n  \"a\": {}\n}", A, null, "{\n  \"x\": 1\n}"),
        new Row("missing", "b: 1\n", A, null, "b: 1\n"));
  }

  @ParameterizedTest
  @MethodSource({"replaced", "added"})
  void settingChangesNothingElse(Row row) throws Exception {
    Editor editor = editor(row.before);
    editor.set(0, row.path, row.value);
    assertThat(text(editor)).isEqualTo(row.after);
  }

  @ParameterizedTest
  @MethodSource("removed")
  void removingTakesTheLinesAlong(Row row) throws Exception {
    if (row.before.equals("- ")) {
      String list = "l:\n- a: 1\n  b: 2\n  c: 3\n";
      Editor editor = editor(list);
      editor.remove(0, TreePath.of("l").item(0).key("a"));
      editor.remove(0, TreePath.of("l").item(0).key("b"));
      assertThat(text(editor)).isEqualTo("l:\n- c: 3\n");
      return;
    }
    Editor editor = editor(row.before);
    editor.remove(0, row.path);
    assertThat(text(editor)).isEqualTo(row.after);
  }

  @Test
  void severalChangesAreMadeAtOnceInSeveralDocuments() throws Exception {
    String before =
        """
        # first
        ---
        kind: A
        data: # all of it
          x: AgAAA   # one
          s: "AgBBB"
          # between
          z: |
            AgCC
            CC
        ---
        # second
        {"kind": "B", "data": {"x": "AgA"}}
        --- # third
        kind: C
        """;
    Editor editor = editor(before);
    editor.set(0, TreePath.of("data", "x"), "new-x");
    editor.set(0, TreePath.of("data", "s"), "new-y");
    editor.remove(0, TreePath.of("data", "z"));
    editor.set(0, TreePath.of("data", "w"), "new-w");
    editor.set(0, TreePath.of("more", "p"), "1");
    editor.set(0, TreePath.of("more", "q"), "2");
    editor.set(1, TreePath.of("data", "x"), "new");
    editor.set(2, TreePath.of("kind"), "D");
    assertThat(text(editor))
        .isEqualTo(
            """
            # first
            ---
            kind: A
            data: # all of it
              x: new-x   # one
              s: "new-y"
              w: new-w
              # between
            more:
              p: "1"
              q: "2"
            ---
            # second
            {"kind": "B", "data": {"x": "new"}}
            --- # third
            kind: D
            """);
  }

  @Test
  void aWholeMappingIsReplacedEntryByEntry() throws Exception {
    Editor editor = editor("d:\n  a: 1\n  b: 2\ne: 1\n");
    editor.remove(0, AB);
    editor.remove(0, TreePath.of("d", "a"));
    editor.remove(0, TreePath.of("d", "b"));
    editor.set(0, TreePath.of("d", "c"), "3");
    assertThat(text(editor)).isEqualTo("d:\n  c: \"3\"\ne: 1\n");
  }

  @Test
  void bothPlacesOfAnAnchoredValueCanBeChanged() throws Exception {
    Editor editor = editor("a: &x old\nb: *x\n");
    editor.set(0, A, "one");
    editor.set(0, TreePath.of("b"), "two");
    assertThat(text(editor)).isEqualTo("a: &x one\nb: two\n");
  }

  /** A text, what is set there, and a piece of the refusal. */
  static List<Row> refused() {
    return List.of(
        new Row(
            "anchored elsewhere", "a: &x old\nb: *x\n", A, "new", "f:1: the change would reach"),
        new Row(
            "behind an alias",
            "x: &x\n  b: 1\na: *x\n",
            AB,
            2L,
            "f:3:1: cannot change a.b: it is repeated"),
        new Row(
            "twice", "a: 1\na: 2\n", A, 3L, "f:2:1: cannot change a: its key stands there twice"),
        new Row(
            "a scalar on the way", "a: 1\n", AB, 2L, "f:1:1: cannot change a.b: there is neither"),
        new Row(
            "no such item",
            "a: [1]\n",
            A.item(1),
            2L,
            "f:1:1: cannot change a[1]: there is neither"),
        new Row(
            "merged over", "b: &b {a: 1}\na: 0\n<<: *b\n", A, 2L, "f:1: the change would reach"),
        new Row(
            "what no tree of Go's holds", "a: !!binary aGk=\n", A, "new", "f:1: the change would"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatWouldReachFurtherIsRefused(Row row) throws Exception {
    Editor editor = editor(row.before);
    assertThatExceptionOfType(EditException.class)
        .isThrownBy(
            () -> {
              editor.set(0, row.path, row.value);
              editor.bytes();
            })
        .withMessageStartingWith(row.after);
  }

  @Test
  void placesCountCharactersAndLines() throws Exception {
    Editor editor = editor("\uFEFFä: {日本: x, b: \"y\"}\r\nl:\n- q: |\n    t\n");
    Outline outline = editor.outline(0);
    assertThat(outline.value(TreePath.of("ä", "b")).orElseThrow())
        .extracting(Place::line, Place::column, Place::endColumn)
        .containsExactly(1, 15, 18);
    assertThat(outline.nearest(TreePath.of("ä", "b")).column()).isEqualTo(12);
    assertThat(outline.nearest(TreePath.of("l").item(0).key("q")))
        .extracting(Place::line, Place::column)
        .containsExactly(3, 3);
    assertThat(outline.nearest(TreePath.of("l").item(0).key("zz").key("q")).line()).isEqualTo(3);
    assertThat(outline.value(TreePath.of("nothing"))).isEmpty();
    assertThat(TreePath.of("a", "tls.key").item(2)).hasToString("a[\"tls.key\"][2]");
  }

  @Test
  void aFileWithATemplateInItIsRefusedWhole() {
    assertThatExceptionOfType(MalformedDocumentException.class)
        .isThrownBy(() -> editor("a: 1\n---\n{{ if .x }}\nb: {{ .y }}\n{{ end }}\n"));
  }

  private static Editor editor(String text) throws Exception {
    return Editor.of(Vectors.bytes(text), "f", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
  }

  private static String text(Editor editor) throws EditException {
    return new String(editor.bytes(), StandardCharsets.UTF_8);
  }
}
