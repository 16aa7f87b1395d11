package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.cli.KubesealHarness.Result;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.kube.Connection;
import dev.signet.kube.Rate;
import dev.signet.operator.Operator;
import dev.signet.operator.SealedSecretsSettings;
import dev.signet.operator.Settings;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kubeseal, ours and upstream's, through the service proxy of a real API server to the operator's
 * endpoints. The operator listens at an address that is not loopback, for the proxy asks for that.
 */
@OnControlPlane(ownNetwork = true)
class KubesealClusterTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path folder;

  private KubesealHarness kubeseal;
  private ControlPlane plane;
  private Namespace namespace;
  private Operator operator;

  @BeforeEach
  void start(ControlPlane controlPlane, Namespace fresh) throws Exception {
    plane = controlPlane;
    namespace = fresh;
    kubeseal =
        KubesealHarness.in(folder)
            .at(Clock.systemUTC().instant())
            .variable("KUBECONFIG", plane.kubeconfig().toString())
            .variable("SEALED_SECRETS_CONTROLLER_NAMESPACE", namespace.name())
            .variable("SEALED_SECRETS_CONTROLLER_NAME", "unnamed");
    String address = plane.network().orElseThrow().outside();
    operator =
        Operator.start(
            new Settings(
                new Settings.Area(List.of(namespace.name()), List.of(), ""),
                new Settings.Dialects(
                    SealedSecretsSettings.DEFAULT.withKeys(
                        KeyRules.DEFAULT.withNamespace(namespace.name()).withBits(2048)),
                    /* externalSecrets= */ true),
                Optional.empty(),
                "operator-" + Long.toHexString(RANDOM.nextLong()),
                2,
                Settings.Http.at(new InetSocketAddress(address, 0)),
                Rate.polite(1000, 1000),
                Settings.Looks.every(Duration.ofMinutes(10)),
                "test"),
            Connection.kubeconfig(
                List.of(plane.kubeconfig()), Optional.empty(), Map.of(), Clock.systemUTC()),
            Clock.systemUTC(),
            RANDOM);
    Published pod = Published.pod(plane, namespace);
    pod.service("unnamed", "", operator.http());
    pod.service("named", "http", operator.http());
    Eventually.holds(
        SOON, "the certificate", () -> kubeseal.run("--fetch-cert").exit() == ExitCode.OK);
  }

  @AfterEach
  void stop() throws InterruptedException {
    var _ = operator.stop(Duration.ofSeconds(10));
  }

  private static String secret(String name) {
    return "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\""
        + name
        + "\",\"namespace\":\"team\"},\"stringData\":{\"password\":\"s3cret\"}}\n";
  }

  /** The certificates in the key Secrets. */
  private List<String> certificates() throws IOException {
    return plane
        .api()
        .get(
            namespace.path(
                "secrets?labelSelector=sealedsecrets.bitnami.com/sealed-secrets-key%3Dactive"))
        .orFail()
        .json()
        .rows("items")
        .stream()
        .map(
            each ->
                new String(
                    Base64.getDecoder().decode(each.row("data").text("tls.crt")),
                    java.nio.charset.StandardCharsets.US_ASCII))
        .toList();
  }

  @Test
  void theCertificateIsTheKeysWhetherThePortHasANameOrNot() throws Exception {
    String certificate = certificates().getFirst();
    assertThat(kubeseal.run("--fetch-cert")).isEqualTo(new Result(0, certificate, ""));
    assertThat(kubeseal.run("--fetch-cert", "--controller-name", "named"))
        .isEqualTo(new Result(0, certificate, ""));
  }

  @Test
  void whatIsSealedWithoutACertificateIsValidAndMovedItIsNot() {
    Result sealed = kubeseal.input(secret("a")).run("-o", "yaml");
    assertThat(sealed.err()).isEmpty();
    assertThat(sealed.out()).startsWith("---\napiVersion: bitnami.com/v1alpha1\n");

    assertThat(kubeseal.input(sealed.out()).run("--validate")).isEqualTo(new Result(0, "", ""));
    String moved = sealed.out().replace("namespace: team", "namespace: other");
    assertThat(kubeseal.input(moved).run("--validate"))
        .isEqualTo(new Result(1, "", "error: unable to decrypt sealed secret: a\n"));
    assertThat(kubeseal.input("").run("--validate").exit()).isEqualTo(1);
  }

  @Test
  void reEncryptingLeavesTheTemplateAndWhatIsOnTheNewestKeyAndFilesThatCannotBe() throws Exception {
    kubeseal.input(secret("a")).run("-w", "sealed.yaml");
    String before =
        kubeseal
            .read("sealed.yaml")
            .replace(
                "  template:\n",
                "  template:\n    data:\n      url: https://{{ .password }}@example.com\n");
    Files.writeString(kubeseal.path("sealed.yaml"), before);
    assertThat(kubeseal.run("--re-encrypt", "-f", "sealed.yaml")).isEqualTo(new Result(0, "", ""));
    assertThat(kubeseal.read("sealed.yaml")).isEqualTo(before);

    newKey();
    assertThat(kubeseal.run("--re-encrypt", "-f", "sealed.yaml")).isEqualTo(new Result(0, "", ""));
    String after = kubeseal.read("sealed.yaml");
    assertThat(withoutCiphertext(after)).isEqualTo(withoutCiphertext(before));
    assertThat(after).isNotEqualTo(before);

    for (String broken : List.of("", "[", after.replace("namespace: team", "namespace: other"))) {
      Files.writeString(kubeseal.path("broken.yaml"), broken);
      assertThat(kubeseal.run("--re-encrypt", "-f", "broken.yaml").exit()).isEqualTo(1);
      assertThat(kubeseal.read("broken.yaml")).isEqualTo(broken);
    }
  }

  private static String withoutCiphertext(String text) {
    return text.replaceAll("password: A\\S+", "password: sealed");
  }

  private void newKey() throws IOException {
    SealingKey key =
        SealingKey.generate(
            "", 2048, Duration.ofDays(1), "", Clock.offset(Clock.systemUTC(), SOON), RANDOM);
    plane
        .api()
        .post(
            namespace.path("secrets"),
            """
            {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
             "metadata": {"name": "newer", "labels": {
               "sealedsecrets.bitnami.com/sealed-secrets-key": "active"}},
             "data": {"tls.crt": "%s", "tls.key": "%s"}}
            """
                .formatted(
                    Base64.getEncoder().encodeToString(key.certificate().toPem()),
                    key.openingKey()
                        .toPem()
                        .orElseThrow()
                        .with(bytes -> Base64.getEncoder().encodeToString(bytes))))
        .orFail();
    String certificate =
        new String(key.certificate().toPem(), java.nio.charset.StandardCharsets.US_ASCII);
    Eventually.holds(
        SOON, "the newer key", () -> kubeseal.run("--fetch-cert").out().equals(certificate));
  }

  /** The same endpoints for whole trees; {@link ThroughControllerTest} has the rest. */
  @Test
  void treesAreResealedAndVerifiedThroughTheServiceProxy() throws Exception {
    Shell shell = new Shell(folder).at(Clock.systemUTC().instant());
    shell.set("KUBECONFIG", plane.kubeconfig().toString());
    shell.set("SEALED_SECRETS_CONTROLLER_NAMESPACE", namespace.name());
    String before = "# kept\n" + kubeseal.input(secret("a")).run("-o", "yaml").out();
    shell.write("tree/a.yaml", before);

    shell.signet("verify", "tree", "--controller-name", "unnamed").succeeded();
    assertThat(shell.signet("reseal", "tree", "--controller-name", "named").succeeded().out())
        .contains("0 items in 0 files")
        .contains("1 there already");
    newKey();
    assertThat(shell.signet("reseal", "tree", "--controller-name", "named", "--check").code())
        .isEqualTo(1);
    Shell.Result done = shell.signet("reseal", "tree", "--controller-name", "unnamed").succeeded();
    assertThat(done.out()).contains("1 item in 1 file sealed with");
    assertThat(done.err())
        .contains("controller: " + namespace.name() + "/unnamed at " + plane.url());
    assertThat(withoutCiphertext(shell.read("tree/a.yaml"))).isEqualTo(withoutCiphertext(before));
    shell.signet("reseal", "tree", "--controller-name", "unnamed", "--check").succeeded();
    shell.signet("verify", "tree", "--controller-name", "named").succeeded();

    shell
        .signet("verify", "tree", "--controller-name", "gone")
        .failed(1, "cannot find the controller: services \"gone\" not found");
  }

  /** Two a second are let through: whoever is told to wait waits. */
  @Test
  void tenDocumentsSucceedUnderTheRateLimit() {
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      input.append(secret("a" + i));
    }
    String sealed = kubeseal.input(input.toString()).run().out();
    assertThat(kubeseal.input(sealed).run("--validate")).isEqualTo(new Result(0, "", ""));
  }

  @Test
  void whatStandsInTheWayIsSaidAsUpstreamSaysIt() {
    assertThat(kubeseal.run("--fetch-cert", "--controller-name", "gone"))
        .isEqualTo(
            new Result(
                1,
                "",
                "error: cannot get sealed secret service: services \"gone\" not found.\nPlease, use"
                    + " the flag --controller-name and --controller-namespace to set up the name"
                    + " and namespace of the sealed secrets controller\n"));
    assertThat(kubeseal.run("--fetch-cert", "--as", "nobody", "--as-group", "g").err())
        .contains("services \"unnamed\" is forbidden: User \"nobody\" cannot get resource");
  }

  @Test
  void upstreamsOwnKubesealIsAnsweredAsByItsController() throws Exception {
    UpstreamKubeseal upstream = UpstreamKubeseal.needed(folder);
    String certificate = certificates().getFirst();
    for (String service : List.of("unnamed", "named")) {
      assertThat(upstream(upstream, service, "", "--fetch-cert"))
          .isEqualTo(new Result(0, certificate, ""));
    }
    StringBuilder input = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      input.append(secret("a" + i));
    }
    Result sealed = upstream(upstream, "named", input.toString());
    assertThat(sealed.err()).isEmpty();
    assertThat(upstream(upstream, "unnamed", sealed.out(), "--validate"))
        .isEqualTo(new Result(0, "", ""));
    assertThat(
            upstream(
                upstream, "named", sealed.out().replace("\"team\"", "\"other\""), "--validate"))
        .isEqualTo(new Result(1, "", "error: unable to decrypt sealed secret: a0\n"));
    String one = upstream(upstream, "named", secret("a")).out();
    assertThat(upstream(upstream, "named", one, "--re-encrypt"))
        .isEqualTo(new Result(0, one, ""))
        .isEqualTo(kubeseal.input(one).run("--re-encrypt"));
    assertThat(upstream(upstream, "named", one.replace("\"team\"", "\"other\""), "--re-encrypt"))
        .isEqualTo(
            kubeseal
                .input(one.replace("\"team\"", "\"other\""))
                .run("--re-encrypt", "--controller-name", "named"));
  }

  private Result upstream(
      UpstreamKubeseal upstream, String service, String input, String... arguments)
      throws IOException {
    String[] all =
        Stream.concat(
                Stream.of("--controller-namespace", namespace.name(), "--controller-name", service),
                Arrays.stream(arguments))
            .toArray(String[]::new);
    return upstream.run(plane.kubeconfig(), input, all);
  }
}
