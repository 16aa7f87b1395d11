package dev.signet.dialects.externalsecrets.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What External Secrets made of templates, byte for byte: outputs, and errors with their place. */
class GoVectorTest {
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
    for (VectorCase vector : VectorCase.read(resource)) {
      count++;
      String failure = failure(vector);
      if (failure != null) {
        failures.add(failure);
      }
    }
    System.out.printf("%s: %d of %d vectors pass%n", resource, count - failures.size(), count);
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
