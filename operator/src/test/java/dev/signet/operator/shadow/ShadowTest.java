package dev.signet.operator.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShadowTest {

  private static Shadow shadow(boolean names) {
    Shadow shadow =
        new Shadow(
            Duration.ZERO,
            Ref.secret("kube-system", "sealed-secrets-key"),
            names,
            () -> Instant.parse("2026-11-22T12:00:00.5Z"),
            () -> 0);
    shadow.keys(Optional.of("there is none"), Set.of("broken"));
    return shadow;
  }

  @Test
  void theListIsForPeople() {
    assertThat(shadow(true).text())
        .isEqualTo(
            """
            differences: 2
            compared: 0
            unsettled: 0

            NAMESPACE    NAME                DIFFERENCE              DETAIL         SINCE
            kube-system  sealed-secrets-key  sealing_key_missing     there is none  2026-11-22T12:00:00Z
            kube-system  sealed-secrets-key  sealing_key_unreadable  broken         2026-11-22T12:00:00Z
            """);
  }

  @Test
  void whereMetricsNameNoObjectsItDoesNotEither() {
    assertThat(shadow(false).text())
        .isEqualTo(
            """
            differences: 2
            compared: 0
            unsettled: 0

            DIFFERENCE              COUNT
            sealing_key_missing     1
            sealing_key_unreadable  1
            """);
    assertThat(shadow(false).json()).doesNotContain("broken").contains("\"unsettled\":0");
  }

  @Test
  void programsGetTheSameAsJson() {
    assertThat(shadow(true).json())
        .startsWith("{\"compared\":0,\"unsettled\":0,\"counts\":{\"secret_missing\":0,")
        .contains("\"sealing_key_missing\":1")
        .endsWith(
            "{\"kind\":\"Secret\",\"namespace\":\"kube-system\",\"name\":\"sealed-secrets-key\","
                + "\"difference\":\"sealing_key_unreadable\",\"detail\":\"broken\","
                + "\"since\":\"2026-11-22T12:00:00Z\"}]}\n");
  }

  @Test
  void whatNoLongerDiffersIsGone() {
    Shadow shadow = shadow(true);
    shadow.keys(Optional.empty(), Set.of());
    assertThat(shadow.text()).isEqualTo("differences: 0\ncompared: 0\nunsettled: 0\n");
  }
}
