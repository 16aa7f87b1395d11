package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The alerts, the dashboard and Argo CD's health, by the programs that run them. */
class MonitoringTest {

  private static final Path FILES = ExternalSecretsChart.FOLDER.resolve("files");
  private static final Path ARGO = Path.of("argocd").toAbsolutePath();

  @TempDir Path folder;

  @Test
  void alertsFireWhenTheyShouldAndNotBefore() throws IOException {
    Path promtool = Needs.command("promtool", "it is in Debian's package prometheus");
    Files.copy(FILES.resolve("alerts.yaml"), folder.resolve("alerts.yaml"));
    Files.copy(
        Path.of("src/test/resources/external-secrets/alerts-test.yaml"),
        folder.resolve("test.yaml"));

    Ran.in(folder, Map.of(), List.of(promtool.toString(), "check", "rules", "alerts.yaml"))
        .orFail();
    Ran.in(folder, Map.of(), List.of(promtool.toString(), "test", "rules", "test.yaml")).orFail();
  }

  @Test
  void theChartMakesARuleOfThem() throws IOException {
    Ran ran =
        Chart.template(
            ExternalSecretsChart.FOLDER,
            "eso",
            "tools",
            Map.of(
                "installCRDs",
                false,
                "signet",
                Map.of(
                    "prometheusRule", Map.of("enabled", true, "labels", Map.of("release", "p")))));

    Chart.Rendered rule =
        Chart.parse(ran.orFail().out()).stream()
            .filter(each -> each.kind().equals("PrometheusRule"))
            .findFirst()
            .orElseThrow();
    assertThat(rule.tree().row("metadata").row("labels").fields()).containsEntry("release", "p");
    assertThat(rule.tree().row("spec").fields())
        .isEqualTo(
            Chart.parse(Files.readString(FILES.resolve("alerts.yaml"))).getFirst().tree().fields());
  }

  @Test
  void theDashboardHasUpstreamsUid() throws IOException {
    String dashboard = Files.readString(FILES.resolve("dashboard.json"));
    TreeSet<String> asked = new TreeSet<>();
    Pattern.compile("(externalsecret|signet|controller_runtime|workqueue)_\\w+")
        .matcher(dashboard)
        .results()
        .forEach(match -> asked.add(match.group()));

    assertThat(Jsonl.row(dashboard).text("uid")).isEqualTo("n4IdKaJVk");
    assertThat(asked)
        .containsExactly(
            "controller_runtime_active_workers",
            "controller_runtime_reconcile_total",
            "externalsecret_status_condition",
            "externalsecret_sync_calls_error",
            "signet_externalsecret_last_sync_seconds",
            "signet_externalsecret_refresh_interval_seconds",
            "signet_store_calls_total",
            "workqueue_depth");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"metadata": {"generation": 1}} | Progressing: waiting for the first report
          {"metadata": {"generation": 1}, "status": {"conditions": [{"type": "Ready", "status": "True", "message": "secret synced"}], "syncedResourceVersion": "1-abc"}} | Healthy: secret synced
          {"metadata": {"generation": 2}, "status": {"conditions": [{"type": "Ready", "status": "True", "message": "secret synced"}], "syncedResourceVersion": "1-abc"}} | Progressing: waiting for the last change to be synced
          {"metadata": {"generation": 10}, "status": {"conditions": [{"type": "Ready", "status": "True", "message": "secret synced"}], "syncedResourceVersion": "10-abc"}} | Healthy: secret synced
          {"metadata": {"generation": 1}, "status": {"conditions": [{"type": "Ready", "status": "False", "message": "could not get secret data from provider"}]}} | Degraded: could not get secret data from provider
          {"metadata": {"generation": 1}, "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}} | Progressing:
          {"metadata": {"generation": 3}, "status": {"conditions": [{"type": "Ready", "status": "True", "message": "store validated"}]}} | Healthy: store validated
          {"metadata": {"generation": 1}, "status": {"conditions": [{"type": "Deleted", "status": "True"}]}} | Progressing: waiting for the first report
          {"metadata": {"generation": 1, "deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}} | Progressing: is being deleted
          """)
  void argoCdShowsHealth(String object, String health) throws IOException {
    Path lua = Needs.command("lua5.4", "it is Debian's package of that name");
    Path script = folder.resolve("health.lua");
    Files.writeString(
        script,
        "obj = "
            + table(Jsonl.row(object).fields())
            + "\nlocal health = (function()\n"
            + Files.readString(ARGO.resolve("health.lua"))
            + "\nend)()\nprint(health.status .. \": \" .. health.message)\n");

    Ran ran = Ran.in(folder, Map.of(), List.of(lua.toString(), script.toString())).orFail();

    assertThat(ran.out().strip()).isEqualTo(health);
  }

  /** JSON as Lua has it. */
  private static String table(@Nullable Object tree) {
    return switch (tree) {
      case null -> "nil";
      case Map<?, ?> map -> {
        StringBuilder text = new StringBuilder("{");
        map.forEach(
            (key, value) ->
                text.append("[\"").append(key).append("\"]=").append(table(value)).append(','));
        yield text.append('}').toString();
      }
      case List<?> list -> {
        StringBuilder text = new StringBuilder("{");
        list.forEach(value -> text.append(table(value)).append(','));
        yield text.append('}').toString();
      }
      case String text -> '"' + text + '"';
      default -> String.valueOf(tree);
    };
  }

  @Test
  void theScriptStandsInArgoCdsConfigurationForEachKind() throws IOException {
    Jsonl.Row data =
        Chart.parse(
                "{\"kind\": \"ConfigMap\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"a\"}}\n---\n"
                    + Files.readString(ARGO.resolve("argocd-cm.yaml")))
            .getLast()
            .tree()
            .row("data");

    assertThat(data.fields().keySet())
        .containsExactlyInAnyOrder(
            "resource.customizations.health.external-secrets.io_ExternalSecret",
            "resource.customizations.health.external-secrets.io_SecretStore",
            "resource.customizations.health.external-secrets.io_ClusterSecretStore",
            "resource.customizations.health.external-secrets.io_ClusterExternalSecret",
            "resource.customizations.health.external-secrets.io_PushSecret",
            "resource.customizations.health.external-secrets.io_ClusterPushSecret");
    assertThat(data.fields().values()).containsOnly(Files.readString(ARGO.resolve("health.lua")));
  }
}
