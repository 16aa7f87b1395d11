package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.sealing.Der.MalformedDerException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {

  private static Der der(String hex) {
    return new Der(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @CsvSource({
    "02 01 00, 0",
    "02 01 7f, 127",
    "02 02 00 80, 128",
    "02 01 80, -128",
    "02 02 ff 7f, -129",
    "02 03 01 00 01, 65537",
  })
  void readsMinimalIntegers(String hex, BigInteger value) throws MalformedDerException {
    assertThat(der(hex).integer()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"02 00", "02 02 00 7f", "02 02 ff 80", "02 02 00", "02", "", "03 01 00"})
  void refusesOtherIntegers(String hex) {
    assertThatThrownBy(() -> der(hex).integer()).isInstanceOf(MalformedDerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "04 80 00 00", // indefinite
        "04 81 01 00", // not minimal: fits the short form
        "04 81 7f",
        "04 82 00 80", // not minimal: leading zero
        "04 85 01 00 00 00 00", // too many length bytes
        "04 84 ff ff ff ff", // longer than any array
        "04 84 7f ff ff ff",
        "04 82 01", // length cut
        "04 02 00", // content cut
        "04",
        "24 01 00", // constructed
        "1f 04 00", // tag of several bytes
      })
  void refusesOctetStringsThatAreNotDer(String hex) {
    assertThatThrownBy(() -> der(hex).octetString()).isInstanceOf(MalformedDerException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65_535, 65_536})
  void readsLengthsOfEveryForm(int length) throws Exception {
    byte[] content = new byte[length];
    Arrays.fill(content, (byte) 7);
    byte[] encoded = new DEROctetString(content).getEncoded();
    Der der = new Der(encoded);
    assertThat(der.octetString()).isEqualTo(content);
    assertThat(der.isAtEnd()).isTrue();
  }

  @Test
  void staysWithinTheElementItEntered() throws MalformedDerException {
    Der outer = der("30 03 02 01 05 02 01 06");
    Der inner = outer.enter(Der.SEQUENCE);
    assertThat(inner.integer()).isEqualTo(5);
    assertThat(inner.isAtEnd()).isTrue();
    assertThat(inner.nextIs(Der.INTEGER)).isFalse();
    assertThatThrownBy(inner::integer).isInstanceOf(MalformedDerException.class);
    assertThat(outer.integer()).isEqualTo(6);
    // the inner length reaches over the outer one
    assertThatThrownBy(() -> der("30 03 04 02 00 00").enter(Der.SEQUENCE).octetString())
        .isInstanceOf(MalformedDerException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"03 00", "03 01 01", "03 02 01 80"})
  void refusesBitStringsOfBrokenBytes(String hex) {
    assertThatThrownBy(() -> der(hex).wholeBytes()).isInstanceOf(MalformedDerException.class);
  }

  @Test
  void refusesAnEmptyObjectIdentifier() {
    assertThatThrownBy(() -> der("06 00").objectIdentifier())
        .isInstanceOf(MalformedDerException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "23, 260203040506Z, 2026-02-03T04:05:06Z",
    "23, 2602030405Z, 2026-02-03T04:05:00Z",
    "23, 260203040506+0130, 2026-02-03T02:35:06Z",
    "23, 2602030405-0100, 2026-02-03T05:05:00Z",
    "23, 491231235959Z, 2049-12-31T23:59:59Z",
    "23, 500101000000Z, 1950-01-01T00:00:00Z",
    "23, 240229000000Z, 2024-02-29T00:00:00Z",
    "24, 20500101000000Z, 2050-01-01T00:00:00Z",
    "24, 00010101000000Z, 0001-01-01T00:00:00Z",
    "24, 20260203040506-0100, 2026-02-03T05:05:06Z",
  })
  void readsTimes(int tag, String text, String instant) throws MalformedDerException {
    assertThat(time(tag, text).time()).isEqualTo(instant);
  }

  @ParameterizedTest
  @CsvSource({
    "23, ''",
    "23, 260203040506",
    "23, 260203040506z",
    "23, 260203040506Z0",
    "23, 260203040506+0000",
    "23, 260203040506-0000",
    "23, 260203040506+01",
    "23, 260203040506+9900",
    "23, 230229000000Z",
    "23, 20260203040506Z",
    "24, 260203040506Z",
    "24, 202602030405Z",
    "24, 20260203040506.0Z",
    "23, ２60203040506Z",
    "22, 260203040506Z",
  })
  void refusesOtherTimes(int tag, String text) {
    assertThatThrownBy(() -> time(tag, text).time()).isInstanceOf(MalformedDerException.class);
  }

  private static Der time(int tag, String text) {
    byte[] digits = text.getBytes(US_ASCII);
    byte[] der = new byte[2 + digits.length];
    der[0] = (byte) tag;
    der[1] = (byte) digits.length;
    System.arraycopy(digits, 0, der, 2, digits.length);
    return new Der(der);
  }
}
