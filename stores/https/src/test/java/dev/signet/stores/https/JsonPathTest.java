package dev.signet.stores.https;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.template.select.Json;
import dev.signet.template.select.SelectorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonPathTest {

  private static final String DOCUMENT =
      """
      {"a": {"b": "v", "c-d": 1, "e.f": true}, "n": null,
       "list": [{"name": "x", "n": 1}, {"name": "y", "n": 2}, {"name": "z"}],
       "deep": {"name": "w", "more": [{"name": "u"}]}}
      """;

  private static String get(String path) throws Exception {
    Json found = JsonPath.parse(path, "jsonPath").get(Json.parse(DOCUMENT.getBytes(UTF_8)));
    return new String(found.encode(), UTF_8).replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          $.a.b                                  | 'v'
          $['a']['b']                            | 'v'
          $["a"]["c-d"]                          | 1
          $.a.c-d                                | 1
          $.a['e.f']                             | true
          $.n                                    | null
          $.list[0].name                         | 'x'
          $.list[-1].name                        | 'z'
          $.list[*].name                         | ['x','y','z']
          $.list.*.name                          | ['x','y','z']
          $.list[0,2].name                       | ['x','z']
          $.list[1:].name                        | ['y','z']
          $.list[:2].name                        | ['x','y']
          $.list[::2].name                       | ['x','z']
          $.list[::-1].name                      | ['z','y','x']
          $.list[-2:].name                       | ['y','z']
          $.a['b','c-d']                         | ['v',1]
          $..name                                | ['w','u','x','y','z']
          $.deep..name                           | ['w','u']
          $.list[?(@.name == 'y')].n             | [2]
          $.list[?(@.name=="y")].n               | [2]
          $.list[?(@.n >= 1 && @.n < 2)].name    | ['x']
          $.list[?(!@.n)].name                   | ['z']
          $.list[?(@.n)].name                    | ['x','y']
          $.list[?(@.n != 1)].name               | ['y','z']
          $.list[?(@.name =~ '^[xy]$')].name     | ['x','y']
          $.list[?(@.name != $.a.b)].n           | [1,2]
          $.list[?(@.name == 'nobody')]          | []
          """)
  void aPathLeadsToWhatItNames(String path, String expected) throws Exception {
    assertThat(get(path)).isEqualTo(expected);
  }

  @Test
  void oneOfTwoConditionsIsEnough() throws Exception {
    assertThat(get("$.list[?(@.n > 1 || @.name == 'z')].name")).isEqualTo("['y','z']");
  }

  @ParameterizedTest
  @ValueSource(strings = {"$.x", "$.a.b.c", "$.list[3]", "$.list[-4]", "$.list.name", "$.a[0]"})
  void whereThereIsNothingThatIsSaidWithoutTheDocument(String path) {
    assertThatThrownBy(() -> get(path))
        .isInstanceOf(JsonPath.NothingThereException.class)
        .hasMessageStartingWith("there is no ")
        .hasMessageNotContaining("'v'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "$.",
        "$..",
        "$[",
        "$[]",
        "$['a",
        "$[?(]",
        "$[?(@.a]",
        "$[1:2:0]",
        "$.a b",
        "$[99999999999]",
        "$[?(@.a =~ '(')]",
        "$[1;2]"
      })
  void whatIsNoPathIsRefused(String path) {
    assertThatThrownBy(() -> get(path)).isInstanceOf(MalformedObjectException.class);
  }

  @FuzzTest(maxDuration = "10s")
  void anyPathEndsSoon(byte[] text) {
    String path = new String(text, UTF_8);
    try {
      Json found = JsonPath.parse(path, "jsonPath").get(Json.parse(DOCUMENT.getBytes(UTF_8)));
      assertThat(found).isNotNull();
    } catch (MalformedObjectException | JsonPath.NothingThereException refused) {
      assertThat(refused).hasMessageNotContaining("'v'");
    } catch (SelectorException e) {
      throw new AssertionError(e);
    }
  }
}
