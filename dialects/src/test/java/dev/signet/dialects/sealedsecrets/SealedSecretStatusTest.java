package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.Hint;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.dialects.World;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SealedSecretStatusTest {

  private static final String OLD = "2026-01-01T00:00:00Z";
  private static final String NOW = "2026-01-02T00:00:00Z";

  /** What upstream's own tests say of the two times. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 | 'True'  | ''    | ''     | OLD | OLD
          2 | 'True'  | ''    | ''     | NOW | OLD
          1 | 'False' | error | ''     | NOW | NOW
          1 | 'False' | error | error  | OLD | OLD
          1 | 'False' | error | other  | NOW | OLD
          2 | 'False' | error | error  | NOW | OLD
          1 | 'True'  | ''    | error  | NOW | NOW
          """)
  void timesMoveWithWhatTheySay(
      long generation,
      String status,
      String before,
      String after,
      String updated,
      String transition)
      throws Exception {
    KubeObject object =
        KubeObject.of(
            World.tree(
                """
                apiVersion: bitnami.com/v1alpha1
                kind: SealedSecret
                metadata: {name: app, namespace: ns}
                status:
                  observedGeneration: 1
                  conditions:
                  - {type: Synced, status: '%s', lastUpdateTime: '%s', lastTransitionTime: '%s', message: '%s'}
                """
                    .formatted(status, OLD, OLD, before)),
            "ns");
    Instant now = Instant.parse(NOW);
    Map<String, Object> written =
        after.isEmpty()
            ? SealedSecretStatus.synced(
                object,
                generation,
                new SealedSecretStatus.Written("i", "v", SealedSecretStatus.Hold.OWN, false),
                now)
            : SealedSecretStatus.failed(object, generation, after, "Reason", "advice", now);
    assertThat(written.get("observedGeneration")).isEqualTo(generation);
    Object synced =
        ((List<?>) java.util.Objects.requireNonNull(written.get("conditions"))).getFirst();
    assertThat(synced)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("type", "Synced")
        .containsEntry("lastUpdateTime", updated.equals("NOW") ? NOW : OLD)
        .containsEntry("lastTransitionTime", transition.equals("NOW") ? NOW : OLD);
  }

  @Test
  void theTimeOfSealingIsThatOfTheLastWriteBesideTheStatusThenThatOfTheCreation() throws Exception {
    Metadata metadata =
        KubeObject.of(
                World.tree(
                    """
                    apiVersion: bitnami.com/v1alpha1
                    kind: SealedSecret
                    metadata:
                      name: app
                      creationTimestamp: '2026-01-01T00:00:00Z'
                      managedFields:
                      - {manager: kubectl, time: '2026-02-01T00:00:00Z'}
                      - {manager: argocd, time: '2026-03-01T00:00:00Z'}
                      - {manager: controller, time: '2026-04-01T00:00:00Z', subresource: status}
                      - {manager: odd, time: never}
                    """),
                "ns")
            .metadata();
    assertThat(SealTimes.of(metadata))
        .isEqualTo(
            new Hint(
                Optional.empty(),
                List.of(
                    Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-01-01T00:00:00Z"))));
    assertThat(SealTimes.of(Metadata.named("ns", "app"))).isEqualTo(Hint.NONE);
  }
}
