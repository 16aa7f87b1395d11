package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.sealing.SealingKey;
import dev.signet.testkit.cluster.AuditLog;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What objects cost the API server, by its audit log. */
@OnControlPlane
@Timeout(120)
class CostTest {

  private static final int OBJECTS = 8;

  private Stage stage;
  private ControlPlane plane;

  @BeforeEach
  void set(ControlPlane plane, Namespace namespace) throws IOException {
    this.stage = new Stage(plane, namespace);
    this.plane = plane;
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  private Operator start(String user) throws IOException {
    return stage.start(
        stage.withoutKey(stage.settings()), plane.url(), plane.user(user, "system:masters"));
  }

  /**
   * Of that user in the namespace, each sort of request but watches, and what is asked once a
   * start: lists, and the key of an old name.
   */
  private Map<String, Integer> requests(String user) throws IOException {
    Map<String, Integer> requests = new TreeMap<>();
    for (AuditLog.Entry each : plane.audit().entries()) {
      if (each.user().equals(user)
          && each.namespace().equals(stage.namespace())
          && !List.of("list", "watch").contains(each.verb())
          && !each.name().equals("sealed-secrets-key")) {
        String what = each.subresource().isEmpty() ? "" : "/" + each.subresource();
        requests.merge(each.verb() + " " + each.resource() + what, 1, Integer::sum);
      }
    }
    return requests;
  }

  private void awaitEvents(String user, int count) {
    Eventually.holds(
        Stage.SOON,
        "the requests of " + user + " in the audit log",
        () -> requests(user).getOrDefault("create events", 0) >= count);
  }

  private void seal(SealingKey key, String name) throws IOException {
    stage.applySealed(stage.sealed(key.certificate(), name, Map.of("a", "1", "b", "2", "c", "3")));
  }

  @Test
  void aSealedSecretCostsThreeRequestsAndNoneAfterwards() throws IOException {
    SealingKey key = Stage.newKey("key");
    stage.addKey(key);
    for (int i = 0; i < OBJECTS; i++) {
      seal(key, "app-" + i);
    }

    Operator first = start("first");
    awaitEvents("first", OBJECTS);
    assertThat(requests("first"))
        .isEqualTo(
            Map.of(
                "create secrets",
                OBJECTS,
                "update sealedsecrets/status",
                OBJECTS,
                "create events",
                OBJECTS));
    Stage.stop(first);

    Operator second = start("second");
    awaitLooks(second, OBJECTS);
    stage
        .api()
        .patch(
            stage.sealedPath("app-0"),
            "application/merge-patch+json",
            "{\"metadata\": {\"labels\": {\"team\": \"a\"}}}")
        .orFail();
    awaitLooks(second, OBJECTS + 1);
    // The log is in the order of the answers: what came before this one is in it with it.
    seal(key, "last");
    awaitEvents("second", 1);
    assertThat(requests("second"))
        .isEqualTo(
            Map.of("create secrets", 1, "update sealedsecrets/status", 1, "create events", 1));
  }

  @Test
  void aRefreshCostsTwoRequests() throws IOException {
    Settings settings = stage.withoutKey(stage.settings());
    assertThat(refreshes("usual", settings)).isGreaterThan(OBJECTS / 2);
  }

  @Test
  void aRefreshCostsOneRequestInEconomyUntilAValueChanges() throws IOException {
    Settings settings = stage.withoutKey(stage.settings());
    assertThat(refreshes("economy", settings.withDialects(settings.dialects().withEconomy())))
        .isEqualTo(1);
    stage
        .api()
        .patch(
            stage.externalPath("secretstores/fake"),
            "application/merge-patch+json",
            fakeStore("after"))
        .orFail();
    stage.awaitValues("app", "{k=after}");
  }

  /** How many of many refreshes that changed nothing wrote a status, the first one included. */
  private int refreshes(String user, Settings settings) throws IOException {
    stage.applyExternal("secretstores", fakeStore("before"));
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "app"},
         "spec": {"refreshInterval": "1s", "secretStoreRef": {"name": "fake"},
          "data": [{"secretKey": "k", "remoteRef": {"key": "remote"}}]}}
        """);
    var _ = stage.start(settings, plane.url(), plane.user(user, "system:masters"));
    stage.awaitValues("app", "{k=before}");
    Eventually.holds(
        Stage.SOON,
        OBJECTS + " looks at the Secret",
        () -> requests(user).getOrDefault("get secrets", 0) >= OBJECTS);
    Map<String, Integer> requests = requests(user);
    assertThat(requests.keySet())
        .containsOnly(
            "get secrets",
            "create secrets",
            "create events",
            "update externalsecrets/status",
            "update secretstores/status");
    return requests.getOrDefault("update externalsecrets/status", 0);
  }

  private static String fakeStore(String value) {
    return """
    {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
     "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "%s"}]}}}}
    """
        .formatted(value);
  }

  private static void awaitLooks(Operator operator, int atLeast) {
    Eventually.holds(
        Stage.SOON,
        atLeast + " looks at SealedSecrets",
        () -> {
          String looks = Stage.metric(operator, "sealed_secrets_controller_unseal_requests_total");
          return !looks.equals("absent") && Double.parseDouble(looks) >= atLeast;
        });
  }
}
