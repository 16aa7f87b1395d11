package dev.signet.delivery.store;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonFieldsTest {

  private static Map<String, String> fields(byte[] json) throws JsonFields.NotAnObjectException {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonFields.of(json)
        .forEach((name, value) -> texts.put(name, value.with(bytes -> new String(bytes, UTF_8))));
    return texts;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"k":"text"}                          | text
          {"k":""}                              | ~~
          {"k":null}                            | ~~
          {"k":true}                            | true
          {"k":false }                          | false
          {"k":0}                               | 0
          {"k": -12 }                           | -12
          {"k":1.50}                            | 1.50
          {"k":1e400}                           | 1e400
          {"k":123456789012345678901234567890}  | 123456789012345678901234567890
          {"k" : [1, 2,{"a" : "b"} ] }          | [1, 2,{"a" : "b"} ]
          {"k":{ "a":[ ] , "b":"\\u00fc"}}      | { "a":[ ] , "b":"\\u00fc"}
          {"k":"a\\"b\\\\c\\/d"}                | a"b\\c/d
          {"k":"\\u00fc\\u20ac"}                | ü€
          {"k":"\\ud83d\\ude00"}                | 😀
          {"k":"ü€😀"}                          | ü€😀
          {"k":"\\ud800x"}                      | \ufffdx
          {"k":"first","k":"last"}              | last
          {"k":{"a":1},"k":2}                   | 2
          {"before":{"k":9},"k":[],"after":"k"} | []
          """)
  void aFieldIsItsTextOrTheJsonItWasWrittenAs(String json, String value) throws Exception {
    assertThat(fields(json.getBytes(UTF_8))).containsEntry("k", value);
  }

  @Test
  void fieldsKeepTheirOrderAndTheirNames() throws Exception {
    assertThat(fields("{\"b\":1,\"\":2,\"ü\\n\":3}".getBytes(UTF_8)))
        .containsExactly(Map.entry("b", "1"), Map.entry("", "2"), Map.entry("ü\n", "3"));
    assertThat(fields(" \n{ } ".getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "[{}]",
        "\"text\"",
        "1",
        "true",
        "{",
        "{\"k\"",
        "{\"k\":",
        "{\"k\":1",
        "{\"k\":1,}",
        "{k:1}",
        "{'k':1}",
        "{} {}",
        "{}x",
        "{\"k\":01}",
        "{\"k\":NaN}",
        "{\"k\":\"\n\"}",
        "{\"k\":[1}",
        "{\"k\":{\"a\":}}",
        "{\"k\":\"\\x\"}",
        "{\"k\":tru}",
        "\ufeff{}",
        "{\"k\":1 2}",
        "{\"k\":\u0000}",
        "{/* */}",
        "{\"\\ud800\":1}"
      })
  void anythingElseIsNoObject(String text) {
    assertThatThrownBy(() -> JsonFields.of(text.getBytes(UTF_8)))
        .isInstanceOf(JsonFields.NotAnObjectException.class)
        .hasMessage("the value is not a JSON object")
        .hasNoCause();
  }

  @Test
  void otherEncodingsAreNoJson() {
    for (byte[] json :
        List.of("{\"k\":[1]}".getBytes(UTF_16LE), "{\"k\":[1]}".getBytes(UTF_16BE))) {
      assertThatThrownBy(() -> JsonFields.of(json))
          .isInstanceOf(JsonFields.NotAnObjectException.class);
    }
  }

  @Test
  void depthAndSizeAreErrorsAndNoCrash() {
    for (String json :
        List.of(
            "{\"k\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
            "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
            "{\"k\":" + "9".repeat(100_000) + "}",
            "{\"" + "k".repeat(100_000) + "\":1}")) {
      assertThatThrownBy(() -> JsonFields.of(json.getBytes(UTF_8)))
          .isInstanceOf(JsonFields.NotAnObjectException.class);
    }
  }

  @FuzzTest
  void anyBytesAreFieldsOrNoObject(byte[] input) {
    try {
      JsonFields.of(input).values().forEach(SecretBytes::close);
    } catch (JsonFields.NotAnObjectException e) {
      assertThat(e).hasMessage("the value is not a JSON object");
    }
  }
}
