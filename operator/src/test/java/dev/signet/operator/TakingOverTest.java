package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What upstream wrote is taken as it stands: only what is due is fetched, and nothing is written.
 */
class TakingOverTest {

  /** Of an ExternalSecret without labels and annotations, as upstream hashes it. */
  private static final String NO_METADATA =
      "f47fe3c0b255b6dd8047cdffa772587bb829efe7a1cb70febeda2eb2";

  private static final String LABELLED = "fca79a60abb537e61be24f67d19f4ac777dd6ba9be01e3948bc05b0b";

  /** Of {@code {foo: value1, bar: value2}}. */
  private static final String DATA = "1bed8bcbcb4547ffe19a19cd47d9078e84aa6598266d86b99f992d64";

  private final InMemory objects = new InMemory();
  private final Lying store = new Lying();

  private void upstreamWrote(String refreshed, String annotations, String synced, String hash) {
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore",
         "metadata": {"name": "store", "namespace": "default"},
         "spec": {"provider": {"fake": {"data": []}}},
         "status": {"capabilities": "ReadOnly", "conditions": [{"type": "Ready", "status": "True",
          "reason": "Valid", "message": "store validated", "lastTransitionTime": "2025-12-01T00:00:00Z"}]}}
        """);
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
         "metadata": {"name": "my-es", "namespace": "default", "uid": "es-uid", "annotations": %s,
          "finalizers": ["externalsecrets.external-secrets.io/externalsecret-cleanup"]},
         "spec": {"refreshInterval": "1h0m0s", "secretStoreRef": {"name": "store", "kind": "SecretStore"},
          "target": {"creationPolicy": "Owner", "deletionPolicy": "Retain"},
          "dataFrom": [{"extract": {"key": "remote"}}]},
         "status": {"refreshTime": "%s", "syncedResourceVersion": "%s", "binding": {"name": "my-es"},
          "conditions": [{"type": "Ready", "status": "True", "reason": "SecretSynced",
           "message": "secret synced", "lastTransitionTime": "2025-12-01T00:00:00Z"}]}}
        """
            .formatted(annotations, refreshed, synced));
    objects.applySecret(
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "my-es", "namespace": "default",
         "labels": {"reconcile.external-secrets.io/managed": "true",
          "reconcile.external-secrets.io/created-by": "b8464376b5fe3535e690594280bfe59b60be2603cb6cbb6d6c8bcbb4"},
         "annotations": {"reconcile.external-secrets.io/data-hash": "%s"},
         "ownerReferences": [{"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
          "name": "my-es", "uid": "es-uid", "controller": true, "blockOwnerDeletion": true}]}}
        """
            .formatted(hash),
        Map.of("foo", "value1", "bar", "value2"));
  }

  @Test
  void aDryRunSaysWhatWouldBeRefusedAndLeavesOthersAlone() {
    upstreamWrote("2026-01-01T00:20:00Z", "{}", "", DATA);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(30));
    assertThat(operator.takeover())
        .containsExactly("ExternalSecret default/my-es FETCH it was never synced");

    String other =
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore",
         "metadata": {"name": "store", "namespace": "default"}, "spec": {%s "provider": {"gitlab": {}}}}
        """;
    objects.apply(other.formatted(""));
    assertThat(operator.takeover())
        .containsExactly(
            "ExternalSecret default/my-es REFUSAL SecretStore default/store: provider gitlab is not"
                + " in this version; it has fake");

    objects.apply(other.formatted("\"controller\": \"another\","));
    assertThat(operator.takeover()).isEmpty();
  }

  @Test
  void aDryRunLooksAtWhatPushesToo() {
    upstreamWrote("2026-01-01T00:20:00Z", "{}", "1-" + NO_METADATA, DATA);
    String push =
        """
        {"apiVersion": "external-secrets.io/v1alpha1", "kind": "PushSecret",
         "metadata": {"name": "push", "namespace": "default"},
         "spec": {"refreshInterval": "1h", "secretStoreRefs": [{"name": "store"}],
          "selector": {"secret": {"name": "my-es"}},
          "data": [{"match": {"secretKey": "foo", "remoteRef": {"remoteKey": "there"}}}]},
         "status": {"refreshTime": "%s", "syncedResourceVersion": "%s"}}
        """;
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(30));

    objects.apply(push.formatted("2026-01-01T00:20:00Z", "1-" + NO_METADATA));
    assertThat(operator.takeover()).isEmpty();
    objects.apply(push.formatted("2025-12-31T00:20:00Z", "1-" + NO_METADATA));
    assertThat(operator.takeover())
        .containsExactly("PushSecret default/push PUSH it is due, or changed since it was synced");
    objects.apply(push.formatted("2026-01-01T00:20:00Z", "").replace("remoteKey", "remoteKay"));
    assertThat(operator.takeover())
        .singleElement()
        .asString()
        .startsWith("PushSecret default/push REFUSAL ");
    assertThat(store.calls()).isZero();
  }

  @Test
  void aDryRunSaysWhatWouldBeMadeInNamespaces() {
    for (String name : List.of("blue", "green")) {
      objects.apply(
          """
          {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s", "labels": {"team": "%s"}}}
          """
              .formatted(name, name));
    }
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterExternalSecret",
         "metadata": {"name": "all", "uid": "all-uid"},
         "spec": {"externalSecretName": "made",
          "namespaceSelectors": [{"matchLabels": {"team": "blue"}}],
          "externalSecretSpec": {"secretStoreRef": {"name": "store"},
           "dataFrom": [{"extract": {"key": "remote"}}]}}}
        """);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(30));
    objects.requests().clear();

    assertThat(operator.takeover())
        .containsExactly("ClusterExternalSecret all WRITE create ExternalSecret blue/made");
    assertThat(objects.requests().keySet()).noneMatch(it -> !it.startsWith("get"));
  }

  @Test
  void aNamespaceThatGoesIsNotHeldBackByWhatUpstreamLeftThere() {
    String namespace =
        """
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s", %s
         "finalizers": ["externalsecrets.external-secrets.io/ces-one", "example.com/other",
          "externalsecrets.external-secrets.io/ces-two"]}}
        """;
    objects.apply(namespace.formatted("goes", "\"deletionTimestamp\": \"2026-01-01T00:00:00Z\","));
    objects.apply(namespace.formatted("stays", ""));
    new VirtualOperator(objects, store, Duration.ofMinutes(30)).lead().pass(Duration.ofSeconds(1));

    assertThat(objects.requests()).isEqualTo(Map.of("patch finalizers", 1));
    assertThat(objects.finalizers("goes")).isEqualTo(List.of("example.com/other"));
    assertThat(objects.finalizers("stays")).hasSize(3);
  }

  /** At 2026-01-01T00:30 the first look. */
  @ParameterizedTest
  @CsvSource({
    // Refreshed 10 minutes ago: nothing is due, and it is looked at once, when it is.
    "2026-01-01T00:20:00Z, {}, 1, as it was, 0",
    "2025-12-31T23:45:00Z, {}, 1, as it was, 0",
    "2026-01-01T00:20:00Z, '{\"a\": \"b\", \"c\": \"d\"}', labelled, as it was, 0",
    // Its interval is over, it was changed, or somebody changed the Secret.
    "2025-12-31T23:00:00Z, {}, 1, as it was, 1",
    "2026-01-01T00:20:00Z, {}, 2, as it was, 1",
    "2026-01-01T00:20:00Z, '{\"a\": \"b\"}', 1, as it was, 1",
    "2026-01-01T00:20:00Z, {}, 1, changed, 1",
  })
  void onlyWhatIsDueIsFetched(
      String refreshed, String annotations, String generation, String secret, int calls) {
    String synced =
        generation.equals("labelled") ? "1-" + LABELLED : generation + "-" + NO_METADATA;
    upstreamWrote(refreshed, annotations, synced, secret.equals("changed") ? "0".repeat(56) : DATA);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(30));
    assertThat(operator.takeover()).as("what a dry run says").hasSize(calls);
    assertThat(store.calls()).isZero();
    objects.requests().clear();
    operator.lead().pass(Duration.ofMinutes(4));

    assertThat(store.calls()).isEqualTo(calls);
    if (calls == 0) {
      assertThat(objects.requests())
          .as("one look at the values")
          .isEqualTo(Map.of("get secrets", 1));
      assertThat(objects.values(Ref.secret("default", "my-es")))
          .contains(Map.of("foo", "value1", "bar", "value2"));
    } else {
      assertThat(objects.requests().keySet()).contains("update secrets", "update status");
    }
    assertThat(List.copyOf(objects.violations())).isEmpty();
  }
}
