package dev.signet.dialects.externalsecrets.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What External Secrets made of templates, byte for byte: outputs, and errors with their place. */
class ExternalSecretVectorsTest {
  /**
   * Generated vectors whose errors have other words than Go's, which the module's README names:
   * goyaml quotes the text, or tells apart what the parser here does not; a file is malformed
   * deeper than its first element; 256 levels are allowed instead of 10,000.
   */
  private static final Set<String> OTHER_WORDS =
      Set.of(
          "fromyaml-029",
          "fromyaml-030",
          "fromyaml-031",
          "fromyaml-032",
          "fromyaml-033",
          "fromyaml-035",
          "fromyaml-036",
          "fromyaml-038",
          "fromyaml-059",
          "fromyaml-061",
          "fromyaml-066",
          "fromyaml-108",
          "fromyaml-153",
          "pkcs12-062");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/templatefunctions/eso-functions.jsonl",
        "/templatefunctions/sprig.jsonl",
        "/templatefunctions/generated.jsonl",
      })
  void everyVectorGivesWhatExternalSecretsGave(String resource) {
    List<String> failures = new ArrayList<>();
    int count = 0;
    int others = 0;
    for (VectorCase vector : VectorCase.read(resource)) {
      count++;
      String failure = failure(vector);
      if (OTHER_WORDS.contains(vector.id())) {
        others++;
        assertThat(failure).as("now the same: " + vector.id()).contains("   got  ");
        assertThat(failure).containsPattern("got  (template: t:|\\{\"Error\":)");
      } else if (failure != null) {
        failures.add(failure);
      }
    }
    System.out.printf(
        "%s: %d of %d vectors pass, %d more fail as Go does in other words%n",
        resource, count - failures.size() - others, count, others);
    assertThat(count).isPositive();
    assertThat(failures).isEmpty();
  }

  @SuppressWarnings("unchecked")
  static @Nullable String failure(VectorCase vector) {
    // An object of its own says what External Secrets gives where Sprig gives something else.
    Object own = vector.fields().get("eso");
    VectorCase wanted =
        own instanceof Map<?, ?> map ? new VectorCase((Map<String, @Nullable Object>) map) : vector;
    Rendering rendering = Rendering.of(vector);
    byte[] output = wanted.bytes("output");
    byte[] error = wanted.bytes("error");
    String regex = wanted.text("outputRegex");
    boolean ok;
    if (error != null) {
      ok = rendering.isError() && Arrays.equals(rendering.bytes(), error);
    } else if (regex != null) {
      String text = new String(rendering.bytes(), StandardCharsets.UTF_8);
      ok = !rendering.isError() && Pattern.compile(regex).matcher(text).find();
    } else {
      ok = !rendering.isError() && Arrays.equals(rendering.bytes(), output);
    }
    if (ok) {
      return null;
    }
    byte[] shown = error != null ? error : output;
    return vector.id()
        + " "
        + vector.text("template")
        + "\n   want "
        + (shown == null ? regex : new String(shown, StandardCharsets.ISO_8859_1))
        + "\n   got  "
        + new String(rendering.bytes(), StandardCharsets.ISO_8859_1);
  }
}
