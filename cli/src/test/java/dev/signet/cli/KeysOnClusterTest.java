package dev.signet.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.age.Recipient;
import dev.signet.core.age.X25519Identity;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.dialects.sealedsecrets.escrow.FolderTarget;
import dev.signet.kube.Connection;
import dev.signet.kube.Rate;
import dev.signet.operator.Operator;
import dev.signet.operator.SealedSecretsSettings;
import dev.signet.operator.Settings;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of a real cluster, and the story of the forty-seven. */
@OnControlPlane
@Timeout(600)
class KeysOnClusterTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration GENEROUS = Duration.ofMinutes(5);
  private static final String LABEL = "sealedsecrets.bitnami.com/sealed-secrets-key";
  private static final String GROUP = "bitnami.com/v1alpha1";

  @TempDir Path folder;

  private final X25519Identity identity = X25519Identity.generate(RANDOM);
  private ControlPlane plane;
  private Namespace namespace;
  private Shell shell;
  private Path escrow;
  private Optional<Operator> operator = Optional.empty();

  @BeforeEach
  void begin(ControlPlane on, Namespace in) throws IOException {
    plane = on;
    namespace = in;
    shell = new Shell(folder).at(Clock.systemUTC().instant());
    escrow = folder.resolve("escrow");
    shell.write("identity.txt", identity.text().with(bytes -> new String(bytes, US_ASCII)) + "\n");
    Api.Response made =
        plane
            .api()
            .post(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                """
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "sealedsecrets.bitnami.com"},
                 "spec": {"group": "bitnami.com", "scope": "Namespaced",
                  "names": {"kind": "SealedSecret", "listKind": "SealedSecretList",
                   "plural": "sealedsecrets", "singular": "sealedsecret"},
                  "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                   "subresources": {"status": {}},
                   "schema": {"openAPIV3Schema": {"type": "object",
                    "x-kubernetes-preserve-unknown-fields": true}}}]}}
                """);
    if (made.status() != 409) {
      made.orFail();
    }
    Eventually.holds(
        GENEROUS,
        "SealedSecrets to be served",
        () -> plane.api().get(namespace.path(GROUP, "sealedsecrets")).ok());
  }

  @AfterEach
  void end() throws InterruptedException {
    if (operator.isPresent()) {
      assertThat(operator.get().stop(Operator.GRACE)).isTrue();
    }
  }

  private void startOperator() throws Exception {
    Settings settings =
        new Settings(
            new Settings.Area(List.of(namespace.name()), List.of(), ""),
            new Settings.Dialects(
                SealedSecretsSettings.DEFAULT.withKeys(
                    KeyRules.DEFAULT.withNamespace(namespace.name()).withBits(2048)),
                /* externalSecrets= */ true),
            Optional.empty(),
            "operator-" + Long.toHexString(RANDOM.nextLong()),
            4,
            Settings.Http.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Rate.polite(1000, 1000),
            Settings.Looks.every(Duration.ofMinutes(10)),
            "test");
    List<Recipient> recipients = List.of(identity.recipient());
    EscrowPlan plan =
        new EscrowPlan(
            recipients, List.of(new FolderTarget(escrow, _ -> {})), Optional.of(namespace.name()));
    operator =
        Optional.of(
            Operator.start(
                settings,
                Optional.of(plan),
                Connection.kubeconfig(
                    List.of(plane.kubeconfig()), Optional.empty(), Map.of(), Clock.systemUTC()),
                Clock.systemUTC(),
                RANDOM));
  }

  private Shell.Result keys(String action, String... more) {
    return shell.signet(
        Stream.concat(
                Stream.of(
                    "keys",
                    action,
                    "--kubeconfig",
                    plane.kubeconfig().toString(),
                    "--key-namespace",
                    namespace.name(),
                    "-n",
                    namespace.name()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private List<Jsonl.Row> keySecrets() throws IOException {
    return plane
        .api()
        .get(namespace.path("secrets") + "?labelSelector=" + LABEL.replace("/", "%2F"))
        .orFail()
        .json()
        .rows("items");
  }

  private void awaitCopies(int count) {
    Eventually.holds(
        GENEROUS,
        "verified copies of " + count + " keys",
        () ->
            keySecrets().size() == count
                && keySecrets().stream()
                    .allMatch(
                        key ->
                            key.row("metadata").has("annotations")
                                && key.row("metadata")
                                    .row("annotations")
                                    .has("escrow.signet.dev/folder")
                                && key.row("metadata")
                                    .row("annotations")
                                    .has("escrow.signet.dev/secret")));
  }

  private void seal(int from, int to) throws Exception {
    keys("cert", "-w", "cert.pem").succeeded();
    SealingCertificate certificate =
        SealingCertificate.read(shell.read("cert.pem").getBytes(UTF_8));
    for (int i = from; i < to; i++) {
      Material data = new Material();
      data.put(
          "password",
          new Item(SecretBytes.wrap(value(i).getBytes(UTF_8)), Origin.of("test", "password")));
      try (Secret secret =
          new Secret(Metadata.named(namespace.name(), name(i)), "Opaque", Optional.empty(), data)) {
        String manifest =
            GoJson.write(
                new Sealing(Optional.empty(), Optional.empty(), Optional.empty(), false, false)
                    .seal(secret, new Sealer(certificate.publicKey(), RANDOM))
                    .write(),
                GoJson.Layout.COMPACT,
                GoJson.Keys.AS_GIVEN);
        plane.api().post(namespace.path(GROUP, "sealedsecrets"), manifest).orFail();
      }
    }
  }

  private static String name(int i) {
    return "app-" + i;
  }

  private static String value(int i) {
    return "value of " + i;
  }

  private boolean isBack(int i) throws IOException {
    Api.Response answer = plane.api().get(namespace.path("secrets/" + name(i)));
    return answer.ok()
        && new String(answer.json().row("data").base64("password"), UTF_8).equals(value(i));
  }

  private void awaitAll(int count) {
    Eventually.holds(
        GENEROUS,
        "all " + count + " Secrets",
        () -> {
          for (int i = 0; i < count; i++) {
            if (!isBack(i)) {
              return false;
            }
          }
          return true;
        });
  }

  /** Whether the operator has said of all that no key opens them. */
  private boolean allAreLost(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      plane.api().delete(namespace.path("secrets/" + name(i)));
    }
    long refused =
        plane
            .api()
            .get(namespace.path(GROUP, "sealedsecrets"))
            .orFail()
            .json()
            .rows("items")
            .stream()
            .filter(object -> object.has("status"))
            .flatMap(object -> object.row("status").rows("conditions").stream())
            .filter(each -> each.text("type").equals("Synced"))
            .filter(each -> each.text("status").equals("False"))
            .count();
    return refused == count;
  }

  @Test
  void fortySevenSealedSecretsSurviveTheLossOfTheirKeys() throws Exception {
    Files.createDirectory(escrow);
    startOperator();
    awaitCopies(1);
    seal(0, 24);
    keys("rotate", "--key-size", "2048").succeeded();
    awaitCopies(2);
    seal(24, 47);
    awaitAll(47);
    String list = keys("list", "-o", "json").succeeded().out();
    assertThat(list).contains("\"objects\": 24").contains("\"objects\": 23");
    String backup = folder.toString() + "/escrow";
    assertThat(keys("drill", "--backup", backup, "--identity", "identity.txt").succeeded().out())
        .isEqualTo(
            "passed: 47 of 47 items in 47 SealedSecrets open with the 2 keys of the backup\n");
    assertThat(
            keys("drill", "--escrow-secret", namespace.name(), "--identity", "identity.txt")
                .succeeded()
                .out())
        .startsWith("passed: 47 of 47");

    for (Jsonl.Row key : keySecrets()) {
      plane.api().delete(namespace.path("secrets/" + key.row("metadata").text("name"))).orFail();
    }
    Eventually.holds(GENEROUS, "nothing to open any more", () -> allAreLost(47));
    for (int i = 0; i < 47; i++) {
      assertThat(plane.api().get(namespace.path("secrets/" + name(i))).status()).isEqualTo(404);
    }

    assertThat(keys("restore", "--backup", backup, "--identity", "identity.txt").succeeded().err())
        .contains("2 of 2 keys were added");
    awaitAll(47);
    awaitCopies(2);
  }

  @Test
  void aKeyWithoutACopyIsToldOfUntilItHasOne() throws Exception {
    startOperator();
    Eventually.holds(GENEROUS, "the metric", () -> metric().equals("1.0"));
    Eventually.holds(
        GENEROUS,
        "the event",
        () -> plane.api().get(namespace.path("events")).orFail().body().contains("KeyNotEscrowed"));
    Files.createDirectory(escrow);
    Eventually.holds(GENEROUS, "the metric", () -> metric().equals("0.0"));
    awaitCopies(1);
  }

  private String metric() throws IOException {
    URI metrics =
        URI.create("http://127.0.0.1:" + operator.orElseThrow().http().getPort() + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith("signet_sealing_keys_without_verified_copy "))
          .map(line -> line.substring(line.indexOf(' ') + 1))
          .findFirst()
          .orElse("none");
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aKeyIsRetiredOnlyWhenNothingNeedsIt() throws Exception {
    Files.createDirectory(escrow);
    startOperator();
    awaitCopies(1);
    String old = keySecrets().getFirst().row("metadata").text("name");
    seal(0, 2);
    awaitAll(2);
    keys("rotate", "--key-size", "2048").succeeded();
    Shell.Result refused = keys("retire", old);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("2 items of 2 SealedSecrets are sealed with it");
    assertThat(refused.out()).contains("needs it: SealedSecret " + namespace.name() + "/app-0");

    keys("retire", old, "--force").succeeded();
    assertThat(
            keySecrets().stream()
                .filter(key -> key.row("metadata").text("name").equals(old))
                .map(key -> key.row("metadata").row("labels").text(LABEL)))
        .containsExactly("compromised");
  }
}
