package dev.signet.stores.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonPartTest {

  private static String with(String json, String property, String text) throws StoreException {
    try (SecretBytes before = Given.bytes(json);
        SecretBytes value = Given.bytes(text)) {
      return Given.text(
          JsonPart.with(
              json.isEmpty() ? Optional.empty() : Optional.of(before), property, value, "it"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | a | {\"a\":\"v\"}",
        "`` | a.b.c | {\"a\":{\"b\":{\"c\":\"v\"}}}",
        "{} | a | {\"a\":\"v\"}",
        "{ \"a\" : 1.0 } | a | { \"a\" : \"v\" }",
        "{\"a\":{\"x\":1e3,\"b\":null}} | a.b | {\"a\":{\"x\":1e3,\"b\":\"v\"}}",
        "{\"z\":1,\"a\":{}} | a.b | {\"z\":1,\"a\":{\"b\":\"v\"}}",
        "{\"a.b\":1,\"a\":{}} | a.b | {\"a.b\":\"v\",\"a\":{}}",
        "{\"a\":1} | b\\.c | {\"a\":1,\"b.c\":\"v\"}",
        "{\"a\":[1,{\"b\":2}]} | a.1.b | {\"a\":[1,{\"b\":\"v\"}]}",
        "{\"a\":[1]} | a.1 | {\"a\":[1,\"v\"]}",
        "{\"\u00e9\":\"\u4e2d\",\"b\":1} | b | {\"\u00e9\":\"\u4e2d\",\"b\":\"v\"}"
      })
  void aTextIsPutInAndAllElseStaysByteForByte(String json, String property, String wanted)
      throws Exception {
    assertThat(with(json, property, "v")).isEqualTo(wanted);
  }

  @Test
  void aTextIsQuotedAsJsonWantsIt() throws Exception {
    assertThat(with("{}", "a", "\"\\\n\u0001\u00e9<&>"))
        .isEqualTo("{\"a\":\"\\\"\\\\\\u000a\\u0001\u00e9<&>\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":\"text\"} | a.b",
        "{\"a\":[1]} | a.5",
        "{\"a\":[1]} | a.x",
        "text | a",
        "[1 | 0",
        "{\"a\":1 | b",
        "{} | a.*",
        "{} | #.a"
      })
  void nothingIsOverwrittenThatThePathDoesNotEndAt(String json, String property) {
    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> with(json, property, "v"));
    assertThat(thrown).isNotNull();
    assertThat(thrown.problem()).isEqualTo(new Problem.Malformed());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\": 2.50} | a | {\"b\": 2.50}",
        "{\"a\":1,\"b\":2,\"c\":3} | b | {\"a\":1,\"c\":3}",
        "{\"a\":{\"b\":1},\"c\":2} | a.b | {\"c\":2}",
        "{\"a\":{\"b\":1,\"d\":0}} | a.b | {\"a\":{\"d\":0}}",
        "{\"a.b\":1,\"c\":2} | a.b | {\"c\":2}",
        "{\"a\":1} | a | ``"
      })
  void whatIsTakenAwayLeavesTheRestAsItWas(String json, String property, String rest)
      throws Exception {
    try (SecretBytes before = Given.bytes(json)) {
      assertThat(JsonPart.without(before, property, "it").map(Given::text).orElse(""))
          .isEqualTo(rest);
    }
  }
}
