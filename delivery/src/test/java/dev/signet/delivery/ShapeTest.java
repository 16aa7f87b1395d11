package dev.signet.delivery;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Shape.Decoding;
import dev.signet.delivery.Shape.KeyConversion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ShapeTest {

  private static Material material(String... keysAndValues) {
    Material material = new Material();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      material.put(
          keysAndValues[i],
          new Item(
              SecretBytes.wrap(keysAndValues[i + 1].getBytes(ISO_8859_1)),
              Origin.of("store", keysAndValues[i])));
    }
    return material;
  }

  private static String value(Material material, String key) {
    return material.get(key).orElseThrow().value().with(bytes -> new String(bytes, ISO_8859_1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          None      | aGk=   | aGk=
          Base64    | aGk=   | hi
          Base64    | aGk/   | hi?
          Base64    | ~~     | ~~
          Base64URL | aGk_   | hi?
          Auto      | aGk/   | hi?
          Auto      | aGk_   | hi?
          Auto      | aGk    | aGk
          Auto      | hi!    | hi!
          """)
  void aValueIsDecoded(Decoding decoding, String text, String value) throws ShapeException {
    Material input = material("k", text);
    try (Material output = Shape.decode(input, decoding)) {
      assertThat(value(output, "k")).isEqualTo(value);
      assertThat(output.get("k").map(Item::origin)).contains(Origin.of("store", "k"));
      assertThat(input.isEmpty()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"Base64,hunter2!", "Base64,aGk", "Base64,aGk_", "Base64URL,aGk/", "Base64URL,aGk"})
  void whatIsNotDecodedIsNamedByItsKeyOnly(Decoding decoding, String text) {
    Material input = material("good", "aGk=", "bad", text);
    assertThatThrownBy(() -> Shape.decode(input, decoding))
        .isInstanceOf(ShapeException.class)
        .hasMessage("failure decoding key bad")
        .hasNoCause();
    assertThat(input.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Default | a-b_c.D9  | a-b_c.D9
          Default | a/b c     | a_b_c
          Default | a😀b      | a_b
          Default | ключ      | ключ
          Default | x²Ⅷ       | x²Ⅷ
          Unicode | a/b       | a_U002f_b
          Unicode | a😀       | a_U1f600_
          Unicode | a.b       | a.b
          """)
  void keysAreConverted(KeyConversion conversion, String key, String converted)
      throws ShapeException {
    try (Material output = Shape.convertKeys(material(key, "v"), conversion)) {
      assertThat(output.items().keySet()).containsExactly(converted);
      assertThat(output.get(converted).map(Item::origin)).contains(Origin.of("store", key));
    }
  }

  @Test
  void keysThatBecomeTheSameAreRefused() {
    assertThatThrownBy(
            () -> Shape.convertKeys(material("a/b", "1", "a_b", "2"), KeyConversion.Default))
        .isInstanceOf(ShapeException.class)
        .hasMessage("secret name collision during conversion: a_b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A.b-c_9", ".a", "_", "-"})
  void keysOfASecretPassAndAnEmptyOneIsDropped(String key) {
    assertThat(shapeKeys(key)).isEqualTo(key);
  }

  private static String shapeKeys(String key) {
    try (Material output = Shape.validKeys(material("", "dropped", key, "v"))) {
      return String.join(",", output.items().keySet());
    } catch (ShapeException e) {
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "..a", "...a", "a/b", "a b", "ключ", "a\n"})
  void otherKeysAreRefused(String key) {
    assertThatThrownBy(() -> Shape.validKeys(material("ok", "v", key, "hunter2")))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "invalid secret key "
                + key
                + ": a key has at most 253 letters, digits, '-', '_' or '.'");
  }

  @Test
  void aKeyMayHave253Characters() {
    assertThat(shapeKeys("k".repeat(253))).hasSize(253);
    assertThat(shapeKeys("k".repeat(254))).startsWith("invalid secret key");
  }

  @Test
  void zeroBytesAreRefusedWhereAskedFor() throws ShapeException {
    assertThat(Shape.withoutNullBytes(material("a", "text", "b", "")).items()).hasSize(2);
    assertThatThrownBy(() -> Shape.withoutNullBytes(material("a", "text", "b", "x\0hunter2")))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "fetched secret value for key \"b\" contains null bytes; use a text-safe format such as"
                + " PEM/base64 or leave nullBytePolicy unset for intentional binary data");
  }
}
