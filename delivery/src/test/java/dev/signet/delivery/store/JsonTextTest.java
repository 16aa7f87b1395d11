package dev.signet.delivery.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.SecretBytes;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <b>&       | {"k":"<b>&"}
          a"b        | {"k":"a\\"b"}
          \\u003c    | {"k":"\\\\u003c"}
          \\         | {"k":"\\\\"}
          é          | {"k":"é"}
          """)
  void aTextIsEscapedWhereJsonNeedsItAndNowhereElse(String text, String expected) {
    try (SecretBytes value = SecretBytes.wrap(text.getBytes(UTF_8));
        SecretBytes json = JsonText.object(Map.of("k", value))) {
      assertThat(json.<String, RuntimeException>with(bytes -> new String(bytes, UTF_8)))
          .isEqualTo(expected);
    }
  }
}
