package dev.signet.operator.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.store.FakeStore;
import dev.signet.dialects.externalsecrets.Validation;
import dev.signet.testkit.Jsonl;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewsTest {

  private static final String GOOD =
      "{\"data\": [{\"secretKey\": \"a\", \"remoteRef\": {\"key\": \"k\"}}]}";
  private static final String BAD = "{\"refreshInterval\": \"1h\"}";

  private final Reviews reviews = new Reviews(new Validation(List.of(FakeStore.provider())));

  private Jsonl.Row response(String operation, String metadata, String spec, String oldSpec) {
    String review =
        """
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
          "uid": "u-1", "operation": "%s", "namespace": "team", "name": "app",
          "object": {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": %s, "spec": %s},
          "oldObject": {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "app"}, "spec": %s}}}
        """
            .formatted(operation, metadata, spec, oldSpec);
    Jsonl.Row answer =
        Jsonl.row(new String(reviews.answer(review.getBytes(UTF_8)).orElseThrow(), UTF_8));
    assertThat(answer.text("apiVersion")).isEqualTo("admission.k8s.io/v1");
    assertThat(answer.row("response").text("uid")).isEqualTo("u-1");
    return answer.row("response");
  }

  @Test
  void whatKeepsTheRulesIsAllowed() {
    assertThat(response("CREATE", "{\"name\": \"app\"}", GOOD, "null").fields())
        .containsEntry("allowed", true)
        .doesNotContainKeys("status", "warnings");
  }

  @Test
  void whatBreaksOneIsRefusedWithTheControllersWords() {
    Jsonl.Row response = response("CREATE", "{\"name\": \"app\"}", BAD, "null");

    assertThat(response.fields()).containsEntry("allowed", false);
    assertThat(response.row("status").text("message"))
        .isEqualTo("either data or dataFrom should be specified");
  }

  @Test
  void anObjectWithoutANameYetIsLookedAtAsWell() {
    assertThat(response("CREATE", "{\"generateName\": \"app-\"}", BAD, "null").fields())
        .containsEntry("allowed", false);
  }

  @Test
  void whatBrokeItBeforeCanStillBeLabelledAndIsWarnedAbout() {
    Jsonl.Row response = response("UPDATE", "{\"name\": \"app\"}", BAD, BAD);

    assertThat(response.fields()).containsEntry("allowed", true);
    assertThat(response.texts("warnings"))
        .containsExactly("either data or dataFrom should be specified");
    assertThat(response("UPDATE", "{\"name\": \"app\"}", BAD, GOOD).fields())
        .containsEntry("allowed", false);
  }

  @Test
  void whatIsGoingMayGo() {
    assertThat(
            response(
                    "UPDATE",
                    "{\"name\": \"app\", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"}",
                    BAD,
                    GOOD)
                .fields())
        .containsEntry("allowed", true);
    assertThat(response("DELETE", "{\"name\": \"app\"}", BAD, BAD).fields())
        .containsEntry("allowed", true);
  }

  @Test
  void aFieldThatIsNotUnderstoodIsAWarning() {
    Jsonl.Row response =
        response(
            "CREATE",
            "{\"name\": \"app\"}",
            "{\"unheardOf\": true, \"data\": [{\"secretKey\": \"a\", \"remoteRef\": {\"key\": \"k\"}}]}",
            "null");

    assertThat(response.fields()).containsEntry("allowed", true);
    assertThat(response.texts("warnings")).singleElement().asString().contains("spec.unheardOf");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"request\": {}}", "{\"request\": {\"uid\": 1}}", "{"})
  void whatIsNoReviewHasNoAnswer(String body) {
    assertThat(reviews.answer(body.getBytes(UTF_8))).isEqualTo(Optional.empty());
  }
}
