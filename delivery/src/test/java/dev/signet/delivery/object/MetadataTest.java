package dev.signet.delivery.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Trees;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetadataTest {

  private static Metadata read(String yaml) throws MalformedObjectException {
    return Metadata.of(Fields.of(Trees.of(yaml), "metadata"));
  }

  @Test
  void fieldsComeInTheOrderOfGoAndMapsByKey() throws MalformedObjectException {
    Metadata metadata =
        read(
            """
            finalizers: [z, a]
            ownerReferences: [{kind: Pod, name: p, uid: u, apiVersion: v1}]
            annotations: {b: '2', a: '1'}
            labels: {z: '1', B: '2', a: '3'}
            creationTimestamp: '2026-01-01T00:00:00Z'
            generation: 3
            resourceVersion: '7'
            uid: u-1
            namespace: ns
            generateName: n-
            name: one
            """);
    assertThat(metadata.tree().keySet())
        .containsExactly(
            "name",
            "generateName",
            "namespace",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "labels",
            "annotations",
            "ownerReferences",
            "finalizers");
    assertThat(metadata.labels().keySet()).containsExactly("B", "a", "z");
    assertThat(metadata.annotations()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"));
    assertThat(metadata.generation()).isEqualTo(3);
    assertThat(metadata.tree().get("finalizers")).isEqualTo(List.of("z", "a"));
  }

  @Test
  void unknownAndEmptyFieldsAreDropped() throws MalformedObjectException {
    Metadata metadata =
        read(
            """
            name: one
            clusterName: gone
            generation: 0
            uid: ''
            labels: {}
            annotations: null
            finalizers: []
            creationTimestamp: null
            """);
    assertThat(metadata.tree()).containsExactly(Map.entry("name", "one"));
    assertThat(metadata).isEqualTo(Metadata.named("", "one"));
    assertThat(metadata.labels()).isEmpty();
    assertThat(metadata.generation()).isZero();
    assertThat(metadata.uid()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: 1                   | metadata.name must be a string, not a whole number
          generation: '1'           | metadata.generation must be a whole number
          generation: 1.5           | metadata.generation must be a whole number
          labels: {a: true}         | metadata.labels.a must be a string, not a boolean
          labels: [a]               | metadata.labels must be an object, not a list
          annotations: {a: 1}       | metadata.annotations.a must be a string, not a whole number
          ownerReferences: [a]      | metadata.ownerReferences[0] must be an object, not a string
          finalizers: [1]           | metadata.finalizers[0] must be a string, not a whole number
          creationTimestamp: {}     | metadata.creationTimestamp must be a string, not an object
          """)
  void aFieldOfAnotherTypeIsRefused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage(message);
  }

  @Test
  void aChangedCopyKeepsTheOrderAndTheOriginal() {
    Metadata before = Metadata.named("ns", "n").with("finalizers", List.of("f"));
    Metadata after = before.with("uid", "u").with("labels", Map.of("a", "1"));
    assertThat(after.tree().keySet())
        .containsExactly("name", "namespace", "uid", "labels", "finalizers");
    assertThat(before.tree().keySet()).containsExactly("name", "namespace", "finalizers");
    assertThat(after.with("uid", null).with("labels", Map.of())).isEqualTo(before);
    assertThatThrownBy(() -> before.with("clusterName", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyTheOwnerThatIsControllerCounts() throws MalformedObjectException {
    assertThat(read("ownerReferences: [{name: a}, {name: b, controller: false}]").controllerOwner())
        .isEmpty();
    assertThat(
            read("ownerReferences: [{name: a}, {name: b, controller: true}]")
                .controllerOwner()
                .map(owner -> String.valueOf(owner.get("name"))))
        .contains("b");
  }

  @Test
  void printingShowsNothingButTheName() throws MalformedObjectException {
    Metadata metadata = read("{name: one, namespace: ns, annotations: {token: hunter2}}");
    assertThat(metadata).hasToString("Metadata[ns/one]");
  }
}
