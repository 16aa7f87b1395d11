package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.dialects.World;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What upstream's objects do not show: errors that would quote values, limits, bytes. */
class TemplateDataTest {

  private static final String VALUE = "s3cr3t";

  private final ItemErrors errors = new ItemErrors();

  private Map<String, String> render(Map<String, String> texts) {
    Map<String, Optional<String>> data = new TreeMap<>();
    texts.forEach((key, text) -> data.put(key, Optional.of(text)));
    try (Material opened = material(VALUE.getBytes(UTF_8));
        Material results = new TemplateData(data, World.SOURCES).render(opened, errors)) {
      Map<String, String> rendered = new TreeMap<>();
      results
          .items()
          .forEach((key, item) -> rendered.put(key, item.value().with(b -> new String(b, UTF_8))));
      return rendered;
    }
  }

  private static Material material(byte[] value) {
    Material opened = new Material();
    opened.put("pass", new Item(SecretBytes.copyOf(value), Origin.of("test", "pass")));
    return opened;
  }

  private String error(String text) {
    render(Map.of("x", text));
    return errors.isEmpty() ? "" : errors.toException().getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {{ fail .pass }}                            | template: x:1:3: executing "x" at <fail .pass>: error calling fail (x)
          {{ fail (printf "%s!" .pass) }}             | template: x:1:3: executing "x" at <fail (printf "%s!" .pass)>: error calling fail (x)
          {{ mustFromJson .pass }}                    | template: x:1:3: executing "x" at <mustFromJson .pass>: error calling mustFromJson (x)
          {{ mustRegexMatch .pass "a" }}{{ fail "b" }}| template: x:1:33: executing "x" at <fail "b">: error calling fail: b (x)
          {{ range $i, $c := len .pass }}{{ end }}    | template: x:1:23: executing "x" at <.pass>: can't use a number to iterate over more than one variable (x)
          {{ range .pass }}{{ end }}                  | template: x:1:9: executing "x" at <.pass>: range can't iterate over a value of type string (x)
          {{ index .pass 99 }}                        | template: x:1:3: executing "x" at <index .pass 99>: error calling index: index out of range: 99 (x)
          {{ if eq .pass "s3cr3t" }}{{ fail "it is" }}{{ end }} | template: x:1:29: executing "x" at <fail "it is">: error calling fail (x)
          {{ fail "set a user" }}                     | template: x:1:3: executing "x" at <fail "set a user">: error calling fail: set a user (x)
          {{ .pass.x }}                               | template: x:1:8: executing "x" at <.pass.x>: can't evaluate field x in type string (x)
          {{ atoi }}                                  | template: x:1:3: executing "x" at <atoi>: wrong number of args for atoi: want 1 got 0 (x)
          {{ include "a" }}                           | template: x:1: function "include" not defined (x)
          {{ getHostByName "a" }}                     | template: x:1: function "getHostByName" not defined (x)
          {{ expandenv "a" }}                         | template: x:1: function "expandenv" not defined (x)
          """)
  void errorsNameThePlaceAndNeverAValue(String text, String message) {
    assertThat(error(text)).isEqualTo(message);
  }

  @Test
  void bytesThatAreNotTextComeThrough() {
    byte[] binary = {(byte) 0xFF, 0, (byte) 0xC3, 'x'};
    try (Material opened = material(binary);
        Material results =
            new TemplateData(Map.of("x", Optional.of("{{ .pass }}")), World.SOURCES)
                .render(opened, errors)) {
      assertThat(results.get("x").orElseThrow().value().with(byte[]::clone)).isEqualTo(binary);
    }
  }

  @Test
  void timeAndZoneAreTheCallers() {
    assertThat(render(Map.of("x", "{{ now | date \"2006-01-02 15:04 MST\" }}")))
        .containsEntry("x", "2026-01-02 03:04 UTC");
  }

  @Test
  void aLimitIsNamed() {
    assertThat(error("{{ repeat 9000000 \"x\" }}"))
        .startsWith("template: x:1:")
        .contains("limit exceeded: output size (8388608 bytes) (x)");
  }

  @Test
  void manyTemplatesTogetherAreLimitedToo() {
    String big = "{{ repeat 3000000 .pass | trunc 5000000 }}";
    assertThat(render(Map.of("a", big, "b", big, "c", "{{ .pass }}"))).doesNotContainKey("c");
    assertThat(errors.toException())
        .hasMessage("limit exceeded: output of all templates (8388608 bytes) (b)")
        .extracting(UnsealException::reason)
        .isEqualTo(UnsealException.Reason.TEMPLATE);
  }

  @Test
  void withItemsThatDoNotOpenOnlyMalformedTemplatesAreNamed() {
    errors.add(UnsealException.Reason.NO_KEY, "no key could decrypt secret", "other");
    assertThat(render(Map.of("x", "{{ .", "y", "{{ fail \"y\" }}"))).isEmpty();
    assertThat(errors.toException())
        .hasMessageStartingWith("no key could decrypt secret (other)\ntemplate: x:1: ")
        .hasMessageEndingWith("(x)")
        .extracting(UnsealException::reason)
        .isEqualTo(UnsealException.Reason.UNREADABLE);
  }
}
