package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.deploy.ExternalSecretsChart.Rendered;
import dev.signet.deploy.ExternalSecretsChart.Rendering;
import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every value of upstream's chart changes in ours what it changes there, or the installation fails
 * and names it. What it changes there was recorded: {@code external-secrets/README.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExternalSecretsValuesTest {

  private static final String LATEST = "2.9.0";

  /** Settings that fail here and not there, and what the failure says. */
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("bitwarden-sdk-server.enabled", "bitwarden-sdk-server.enabled: "),
          Map.entry("replicaCount without election", "replicaCount: more than one needs"),
          Map.entry("controllerClass", "controllerClass: "),
          Map.entry("extendedMetricLabels", "extendedMetricLabels: "),
          Map.entry("storeRequeueInterval", "storeRequeueInterval: "),
          Map.entry("enableHTTP2", "enableHTTP2: "),
          Map.entry("vault.enableTokenCache", "vault.enableTokenCache: "),
          Map.entry("log.timeEncoding", "log.timeEncoding: "),
          Map.entry("extraArgs another", "extraArgs.enable-flood-gate: "),
          Map.entry("metrics.listen.auth.enabled", "metrics.listen.auth.enabled: "),
          Map.entry("metrics.listen.secure.enabled", "metrics.listen.secure.enabled: "));

  /** Settings that change something else besides, and where. */
  private static final Map<String, Set<String>> ELSEWHERE =
      Map.of(
          "createOperator with the webhook",
          Set.of(
              "Secret external-secrets/external-secrets-webhook",
              "Service external-secrets/external-secrets-webhook",
              "ValidatingWebhookConfiguration externalsecret-validate",
              "ValidatingWebhookConfiguration secretstore-validate"),
          "scopedRBAC in another namespace",
          Set.of(
              "Role external-secrets/external-secrets-webhook",
              "RoleBinding external-secrets/external-secrets-webhook"),
          "networkPolicy.enabled with a webhook",
          Set.of("NetworkPolicy external-secrets/external-secrets-network-policy"),
          "webhook.service.labels",
          Set.of("Service external-secrets/external-secrets-webhook /metadata/labels/a"));

  /** Definitions have a test of their own; the failure policy is the one default that differs. */
  private static final Map<String, @Nullable Object> BASE =
      Map.of("installCRDs", false, "webhook", Map.of("failurePolicy", "Fail"));

  private static final Map<String, List<String>> ARGUMENTS = arguments();

  /** Rendered once for all rows, as each takes a process. */
  private final Map<Rendering, Ran> rendered = new LinkedHashMap<>();

  static List<Jsonl.Row> rows() {
    return Jsonl.rows(ExternalSecretsValuesTest.class, "/external-secrets/values.jsonl");
  }

  static List<Jsonl.Row> defaults() {
    return Jsonl.rows(ExternalSecretsValuesTest.class, "/external-secrets/defaults.jsonl");
  }

  /** What each setting does to the arguments of the operator; - is no longer there, + is new. */
  private static Map<String, List<String>> arguments() {
    Map<String, List<String>> arguments = new TreeMap<>();
    Jsonl.rows(ExternalSecretsValuesTest.class, "/external-secrets/arguments.jsonl")
        .forEach(row -> arguments.put(row.text("id"), row.texts("changes")));
    return arguments;
  }

  /** One value in each place where upstream's separate processes have values. */
  static List<List<String>> separate() throws IOException {
    List<List<String>> settings = new ArrayList<>();
    Map<String, @Nullable Object> usual =
        tree(ExternalSecretsChart.FOLDER.resolve("files/separate.yaml"));
    usual.forEach(
        (process, values) ->
            Trees.map(values)
                .forEach(
                    (key, value) ->
                        settings.add(
                            List.of(process + "." + key, Trees.json(other(process, key, value))))));
    return settings;
  }

  private static Map<String, @Nullable Object> other(
      String process, String key, @Nullable Object value) {
    Object changed =
        switch (value) {
          case Map<?, ?> map when !map.isEmpty() -> Map.of("unknown", "x");
          case Boolean flag -> !flag;
          case null -> true;
          default -> List.of("x");
        };
    return Map.of(process, Map.of(key, changed));
  }

  private static Rendering separate(List<String> setting) {
    return new Rendering("separate", "separate", Jsonl.row(setting.get(1)).fields());
  }

  @BeforeAll
  void renderEverything() throws IOException, InterruptedException {
    Map<Rendering, Future<Ran>> running = new LinkedHashMap<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(2 * Runtime.getRuntime().availableProcessors())) {
      Stream.of(
              Stream.of(rendering(Map.of())),
              rows().stream().flatMap(row -> Stream.of(before(row), after(row))),
              separate().stream().map(ExternalSecretsValuesTest::separate))
          .flatMap(each -> each)
          .forEach(each -> running.computeIfAbsent(each, key -> pool.submit(key::run)));
      for (Map.Entry<Rendering, Future<Ran>> one : running.entrySet()) {
        rendered.put(one.getKey(), one.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IOException("helm could not be run", e);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aValueChangesWhatItChangesInUpstreamsChart(Jsonl.Row row) throws IOException {
    Ran after = ran(after(row));
    if (REFUSED.containsKey(row.toString())) {
      assertThat(after.status()).isNotZero();
      assertThat(after.err()).contains(REFUSED.get(row.toString()));
    } else if (row.has("fails")) {
      assertThat(after.status()).isNotZero();
      assertThat(after.err()).contains(named(row));
    } else {
      assertThat(Trees.differences(recorded(row), changes(row)).keySet())
          .isEqualTo(ELSEWHERE.getOrDefault(row.toString(), Set.of()));
      assertThat(argumentChanges(row)).isEqualTo(ARGUMENTS.getOrDefault(row.toString(), List.of()));
    }
  }

  private static String named(Jsonl.Row row) {
    return row.text("id").startsWith("serviceMonitor") ? "renderMode" : "processPushSecret";
  }

  @ParameterizedTest
  @MethodSource("separate")
  void aValueOfAProcessThatIsNotThereIsNamed(List<String> setting) {
    Ran ran = ran(separate(setting));

    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains(setting.getFirst());
  }

  @Test
  void valuesOfUpstreamsSeparateProcessesMayStandThereAsTheyAreByDefault() throws IOException {
    Map<String, @Nullable Object> usual =
        tree(ExternalSecretsChart.FOLDER.resolve("files/separate.yaml"));

    assertThat(rendered(rendering(usual))).isEqualTo(rendered(rendering(Map.of())));
  }

  @Test
  void withoutValuesItIsUpstreamsChart() throws IOException {
    Jsonl.Row latest = defaults().getLast();
    SortedMap<String, Object> theirs = new TreeMap<>();
    latest
        .row("objects")
        .fields()
        .forEach(
            (name, tree) -> {
              if (!ExternalSecretsChart.separate(name) && tree != null) {
                theirs.put(
                    name, Objects.requireNonNull(ExternalSecretsChart.withoutOwn(name, tree)));
              }
            });

    Rendered ours = rendered(rendering(Map.of()));

    assertThat(latest.text("id")).isEqualTo(LATEST);
    assertThat(Trees.differences(theirs, ours.objects())).isEmpty();
    assertThat(ours.objects()).hasSize(13);
    assertThat(ours.arguments())
        .containsExactly(
            "operator",
            "--without=SealedSecret",
            "--key-namespace=external-secrets",
            "--leader-election=false",
            "--http=:8082",
            "--metrics=:8080",
            "--webhook=:10250",
            "--webhook-service=external-secrets/external-secrets-webhook",
            "--webhook-secret=external-secrets-webhook",
            "--webhook-configurations=secretstore-validate,externalsecret-validate,external-secrets-validate",
            "--log-level=info");
  }

  @Test
  void unreachableItBlocksNothing() throws IOException {
    Ran ran = new Rendering("r", "n", Map.of("installCRDs", false)).run();

    List<String> policies =
        Chart.parse(ran.orFail().out()).stream()
            .filter(each -> each.kind().equals("ValidatingWebhookConfiguration"))
            .flatMap(each -> each.tree().rows("webhooks").stream())
            .map(each -> each.text("name") + " " + each.text("failurePolicy"))
            .toList();
    assertThat(policies)
        .containsExactlyInAnyOrder(
            "validate.externalsecret.external-secrets.io Ignore",
            "validate.secretstore.external-secrets.io Ignore",
            "validate.clustersecretstore.external-secrets.io Ignore",
            "validate.clusterexternalsecret.external-secrets.io Ignore",
            "validate.pushsecret.external-secrets.io Ignore",
            "validate.clusterpushsecret.external-secrets.io Ignore");
  }

  @Test
  void everyValueOfEveryVersionIsThereAndHasARow() throws IOException {
    Set<String> set = new TreeSet<>();
    rows().forEach(row -> leaves(row.row("values").fields(), "", set));
    separate().forEach(each -> leaves(Jsonl.row(each.get(1)).fields(), "", set));
    // These have a test of their own: definitions are not upstream's.
    set.add("installCRDs");
    set.add("crds");

    assertThat(defaults()).hasSize(8);
    for (Jsonl.Row version : defaults()) {
      assertThat(version.texts("paths"))
          .as(version.text("id"))
          .allSatisfy(
              path ->
                  assertThat(set)
                      .anyMatch(
                          p ->
                              p.equals(path)
                                  || p.startsWith(path + ".")
                                  || path.startsWith(p + ".")
                                  || within(path, p)));
    }
  }

  /** A row of a value of a process stands for all values below. */
  private static boolean within(String path, String row) {
    return row.endsWith(".unknown")
        && path.startsWith(row.substring(0, row.length() - "unknown".length()));
  }

  private static Rendering before(Jsonl.Row row) {
    return new Rendering(
        row.optionalText("release").orElse(ExternalSecretsChart.RELEASE),
        row.optionalText("namespace").orElse(ExternalSecretsChart.NAMESPACE),
        Trees.merged(BASE, row.has("under") ? row.row("under").fields() : Map.of()));
  }

  private static Rendering after(Jsonl.Row row) {
    Rendering before = before(row);
    return new Rendering(
        before.release(),
        before.namespace(),
        Trees.merged(before.values(), row.row("values").fields()));
  }

  private static Rendering rendering(Map<String, @Nullable Object> values) {
    return new Rendering(
        ExternalSecretsChart.RELEASE, ExternalSecretsChart.NAMESPACE, Trees.merged(BASE, values));
  }

  private Ran ran(Rendering rendering) {
    return rendered.computeIfAbsent(
        rendering,
        key -> {
          try {
            return key.run();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private Rendered rendered(Rendering rendering) throws IOException {
    return ExternalSecretsChart.rendered(ran(rendering));
  }

  /** For a release of another name, against nothing: every object has another name. */
  private SortedMap<String, String> changes(Jsonl.Row row) throws IOException {
    return Trees.differences(
        row.has("release") ? Map.of() : rendered(before(row)).objects(),
        rendered(after(row)).objects());
  }

  private List<String> argumentChanges(Jsonl.Row row) throws IOException {
    List<String> before = row.has("release") ? List.of() : rendered(before(row)).arguments();
    List<String> after = rendered(after(row)).arguments();
    return Stream.concat(
            before.stream().filter(each -> !after.contains(each)).map(each -> "-" + each),
            after.stream().filter(each -> !before.contains(each)).map(each -> "+" + each))
        .toList();
  }

  private static SortedMap<String, String> recorded(Jsonl.Row row) {
    SortedMap<String, String> recorded = new TreeMap<>();
    row.row("differences")
        .fields()
        .forEach(
            (place, value) -> {
              boolean own =
                  place.endsWith("/containers/0/args")
                      // Its own ServiceMonitor selects the webhook by this label and this port.
                      || place.endsWith("/metadata/labels/app.kubernetes.io~1metrics")
                      || place.endsWith("-webhook /spec/ports");
              if (!own && !ExternalSecretsChart.separate(place)) {
                String json = Trees.json(ExternalSecretsChart.withoutOwn(place, value));
                recorded.put(
                    place,
                    place.endsWith("-webhook /spec/selector/app.kubernetes.io~1name")
                        ? json.replace("-webhook\"", "\"")
                        : json);
              }
            });
    return recorded;
  }

  private static Map<String, @Nullable Object> tree(Path file) throws IOException {
    return Chart.parse(Files.readString(file)).getFirst().tree().fields();
  }

  private static void leaves(Map<String, @Nullable Object> tree, String prefix, Set<String> into) {
    tree.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            leaves(Trees.map(map), prefix + key + ".", into);
          } else {
            into.add(prefix + key);
          }
        });
  }
}
