package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.store.JsonFields;
import dev.signet.stores.contract.Given;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KvDocumentTest {

  private static KvDocument of(String json) throws Exception {
    try (SecretBytes bytes = Given.bytes(json)) {
      return KvDocument.of(bytes);
    }
  }

  @Test
  void whatIsPutInLeavesTheRestAsItIsWritten() throws Exception {
    try (KvDocument document = of("{ \"b\" : [1, 2e5 ,\"\\u003c\"], \"a\":null, \"c\": \"x\" }");
        SecretBytes value = Given.bytes("\"\\\u0001é\n<")) {
      document.put("d\"", KvDocument.quoted(value, "it"));
      document.remove("c");
      assertThat(Given.text(document.json()))
          .isEqualTo(
              "{\"a\":null,\"b\":[1, 2e5 ,\"\\u003c\"],\"d\\\"\":\"\\\"\\\\\\u0001é\\u000a<\"}");
      assertThat(document.holdsText("d\"")).isTrue();
      assertThat(document.holdsText("a")).isFalse();
      assertThat(document.holdsText("c")).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a":"<"}                  | {"a": "\\u003c"}           | true
          {"a":{"x":1,"y":2}}        | {"a":{"y":2, "x":1.0}}     | true
          {"a":"1"}                  | {"a":1}                    | false
          {"a":null}                 | {}                         | false
          {"a":"1"}                  | {"a":"1","b":"2"}          | false
          """)
  void twoAreTheSameWhenTheyMeanTheSame(String one, String other, boolean same) throws Exception {
    try (KvDocument first = of(one);
        KvDocument second = of(other)) {
      assertThat(first.sameAs(second)).isEqualTo(same);
      assertThat(second.sameAs(first)).isEqualTo(same);
    }
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String json : new String[] {"", "[]", "\"x\"", "{", "{\"a\":1}}", "{\"a\":tru}"}) {
      assertThatThrownBy(() -> of(json)).isInstanceOf(JsonFields.NotAnObjectException.class);
    }
  }

  @FuzzTest(maxDuration = "10s")
  void whatIsReadIsWrittenAsTheSame(byte[] json) {
    KvDocument document;
    try (SecretBytes bytes = SecretBytes.copyOf(json)) {
      document = KvDocument.of(bytes);
    } catch (JsonFields.NotAnObjectException e) {
      return;
    }
    try (document;
        SecretBytes written = document.json();
        KvDocument again = KvDocument.of(written)) {
      assertThat(again.names()).isEqualTo(document.names());
      assertThat(again.sameAs(document)).isTrue();
    } catch (JsonFields.NotAnObjectException e) {
      throw new AssertionError(e);
    }
  }
}
