package dev.signet.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.testkit.Jsonl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GoBase64Test {

  private static final Map<String, GoBase64> ENCODINGS =
      Map.of(
          "std", GoBase64.STD,
          "url", GoBase64.URL,
          "rawStd", GoBase64.RAW_STD,
          "rawUrl", GoBase64.RAW_URL);

  static List<Arguments> vectors() {
    List<Arguments> vectors = new ArrayList<>();
    for (Jsonl.Row row : Jsonl.rows(GoBase64Test.class, "/base64/base64.jsonl")) {
      for (String encoding : List.of("std", "url", "rawStd", "rawUrl")) {
        vectors.add(Arguments.of(row, encoding));
      }
    }
    return vectors;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("vectors")
  void decodesAsGoDoes(Jsonl.Row row, String encoding) throws IllegalBase64Exception {
    GoBase64 base64 = requireNonNull(ENCODINGS.get(encoding));
    Jsonl.Row expected = row.row(encoding);
    byte[] input = HexFormat.of().parseHex(row.text("inputHex"));

    GoBase64.Decoded decoded = base64.decodeAsFarAsPossible(input);

    if (expected.has("error")) {
      assertThatThrownBy(() -> base64.decode(input)).hasMessage(expected.text("error"));
      assertThatThrownBy(() -> base64.decode(row.text("input")))
          .isInstanceOfSatisfying(
              IllegalBase64Exception.class,
              e -> assertThat(decoded.illegalAt()).hasValue(e.offset()));
      assertThat(decoded.bytes()).asHexString().isEqualToIgnoringCase(expected.text("partialHex"));
    } else {
      assertThat(base64.decode(row.text("input")))
          .isEqualTo(base64.decode(input))
          .isEqualTo(decoded.bytes())
          .asHexString()
          .isEqualToIgnoringCase(expected.text("hex"));
      assertThat(decoded.illegalAt()).isEmpty();
    }
  }

  @Test
  void encodesWithAndWithoutPaddingInBothAlphabets() {
    byte[] bytes = {(byte) 0xfb, (byte) 0xff, (byte) 0xfe, 0};
    assertThat(GoBase64.STD.encodeToString(bytes)).isEqualTo("+//+AA==");
    assertThat(GoBase64.URL.encodeToString(bytes)).isEqualTo("-__-AA==");
    assertThat(GoBase64.RAW_STD.encodeToString(bytes)).isEqualTo("+//+AA");
    assertThat(GoBase64.RAW_URL.encode(bytes)).isEqualTo("-__-AA".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void charactersBeyondAsciiAreIllegalWhereTheyStand() {
    assertThatThrownBy(() -> GoBase64.STD.decode("Zm9vé"))
        .hasMessage("illegal base64 data at input byte 4");
  }

  @Property(tries = 300)
  void whatIsEncodedDecodesWithLineBreaksAnywhere(
      @ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 80) int lineLength)
      throws IllegalBase64Exception {
    for (GoBase64 base64 : ENCODINGS.values()) {
      String text = base64.encodeToString(bytes);
      StringBuilder lines = new StringBuilder("\n");
      for (int i = 0; i < text.length(); i += lineLength) {
        lines.append(text, i, Math.min(text.length(), i + lineLength)).append("\r\n");
      }
      assertThat(base64.decode(text)).isEqualTo(bytes);
      assertThat(base64.decode(lines.toString())).isEqualTo(bytes);
    }
  }

  @FuzzTest
  void anyTextDecodesToSomethingThatEncodesBack(byte[] text) throws IllegalBase64Exception {
    for (GoBase64 base64 : ENCODINGS.values()) {
      GoBase64.Decoded decoded = base64.decodeAsFarAsPossible(text);
      decoded.illegalAt().ifPresent(at -> assertThat(at).isBetween(0, text.length));
      assertThat(base64.decode(base64.encode(decoded.bytes()))).isEqualTo(decoded.bytes());
    }
  }
}
