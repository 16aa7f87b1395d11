package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every value of upstream's chart changes in ours what it changes there. What it changes there was
 * recorded: {@code sealed-secrets/README.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedSecretsValuesTest {

  private static final String LATEST = "2.19.3";

  /** Settings that fail here and not there, and what the failure says. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "rbac.pspEnabled", "rbac.pspEnabled: Kubernetes has no PodSecurityPolicy",
          "ingress.apiVersion of old", "at '/ingress/apiVersion'");

  /** Settings that do more here than there; each has a test of its own below. */
  private static final Set<String> BETTER =
      Set.of(
          "ingress.secrets",
          "serviceAccount.annotations with a template",
          "commonAnnotations with a template");

  /** Rendered once for all rows, as each takes a process. */
  private final Map<Rendering, Ran> rendered = new LinkedHashMap<>();

  private record Rendering(
      String release, String namespace, Map<String, @Nullable Object> values) {}

  static List<Jsonl.Row> rows() {
    return Jsonl.rows(SealedSecretsValuesTest.class, "/sealed-secrets/values.jsonl");
  }

  static List<Jsonl.Row> defaults() {
    return Jsonl.rows(SealedSecretsValuesTest.class, "/sealed-secrets/defaults.jsonl");
  }

  @BeforeAll
  void renderEverything() throws IOException, InterruptedException {
    Map<Rendering, Future<Ran>> running = new LinkedHashMap<>();
    try (ExecutorService pool =
        Executors.newFixedThreadPool(2 * Runtime.getRuntime().availableProcessors())) {
      Stream.concat(
              Stream.of(rendering(SealedSecretsChart.RELEASE, Map.of())),
              rows().stream().flatMap(row -> Stream.of(before(row), after(row))))
          .forEach(
              each ->
                  running.computeIfAbsent(
                      each,
                      key ->
                          pool.submit(
                              () ->
                                  SealedSecretsChart.template(
                                      key.release(), key.namespace(), key.values()))));
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
    Ran after = rendered(after(row));
    if (REFUSED.containsKey(row.toString())) {
      assertThat(after.status()).isNotZero();
      assertThat(after.err()).contains(REFUSED.get(row.toString()));
    } else if (BETTER.contains(row.toString())) {
      assertThat(after.status()).as(after.err()).isZero();
      assertThat(row.has("fails") || !differences(row).equals(recorded(row))).isTrue();
    } else if (row.has("fails")) {
      assertThat(after.status()).isNotZero();
      assertThat(after.err()).contains(row.text("id").split(" ")[0]);
    } else {
      assertThat(differences(row)).isEqualTo(recorded(row));
    }
  }

  @Test
  void withoutValuesItIsUpstreamsChart() throws IOException {
    Jsonl.Row latest = defaults().getLast();

    SortedMap<String, Object> ours = objects(rendering(SealedSecretsChart.RELEASE, Map.of()));

    assertThat(latest.text("id")).isEqualTo(LATEST);
    assertThat(Trees.differences(latest.row("objects").fields(), ours)).isEmpty();
    assertThat(ours).hasSize(10);
  }

  /**
   * What versions before the latest did otherwise by default, so what an upgrade from them changes.
   */
  @Test
  void withoutValuesNothingElseDiffersFromOlderVersions() throws IOException {
    SortedMap<String, Object> ours = objects(rendering(SealedSecretsChart.RELEASE, Map.of()));
    Set<String> changes = new TreeSet<>();
    for (Jsonl.Row version : defaults()) {
      changes.addAll(Trees.differences(version.row("objects").fields(), ours).keySet());
    }

    String container = "Deployment kube-system/sealed-secrets /spec/template/spec/containers/0";
    assertThat(changes)
        .containsExactlyInAnyOrder(
            container + "/args",
            container + "/ports/0/protocol",
            container + "/ports/1/protocol",
            container + "/securityContext/allowPrivilegeEscalation",
            "Deployment kube-system/sealed-secrets"
                + " /spec/template/spec/securityContext/seccompProfile",
            "Service kube-system/sealed-secrets /spec/ports/0/protocol",
            "Service kube-system/sealed-secrets-metrics /spec/ports/0/protocol");
  }

  @Test
  void everyValueOfEveryVersionIsThereAndHasARow() throws IOException {
    Set<String> set = new TreeSet<>();
    rows().forEach(row -> leaves(row.row("values").fields(), "", set));
    Set<String> ours = new TreeSet<>();
    leaves(
        Chart.parse(Files.readString(SealedSecretsChart.FOLDER.resolve("values.yaml")))
            .getFirst()
            .tree()
            .fields(),
        "",
        ours);

    assertThat(defaults())
        .extracting(Jsonl.Row::toString)
        .contains("2.16.0", "2.17.0", "2.18.0", LATEST);
    for (Jsonl.Row version : defaults()) {
      assertThat(version.texts("paths"))
          .as(version.text("id"))
          .allSatisfy(
              path -> {
                assertThat(ours).contains(path);
                assertThat(set).anyMatch(p -> p.equals(path) || p.startsWith(path + "."));
              });
    }
    ours.removeAll(defaults().getLast().texts("paths"));
    // What is ours stands under a key of its own.
    ours.removeIf(path -> path.startsWith("signet."));
    assertThat(ours)
        .as("values that upstream's templates read and its values.yaml does not have")
        .containsExactlyInAnyOrder("service.labels", "metrics.service.labels");
  }

  /** The others mean the same in every version that has them. */
  @Test
  void theOnlyValuesThatVersionsTakeDifferentlyAreThese() {
    assertThat(rows())
        .filteredOn(row -> row.has("elsewhere"))
        .extracting(
            row -> row.text("id") + ": " + String.join(" ", row.row("elsewhere").fields().keySet()))
        .containsExactly(
            "keyrenewperiod never, as a number: 2.16.0 2.16.2 2.17.0", "hostNetwork: 2.16.0");
    assertThat(rows())
        .allSatisfy(row -> assertThat(row.texts("versions")).isNotEmpty().contains(LATEST));
  }

  @Test
  void everyArgumentIsAFlagOfTheController() throws IOException {
    List<String> all = new ArrayList<>();
    for (Jsonl.Row row : rows()) {
      if (row.row("values").has("args") || rendered(after(row)).status() != 0) {
        continue;
      }
      for (Map.Entry<String, Object> object : objects(after(row)).entrySet()) {
        if (object.getKey().startsWith("Deployment ")) {
          Object containers =
              Trees.at(Trees.map(object.getValue()), "spec", "template", "spec", "containers");
          Trees.list(Trees.map(Trees.list(containers).getFirst()).get("args"))
              .forEach(argument -> all.add((String) argument));
        }
      }
    }
    assertThat(new TreeSet<>(all)).filteredOn(argument -> argument.startsWith("--")).hasSize(20);

    assertThat(controller(all).orFail().out()).startsWith("controller version: ");
    all.add("--not-a-flag");
    assertThat(controller(all).status()).isEqualTo(2);
  }

  private static Ran controller(List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-Dsignet.program=controller",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.signet.cli.Main"));
    command.addAll(arguments);
    command.add("--version");
    return Ran.in(Path.of("."), Map.of(), command);
  }

  @Test
  void aSecretIsMadeOfEachGivenCertificate() throws IOException {
    assertThat(differences(row("ingress.secrets")))
        .containsOnlyKeys("Secret kube-system/t-tls")
        .hasValueSatisfying(
            new Condition<>(
                json -> json.contains("\"tls.crt\":\"Q0VSVA==\",\"tls.key\":\"S0VZ\""), "both"));
  }

  @Test
  void templatesInTheServiceAccountsAnnotationsAreRenderedAsEverywhereElse() throws IOException {
    String place = "ServiceAccount kube-system/sealed-secrets /metadata/annotations";

    assertThat(differences(row("serviceAccount.annotations with a template")))
        .containsExactly(Map.entry(place, "{\"a\":\"sealed-secrets\"}"));
    assertThat(recorded(row("serviceAccount.annotations with a template")))
        .containsExactly(Map.entry(place, "{\"a\":\"{{ .Release.Name }}\"}"));

    Map<String, String> common = recorded(row("commonAnnotations with a template"));
    common.put(place, "{\"example.com/owner\":\"sealed-secrets\",\"n\":\"1\"}");
    assertThat(differences(row("commonAnnotations with a template"))).isEqualTo(common);
  }

  private static Jsonl.Row row(String id) {
    return rows().stream().filter(row -> row.text("id").equals(id)).findFirst().orElseThrow();
  }

  private static Rendering before(Jsonl.Row row) {
    return rendering(
        row.optionalText("release").orElse(SealedSecretsChart.RELEASE),
        row.optionalText("namespace").orElse(SealedSecretsChart.NAMESPACE),
        under(row));
  }

  private static Rendering after(Jsonl.Row row) {
    Rendering before = before(row);
    return new Rendering(
        before.release(),
        before.namespace(),
        Trees.merged(before.values(), row.row("values").fields()));
  }

  private static Rendering rendering(String release, Map<String, @Nullable Object> values) {
    return rendering(release, SealedSecretsChart.NAMESPACE, values);
  }

  private static Rendering rendering(
      String release, String namespace, Map<String, @Nullable Object> values) {
    return new Rendering(release, namespace, values);
  }

  private static Map<String, @Nullable Object> under(Jsonl.Row row) {
    return row.has("under") ? row.row("under").fields() : Map.of();
  }

  private Ran rendered(Rendering rendering) {
    Ran ran = rendered.get(rendering);
    if (ran == null) {
      throw new IllegalStateException("not rendered: " + rendering);
    }
    return ran;
  }

  private SortedMap<String, Object> objects(Rendering rendering) throws IOException {
    return SealedSecretsChart.objects(rendered(rendering).orFail().out());
  }

  /** For a release of another name, against nothing: every object has another name. */
  private SortedMap<String, String> differences(Jsonl.Row row) throws IOException {
    return Trees.differences(
        row.has("release") ? Map.of() : objects(before(row)), objects(after(row)));
  }

  private static SortedMap<String, String> recorded(Jsonl.Row row) {
    SortedMap<String, String> recorded = new TreeMap<>();
    if (!row.has("fails")) {
      row.row("differences")
          .fields()
          .forEach((place, value) -> recorded.put(place, Trees.json(value)));
    }
    return recorded;
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
