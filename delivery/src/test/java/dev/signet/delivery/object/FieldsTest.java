package dev.signet.delivery.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Trees;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldsTest {

  private static Fields spec(String yaml) {
    return Fields.of(Trees.of(yaml), "spec");
  }

  /** Reads {@code x} by every typed reader, to see which of them refuse it. */
  private static void readAs(String type, Fields fields) throws MalformedObjectException {
    switch (type) {
      case "string" -> fields.requiredString("x");
      case "bool" -> fields.bool("x");
      case "object" -> fields.requiredObject("x");
      case "objects" -> fields.objects("x");
      case "list" -> fields.list("x");
      case "strings" -> fields.strings("x");
      case "stringMap" -> fields.stringMap("x");
      default -> throw new IllegalArgumentException(type);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          string    | x: 1            | spec.x must be a string, not a whole number
          string    | x: 1.5          | spec.x must be a string, not a number
          string    | x: true         | spec.x must be a string, not a boolean
          string    | x: [a]          | spec.x must be a string, not a list
          string    | x: {a: b}       | spec.x must be a string, not an object
          string    | y: a            | spec.x is required
          string    | x:              | spec.x is required
          bool      | x: 'true'       | spec.x must be true or false, not a string
          object    | x: a            | spec.x must be an object, not a string
          object    | y: a            | spec.x is required
          list      | x: {}           | spec.x must be a list, not an object
          objects   | x: [{}, a]      | spec.x[1] must be an object, not a string
          objects   | x: [null]       | spec.x[0] must be an object, not null
          strings   | x: [a, 1]       | spec.x[1] must be a string, not a whole number
          strings   | x: [a, null]    | spec.x[1] must be a string, not null
          stringMap | x: [a]          | spec.x must be an object, not a list
          stringMap | x: {k: 1}       | spec.x.k must be a string, not a whole number
          stringMap | x: {k: {a: b}}  | spec.x.k must be a string, not an object
          stringMap | x: {k: 99999999999999999999999} | spec.x.k must be a string, not a number
          """)
  void aFieldOfAnotherTypeIsRefusedWithItsPath(String type, String yaml, String message) {
    assertThatThrownBy(() -> readAs(type, spec(yaml)))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage(message);
  }

  @Test
  void fieldsOfTheirTypeAreRead() throws MalformedObjectException {
    Fields fields =
        spec(
            """
            text: a
            flag: false
            inner: {deep: {leaf: b}}
            many: [{id: one}, {id: two}]
            words: [a, b]
            labels: {b: '2', a: '1', none: null}
            """);
    assertThat(fields.string("text")).contains("a");
    assertThat(fields.bool("flag")).contains(false);
    Fields deep = fields.requiredObject("inner").requiredObject("deep");
    assertThat(deep.requiredString("leaf")).isEqualTo("b");
    assertThat(deep.path()).isEqualTo("spec.inner.deep");
    assertThat(fields.objects("many"))
        .extracting(Fields::path)
        .containsExactly("spec.many[0]", "spec.many[1]");
    assertThat(fields.strings("words")).containsExactly("a", "b");
    assertThat(fields.stringMap("labels"))
        .containsExactly(Map.entry("b", "2"), Map.entry("a", "1"), Map.entry("none", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"y: 1", "x:", "x: null", "x: ~"})
  void aNullFieldIsAbsent(String yaml) throws MalformedObjectException {
    Fields fields = spec(yaml);
    assertThat(fields.string("x")).isEmpty();
    assertThat(fields.bool("x")).isEmpty();
    assertThat(fields.object("x")).isEmpty();
    assertThat(fields.objects("x")).isEmpty();
    assertThat(fields.strings("x")).isEmpty();
    assertThat(fields.stringMap("x")).isEmpty();
    assertThat(fields.has("x")).isFalse();
    assertThat(fields.names()).doesNotContain("x");
  }

  @Test
  void whatNothingReadIsRefusedAtAnyDepth() throws MalformedObjectException {
    Fields fields =
        spec(
            """
            read: a
            ignored: b
            none: null
            inner: {read: a, ignored: b, deep: {ignored: c}}
            many: [{read: a}, {read: b, ignored: c}]
            whole: {anything: {goes: here}}
            """);
    fields.string("read");
    Fields inner = fields.requiredObject("inner");
    inner.string("read");
    inner.object("deep");
    for (Fields each : fields.objects("many")) {
      each.string("read");
    }
    fields.raw("whole");
    assertThat(fields.unread())
        .containsExactly(
            "spec.ignored",
            "spec.inner.ignored",
            "spec.inner.deep.ignored",
            "spec.many[1].ignored");
    assertThatThrownBy(fields::refuseUnread)
        .hasMessage(
            "this version does not understand spec.ignored, spec.inner.ignored,"
                + " spec.inner.deep.ignored, spec.many[1].ignored; nothing was delivered");
  }

  @Test
  void askingWhetherAFieldIsThereDoesNotReadIt() {
    Fields fields = spec("x: 1");
    assertThat(fields.has("x")).isTrue();
    assertThat(fields.unread()).containsExactly("spec.x");
  }

  @Test
  void aMapThatIsReadTwiceIsReadOnce() throws MalformedObjectException {
    Fields fields = spec("inner: {a: b}");
    fields.requiredObject("inner");
    fields.requiredObject("inner").string("a");
    assertThat(fields.unread()).isEmpty();
  }

  @Test
  void thePathOfAnObjectItselfIsEmpty() {
    assertThatThrownBy(() -> Fields.of(Map.of(), "").requiredString("kind"))
        .hasMessage("kind is required");
    assertThat(Fields.of(Map.of("a", List.of()), "").unread()).containsExactly("a");
  }
}
