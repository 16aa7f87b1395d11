package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonPlaceTest {

  private static String set(String document, String property, String value) throws StoreException {
    try (SecretBytes before = Given.bytes(document);
        SecretBytes text = Given.bytes(value)) {
      return Given.text(new JsonPlace(property, "key k").set(before, text));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | a | 1 | {\"a\":\"1\"}",
        "`` | a.b | 1 | {\"a\":{\"b\":\"1\"}}",
        "`` | a\\.b | 1 | {\"a.b\":\"1\"}",
        "{\"z\": 1.50, \"a\": [ ]} | b | < | {\"z\":1.50,\"a\":[ ],\"b\":\"<\"}",
        "{\"a\": {\"b\": null, \"c\": 2}} | a.b | \" | {\"a\":{\"b\":\"\\\"\",\"c\":2}}",
        "{ \"a\": \"1\" } | a | 1 | { \"a\": \"1\" }",
        "{ \"a\": {\"b\": \"1\"} } | a.b | 1 | { \"a\": {\"b\": \"1\"} }",
      })
  void aTextIsSetAndTheRestStays(String document, String property, String value, String after)
      throws Exception {
    assertThat(set(document, property, value)).isEqualTo(after);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"text | a", "[1] | 0", "{\"a\": 1} | a.b", "{\"a\": [1]} | a.0", "{\"a\": 1 | a"})
  void whatLeadsIntoNoObjectIsRefused(String document, String property) {
    assertThatThrownBy(() -> set(document, property, "v"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("key k");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\":{\"c\":2,\"d\":3}} | a | {\"b\":{\"c\":2,\"d\":3}}",
        "{\"a\":1,\"b\":{\"c\":2,\"d\":3}} | b.c | {\"a\":1,\"b\":{\"d\":3}}",
        "{\"a\": 1} | x.y | {\"a\": 1}",
        "{\"a\": 1} | a | {}",
      })
  void itIsRemovedAlone(String document, String property, String after) throws Exception {
    JsonPlace place = new JsonPlace(property, "key k");
    try (SecretBytes before = Given.bytes(document)) {
      assertThat(place.isIn(before)).isEqualTo(!document.equals(after));
      assertThat(Given.text(place.removed(before))).isEqualTo(after);
    }
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws Exception {
    try (SecretBytes nothing = Given.bytes("");
        SecretBytes bytes = SecretBytes.wrap(new byte[] {(byte) 0xff})) {
      assertThatThrownBy(() -> new JsonPlace("a", "key k").set(nothing, bytes))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("not text");
    }
  }
}
