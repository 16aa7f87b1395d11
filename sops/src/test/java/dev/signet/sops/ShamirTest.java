package dev.signet.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShamirTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @Property(tries = 100)
  void anyPartsThatAreEnoughGiveTheSecret(
      @ForAll @Size(min = 1, max = 40) byte[] secret,
      @ForAll @IntRange(min = 2, max = 6) int threshold,
      @ForAll @IntRange(min = 0, max = 4) int more,
      @ForAll @IntRange(min = 0, max = 4) int first) {
    List<SecretBytes> parts =
        Shamir.split(SecretBytes.copyOf(secret), threshold + more, threshold, RANDOM);
    int from = Math.min(first, more);
    List<SecretBytes> enough = new ArrayList<>(parts.subList(from, from + threshold));
    assertThat(Shamir.combine(enough).matches(SecretBytes.copyOf(secret))).isTrue();
    assertThat(Shamir.combine(parts.reversed()).matches(SecretBytes.copyOf(secret))).isTrue();
  }

  @Test
  void tooFewPartsGiveSomethingElse() {
    SecretBytes secret =
        SecretBytes.copyOf(
            "0123456789abcdef0123456789abcdef"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    List<SecretBytes> parts = Shamir.split(secret, 5, 3, RANDOM);
    assertThat(Shamir.combine(parts.subList(0, 2)).matches(secret)).isFalse();
  }

  @Test
  void everyByteButZeroHasItsInverse() {
    for (int x = 1; x < 256; x++) {
      assertThat(Shamir.multiply(x, Shamir.inverse(x))).isEqualTo(1);
    }
    assertThat(Shamir.multiply(0x57, 0x83)).isEqualTo(0xC1);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, parts cannot be less than threshold",
    "256, 3, parts cannot exceed 255",
    "3, 1, threshold must be at least 2"
  })
  void refusesWhatCannotBe(int parts, int threshold, String why) {
    assertThatThrownBy(
            () -> Shamir.split(SecretBytes.copyOf(new byte[1]), parts, threshold, RANDOM))
        .hasMessage(why);
  }

  @Test
  void refusesPartsThatDoNotBelongTogether() {
    List<SecretBytes> parts = Shamir.split(SecretBytes.copyOf(new byte[4]), 3, 2, RANDOM);
    List<SecretBytes> others = Shamir.split(SecretBytes.copyOf(new byte[5]), 3, 2, RANDOM);
    assertThatThrownBy(() -> Shamir.combine(parts.subList(0, 1)))
        .hasMessage("less than two parts cannot be used to reconstruct the secret");
    assertThatThrownBy(() -> Shamir.combine(List.of(parts.getFirst(), others.getLast())))
        .hasMessage("all parts must be the same length");
    assertThatThrownBy(() -> Shamir.combine(List.of(parts.getFirst(), parts.getFirst())))
        .hasMessage("duplicate part detected");
  }
}
