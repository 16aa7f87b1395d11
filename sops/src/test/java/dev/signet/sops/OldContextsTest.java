package dev.signet.sops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OldContextsTest {

  private static final OffsetDateTime TIME = Instant.EPOCH.atOffset(ZoneOffset.UTC);

  /** Opens what is bound to one context only. */
  private record Bound(Map<String, String> context) implements KeyWrapping {
    @Override
    public String wrap(MasterKey key, SecretBytes part) {
      return "";
    }

    @Override
    public SecretBytes unwrap(MasterKey key) throws UnavailableException {
      if (key instanceof MasterKey.Kms kms && kms.context().equals(context)) {
        return SecretBytes.copyOf("data key".getBytes(UTF_8));
      }
      throw new UnavailableException("InvalidCiphertextException");
    }
  }

  private static Metadata file(String version, Map<String, String> context) {
    MasterKey other = new MasterKey.Age("age1x", "");
    MasterKey key = new MasterKey.Kms("arn", "", context, "", TIME, "enc");
    return new Metadata(
        List.of(List.of(other, key)), 0, Optional.empty(), false, TIME, "", version);
  }

  @ParameterizedTest
  @CsvSource({
    "3.2.0, true",
    "3.0.5, true",
    "2.0.10, true",
    "3.2.0-rc.1, true",
    "3.3.0, false",
    "3.13.3, false",
    "'', false",
    "x.y.z, false"
  })
  void onlyFilesOfOldReleasesMayMeanOneValueForAllNames(String version, boolean opens)
      throws Exception {
    Metadata file = file(version, Map.of("a", "x", "b", "y"));
    assertThat(file.hasOldContexts()).isEqualTo(opens);
    for (String value : List.of("x", "y")) {
      Bound keys = new Bound(Map.of("a", value, "b", value));
      if (opens) {
        try (SecretBytes key = KeyGroups.open(file, keys, List.of())) {
          assertThat(key.size()).isEqualTo(8);
        }
      } else {
        assertThatThrownBy(() -> KeyGroups.open(file, keys, List.of()))
            .isInstanceOf(SopsException.class);
      }
    }
    Bound as = new Bound(Map.of("a", "x", "b", "y"));
    try (SecretBytes key = KeyGroups.open(file, as, List.of())) {
      assertThat(key.size()).isEqualTo(8);
    }
  }

  @Test
  void whatFailsIsSaidOfTheContextInTheFile() {
    Metadata file = file("3.2.0", Map.of("a", "x", "b", "y"));
    assertThatThrownBy(() -> KeyGroups.open(file, new Bound(Map.of("a", "z")), List.of()))
        .hasMessageContaining("a:x,b:y");
  }

  @Test
  void oneValueForAllNamesIsNothingOld() {
    assertThat(file("3.2.0", Map.of("a", "x", "b", "x")).hasOldContexts()).isFalse();
    assertThat(file("3.2.0", Map.of("a", "x")).hasOldContexts()).isFalse();
  }
}
