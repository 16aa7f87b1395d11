package dev.signet.operator.shadow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonTest {

  private static final Map<String, Object> OWNER =
      Map.of("kind", "SealedSecret", "name", "app", "uid", "u-1", "controller", true);

  private static Secret secret(UnaryOperator<Metadata> change, String type, String... items) {
    return secret(change, type, Optional.empty(), items);
  }

  private static Secret secret(
      UnaryOperator<Metadata> change, String type, Optional<Boolean> immutable, String... items) {
    Material data = new Material();
    for (int i = 0; i < items.length; i += 2) {
      data.put(
          items[i],
          new Item(SecretBytes.wrap(items[i + 1].getBytes(UTF_8)), Origin.of("test", items[i])));
    }
    Metadata metadata =
        Metadata.named("ns", "app")
            .with("resourceVersion", "7")
            .with("labels", Map.of("team", "a"))
            .with("annotations", Map.of("note", "n"))
            .with("ownerReferences", List.of(OWNER));
    return new Secret(change.apply(metadata), type, immutable, data);
  }

  private static Secret wanted() {
    return secret(each -> each.with("resourceVersion", null), "", "k", "v", "l", "w");
  }

  private static UnaryOperator<Metadata> with(String field, @Nullable Object value) {
    return each -> each.with(field, value);
  }

  private static Arguments row(Secret there, String... found) {
    return Arguments.of(there, List.of(found));
  }

  private static Stream<Arguments> rows() {
    UnaryOperator<Metadata> same = UnaryOperator.identity();
    return Stream.of(
        row(secret(same, "Opaque", "k", "v", "l", "w")),
        row(secret(same, "Opaque", "l", "w"), "item_missing k"),
        row(secret(same, "Opaque", "k", "v", "l", "w", "m", "x"), "item_extra m"),
        row(secret(same, "Opaque", "k", "other", "l", "w"), "item_value k"),
        row(secret(same, "Opaque", "k", "", "l", "w"), "item_value k"),
        row(secret(same, "Opaque"), "item_missing k", "item_missing l"),
        row(secret(same, "my/type", "k", "v", "l", "w"), "secret_type is my/type, would be Opaque"),
        row(
            secret(same, "Opaque", Optional.of(true), "k", "v", "l", "w"),
            "secret_immutable is true, would be false"),
        row(secret(same, "Opaque", Optional.of(false), "k", "v", "l", "w")),
        row(
            secret(with("labels", Map.of("team", "b", "more", "x")), "", "k", "v", "l", "w"),
            "secret_labels more is too much",
            "secret_labels team has another value"),
        row(secret(with("labels", null), "", "k", "v", "l", "w"), "secret_labels team is missing"),
        row(
            secret(with("annotations", Map.of("note", "other")), "", "k", "v", "l", "w"),
            "secret_annotations note has another value"),
        row(
            secret(with("ownerReferences", null), "", "k", "v", "l", "w"),
            "secret_owner ownerReferences"),
        row(
            secret(with("finalizers", List.of("a/b")), "", "k", "v", "l", "w"),
            "secret_metadata metadata"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatDiffersIsNamedAndNoValueIs(Secret there, List<String> found) {
    try (there;
        Secret wanted = wanted()) {
      assertThat(
              SecretComparison.between(there, wanted).stream()
                  .map(each -> each.kind().text() + " " + each.detail()))
          .containsExactlyElementsOf(found);
      assertThat(found.isEmpty()).isEqualTo(wanted.sameAs(there));
    }
  }

  @Test
  void whatAnApiServerWouldRefuseIsRefused() {
    UnaryOperator<Metadata> same = UnaryOperator.identity();
    try (Secret wanted = wanted();
        Secret frozen = secret(same, "", Optional.of(true), "k", "v");
        Secret frozenToo = secret(same, "", Optional.of(true), "k", "w");
        Secret relabelled = secret(with("labels", null), "", Optional.of(true), "k", "v");
        Secret typed = secret(same, "my/type", "k", "v", "l", "w")) {
      assertThat(SecretComparison.refusal(frozen, frozenToo).orElseThrow())
          .endsWith("field is immutable when `immutable` is set");
      assertThat(SecretComparison.refusal(frozen, wanted)).isPresent();
      assertThat(SecretComparison.refusal(frozen, relabelled)).isEmpty();
      assertThat(SecretComparison.refusal(typed, wanted)).isPresent();
      assertThat(SecretComparison.refusal(wanted, wanted)).isEmpty();
    }
  }

  private static Map<String, Object> status(long generation, String type, String synced) {
    return Map.of(
        "observedGeneration",
        generation,
        "conditions",
        List.of(
            Map.of("type", "Delivered", "status", "False"),
            Map.of("type", type, "status", synced, "message", "m" + synced)));
  }

  private static List<String> status(Map<?, ?> there, Map<?, ?> wanted) {
    return StatusComparison.between(there, wanted).stream()
        .map(each -> each.kind().text() + " " + each.detail())
        .toList();
  }

  @Test
  void ofAStatusOnlyWhatBothControllersSayIsCompared() {
    Map<String, Object> synced = status(2, "Synced", "True");
    assertThat(status(synced, synced)).isEmpty();
    assertThat(
            status(
                Map.of(
                    "observedGeneration",
                    2L,
                    "conditions",
                    List.of(Map.of("type", "Synced", "status", "True", "lastUpdateTime", "then"))),
                synced))
        .as("times, messages and conditions of Signet's own")
        .isEmpty();
    assertThat(status(status(2, "Synced", "False"), synced))
        .containsExactly("status_synced is False, would be True");
    assertThat(status(status(1, "Synced", "True"), synced))
        .containsExactly("status_generation is 1, would be 2");
    assertThat(status(Map.of(), synced))
        .containsExactly(
            "status_synced is not there, would be True", "status_generation is 0, would be 2");
    assertThat(status(status(2, "Other", "True"), synced))
        .containsExactly("status_synced is not there, would be True");
  }

  /** So that nothing can pass for compared that was not. */
  @Test
  void aWriteOutsideOfALookIsABug() {
    assertThatThrownBy(() -> Look.found(List.of())).isInstanceOf(IllegalStateException.class);
  }
}
