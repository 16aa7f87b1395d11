package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class StoresCommandTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String STORES =
      """
      apiVersion: external-secrets.io/v1
      kind: SecretStore
      metadata: {name: good}
      spec: {provider: {fake: {data: [{key: a, value: "1"}, {key: b, value: "2"}]}}}
      ---
      apiVersion: external-secrets.io/v1
      kind: SecretStore
      metadata: {name: bad}
      spec: {provider: {vault: {server: "no address"}}}
      ---
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata: {name: both}
      spec:
        secretStoreRef: {name: good}
        data:
        - {secretKey: a, remoteRef: {key: a}}
        - {secretKey: b, remoteRef: {key: b}}
      """;

  @TempDir Path folder;

  @Test
  void whatMetricsSayOfAStore() {
    var all =
        StoreTraffic.parse(
            """
            # HELP signet_store_calls_total Calls to stores.
            # TYPE signet_store_calls_total counter
            signet_store_calls_total{kind="SecretStore",name="a",namespace="n",result="success"} 40.0
            signet_store_calls_total{kind="SecretStore",name="a",namespace="n",result="error"} 2.0
            signet_store_throttled_total{kind="SecretStore",name="a",namespace="n"} 1.0
            signet_store_shared_reads_total{kind="SecretStore",name="a",namespace="n"} 7.0
            signet_store_requests_per_second{kind="SecretStore",name="a",namespace="n"} 12.5
            signet_store_parked{kind="SecretStore",name="a",namespace="n"} 0.0
            signet_store_parked{kind="ClusterSecretStore",name="b",namespace=""} 1.0
            signet_store_parked{kind="SecretStore",name="c"} what
            signet_sealing_keys 1.0
            """);
    GroupKind store = new GroupKind("external-secrets.io", "SecretStore");
    assertThat(all.get(new Ref(store, "n", "a")))
        .isEqualTo(new StoreTraffic(40, 2, 1, 7, OptionalDouble.of(12.5), /* parked= */ false));
    assertThat(
            all.get(new Ref(new GroupKind("external-secrets.io", "ClusterSecretStore"), "", "b")))
        .isEqualTo(new StoreTraffic(0, 0, 0, 0, OptionalDouble.empty(), /* parked= */ true));
    assertThat(all).hasSize(3);
  }

  @Test
  void aDirectoryShowsWhatCameFromEachStore() {
    Shell shell = new Shell(folder);
    shell.write("app/all.yaml", STORES);
    assertThat(shell.signet("apply", "-f", "app").code()).isEqualTo(3);

    List<String> lines =
        shell
            .signet("stores")
            .succeeded()
            .out()
            .lines()
            .map(it -> it.replaceAll(" +", " "))
            .toList();
    assertThat(lines.getFirst())
        .isEqualTo("STORE PROVIDER READY REASON KEYS LAST DELIVERY MESSAGE");
    assertThat(lines.get(1))
        .startsWith("SecretStore default/bad vault False InvalidProviderConfig 0 ");
    assertThat(lines.get(2))
        .isEqualTo("SecretStore default/good fake True Valid 2 2026-03-01T12:00:00Z");
    assertThat(lines).hasSize(3);

    List<Jsonl.Row> rows =
        Jsonl.row(shell.signet("stores", "-o", "json").succeeded().out()).rows("stores");
    assertThat(rows.getLast().integer("keys")).isEqualTo(2);
    assertThat(rows.getLast().has("calls")).isFalse();
    assertThat(shell.signet("stores", "-n", "other").succeeded().err()).isEqualTo("no stores\n");
  }

  @Test
  void wrongInputIsRefused() {
    Shell shell = new Shell(folder);
    shell.signet("stores", "-A", "-n", "a").failed(2, "-n and -A exclude each other");
    shell.signet("stores", "--metrics", "http://x").failed(2, "--metrics is for clusters");
    shell
        .signet("stores", "--operator-label", "none", "--cluster")
        .failed(2, "--operator-label none is no label");
    shell.signet("stores", "--cluster").failed(1, "no cluster: ");
    assertThat(shell.signet("stores", "--help").succeeded().out()).contains("Examples:");
  }

  @Test
  @OnControlPlane
  void aClusterShowsWhatItsOperatorCountsAndWhatLasts(ControlPlane plane, Namespace home)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, home, folder).withKinds().withOperator()) {
      stage.shell().write("app/all.yaml", STORES);
      stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded();
      stage
          .api()
          .post(
              home.path("generators.external-secrets.io/v1alpha1", "generatorstates"),
              """
              {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "GeneratorState",
               "metadata": {"name": "gen-1", "ownerReferences": [
                 {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "name": "both", "uid": "%s"}]},
               "spec": {"resource": {"kind": "VaultDynamicSecret", "metadata": {"name": "db"}},
                "state": {"lease": "x", "ends": "2026-03-01T12:41:03Z"}}}
              """
                  .formatted(
                      stage
                          .api()
                          .get(home.path("external-secrets.io/v1", "externalsecrets/both"))
                          .orFail()
                          .json()
                          .row("metadata")
                          .text("uid")))
          .orFail();
      Eventually.holds(
          SOON, "the Secret", () -> stage.api().get(home.path("secrets/both")).status() == 200);
      Eventually.holds(
          SOON,
          "all to be shown",
          () -> {
            Shell.Result shown =
                stage.signet("stores", "--cluster", "--metrics", stage.metrics()).succeeded();
            List<String> lines = shown.out().lines().map(it -> it.replaceAll(" +", " ")).toList();
            return lines.contains(
                    "STORE PROVIDER READY REASON CALLS FAILED THROTTLED SHARED RATE MESSAGE")
                && lines.contains(
                    "SecretStore %s/good fake True Valid 2 0 0 0 no limit".formatted(home.name()))
                && lines.stream().anyMatch(it -> it.contains("/bad vault False Inv"))
                && lines.stream()
                    .anyMatch(
                        it ->
                            it.equals(
                                home.name()
                                    + "/gen-1 VaultDynamicSecret db ExternalSecret both in 41m3s"));
          });

      // There are no pods here, so that there is nobody who counts.
      Shell.Result without = stage.signet("stores", "--cluster", "-o", "json").succeeded();
      Jsonl.Row tree = Jsonl.row(without.out());
      assertThat(tree.rows("stores"))
          .hasSize(2)
          .allSatisfy(row -> assertThat(row.has("calls")).isFalse());
      assertThat(tree.rows("leases").getFirst().text("ends")).isEqualTo("2026-03-01T12:41:03Z");
      assertThat(tree.texts("unseen").getFirst()).contains("no pods with the label");
      assertThat(
              stage.signet("stores", "--cluster", "--metrics", "http://127.0.0.1:1/metrics").err())
          .contains("not shown: what an operator counts: nobody answers at");
    }
  }
}
