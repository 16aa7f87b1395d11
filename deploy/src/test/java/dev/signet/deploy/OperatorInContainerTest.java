package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.AuditLog;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.FaultRule;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image, started as the chart's Deployment says, with the chart's service account, against a
 * real API server: what a pod would be, without a node.
 */
@OnControlPlane
class OperatorInContainerTest {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String VALUE = "xk7-canary-Qe5ZtB2w";

  @Test
  void theImageDeliversWithTheChartsRightsAndNoOthers(
      ControlPlane plane, Namespace home, FaultProxy proxy, @TempDir Path folder) throws Exception {
    Image image = Image.needed(folder);
    List<Chart.Rendered> objects = Chart.render(home.name());
    Installing.apply(plane.api(), objects);
    Path account = serviceAccount(plane, home, folder.resolve("account"));
    URI http = URI.create("http://127.0.0.1:" + freePort());
    FaultRule noLists =
        proxy.when(request -> request.is("list", "sealedsecrets"), Fault.answer(500));

    try (Container operator =
        Container.start(
            image,
            folder.resolve("operator"),
            Map.of("/var/run/secrets/kubernetes.io/serviceaccount", account),
            List.of(
                "KUBERNETES_SERVICE_HOST=" + proxy.url().getHost(),
                "KUBERNETES_SERVICE_PORT=" + proxy.url().getPort(),
                "HOSTNAME=signet-0"),
            arguments(objects, http))) {
      Eventually.holds(SOON, "/healthz", () -> status(http, "/healthz") == 200);
      Eventually.holds(SOON, "a look at SealedSecrets", () -> noLists.hits() > 0);
      assertThat(status(http, "/readyz")).as("ready before it has seen anything").isEqualTo(503);
      noLists.end();
      Eventually.holds(SOON, "/readyz", () -> status(http, "/readyz") == 200);

      assertConfined(operator.pid());
      deliverOne(plane.api(), home, image, folder);
      deliverFromStore(plane.api(), home);
      assertThat(get(http, "/metrics")).contains("# TYPE ").doesNotContain(VALUE);

      operator.terminate();
      assertThat(operator.await()).as(operator.out() + operator.err()).isZero();
      assertThat(operator.err()).isEmpty();
      assertThat(operator.out().lines()).allMatch(line -> line.startsWith("{"));
      assertThat(operator.out())
          .contains("\"the operator has started\"")
          .doesNotContain(VALUE)
          .doesNotContain(
              Base64.getEncoder().encodeToString(VALUE.getBytes(StandardCharsets.UTF_8)));
    }
    assertUsedRights(plane, "system:serviceaccount:" + home.name() + ":signet");
  }

  /** The chart's own arguments; only the port is another, as this shares the machine's network. */
  private static List<String> arguments(List<Chart.Rendered> objects, URI http) {
    return objects.stream()
        .filter(o -> o.kind().equals("Deployment"))
        .findFirst()
        .orElseThrow()
        .tree()
        .row("spec")
        .row("template")
        .row("spec")
        .rows("containers")
        .getFirst()
        .texts("args")
        .stream()
        .map(
            argument ->
                argument.equals("--http=:8080") ? "--http=" + http.getAuthority() : argument)
        .toList();
  }

  /** What kubelet mounts for a pod: a token, the authority, the namespace. */
  private static Path serviceAccount(ControlPlane plane, Namespace home, Path folder)
      throws IOException, CertificateEncodingException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("token"), plane.token(home.name(), "signet"));
    Files.writeString(folder.resolve("namespace"), home.name());
    Files.writeString(
        folder.resolve("ca.crt"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(plane.authority().getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    return folder;
  }

  /**
   * As the kernel sees the process: not root, no capability, no way to one, nothing to write to.
   */
  private static void assertConfined(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    assertThat(Files.readAllLines(process.resolve("status")))
        .contains(
            "Uid:\t65532\t65532\t65532\t65532",
            "Gid:\t65532\t65532\t65532\t65532",
            "CapEff:\t0000000000000000",
            "CapPrm:\t0000000000000000",
            "CapBnd:\t0000000000000000",
            "NoNewPrivs:\t1");
    List<String> root =
        Files.readAllLines(process.resolve("mountinfo")).stream()
            .filter(line -> line.split(" ", -1)[4].equals("/"))
            .toList();
    assertThat(root).hasSize(1);
    assertThat(root.getFirst().split(" ", -1)[5]).startsWith("ro");
  }

  /** Sealed by the image too, for the key that the operator made. */
  private static void deliverOne(Api api, Namespace home, Image image, Path folder)
      throws IOException {
    Path in = Files.createDirectories(folder.resolve("in"));
    byte[] certificate =
        Eventually.find(
            SOON,
            "a sealing key",
            () ->
                api
                    .get(
                        home.path("secrets")
                            + "?labelSelector=sealedsecrets.bitnami.com/sealed-secrets-key")
                    .orFail()
                    .json()
                    .rows("items")
                    .stream()
                    .findFirst()
                    .map(key -> key.row("data").base64("tls.crt")));
    Files.write(in.resolve("certificate.pem"), certificate);
    Files.writeString(
        in.resolve("secret.yaml"),
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: db, namespace: %s}
        stringData: {password: %s}
        """
            .formatted(home.name(), VALUE));
    String sealed;
    try (Container seal =
        Container.start(
            image,
            folder.resolve("seal"),
            Map.of("/in", in),
            List.of(),
            List.of("seal", "--cert", "/in/certificate.pem", "-f", "/in/secret.yaml"))) {
      assertThat(seal.await()).as(seal.err()).isZero();
      sealed = seal.out();
    }
    api.post(
            home.path("bitnami.com/v1alpha1", "sealedsecrets"),
            Chart.parse(sealed).getFirst().json())
        .orFail();

    Jsonl.Row secret =
        Eventually.find(
                SOON,
                "the delivered Secret",
                () -> Optional.of(api.get(home.path("secrets/db"))).filter(Api.Response::ok))
            .json();
    assertThat(secret.row("data").base64("password"))
        .isEqualTo(VALUE.getBytes(StandardCharsets.UTF_8));
    assertThat(secret.row("metadata").rows("ownerReferences"))
        .extracting(owner -> owner.text("kind"))
        .containsExactly("SealedSecret");
    Eventually.holds(
        SOON,
        "Synced=True",
        () ->
            api.get(home.path("bitnami.com/v1alpha1", "sealedsecrets/db"))
                .orFail()
                .body()
                .contains("\"type\":\"Synced\""));
    Eventually.holds(
        SOON,
        "an event",
        () ->
            api.get(home.path("events")).orFail().json().rows("items").stream()
                .anyMatch(
                    event -> event.row("involvedObject").text("kind").equals("SealedSecret")));

    // Restored: created again, and put back to what it was.
    api.delete(home.path("secrets/db")).orFail();
    Eventually.holds(SOON, "the Secret again", () -> api.get(home.path("secrets/db")).ok());
    api.patch(
            home.path("secrets/db"),
            "application/merge-patch+json",
            """
            {"data": {"password": "%s"}}
            """
                .formatted(Base64.getEncoder().encodeToString(new byte[] {1, 2, 3})))
        .orFail();
    Eventually.holds(
        SOON,
        "the value again",
        () ->
            java.util.Arrays.equals(
                api.get(home.path("secrets/db")).orFail().json().row("data").base64("password"),
                VALUE.getBytes(StandardCharsets.UTF_8)));
  }

  /** Both kinds of stores; the Secret goes when its source does, as its policy says. */
  private static void deliverFromStore(Api api, Namespace home) throws IOException {
    String store =
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "%s",
         "metadata": {"name": "%s"},
         "spec": {"provider": {"fake": {"data": [{"key": "api", "value": "%s"}]}}}}
        """;
    String clusterStores = "/apis/external-secrets.io/v1/clustersecretstores";
    api.post(
            home.path("external-secrets.io/v1", "secretstores"),
            store.formatted("SecretStore", "near", VALUE))
        .orFail();
    api.post(clusterStores, store.formatted("ClusterSecretStore", home.name(), VALUE)).orFail();
    for (Map.Entry<String, String> each :
        Map.of("near", "SecretStore", home.name(), "ClusterSecretStore").entrySet()) {
      api.post(
              home.path("external-secrets.io/v1", "externalsecrets"),
              """
              {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
               "metadata": {"name": "from-%s"},
               "spec": {"refreshInterval": "1s",
                "secretStoreRef": {"name": "%s", "kind": "%s"},
                "target": {"deletionPolicy": "Delete"},
                "data": [{"secretKey": "api", "remoteRef": {"key": "api"}}]}}
              """
                  .formatted(each.getKey(), each.getKey(), each.getValue()))
          .orFail();
      Eventually.holds(
          SOON,
          "the Secret from " + each,
          () -> api.get(home.path("secrets/from-" + each.getKey())).ok());
    }
    api.patch(
            home.path("external-secrets.io/v1", "secretstores/near"),
            "application/merge-patch+json",
            """
            {"spec": {"provider": {"fake": {"data": [{"key": "other", "value": "x"}]}}}}
            """)
        .orFail();
    Eventually.holds(
        SOON,
        "the deletion of what is no longer in its store",
        () -> api.get(home.path("secrets/from-near")).status() == 404);
    for (String name : List.of("near", home.name())) {
      api.delete(home.path("external-secrets.io/v1", "externalsecrets/from-" + name)).orFail();
    }
    api.delete(clusterStores + "/" + home.name()).orFail();
  }

  /** Nothing was refused to it, and every right of the chart but those named here was used. */
  private static void assertUsedRights(ControlPlane plane, String user) throws IOException {
    List<AuditLog.Entry> requests =
        plane.audit().entries().stream()
            .filter(entry -> entry.user().equals(user) && !entry.resource().isEmpty())
            .toList();
    Set<String> used =
        requests.stream()
            .map(
                entry ->
                    entry.verb()
                        + " "
                        + entry.group()
                        + "/"
                        + entry.resource()
                        + (entry.subresource().isEmpty() ? "" : "/" + entry.subresource()))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(requests).filteredOn(entry -> entry.status() == 403).isEmpty();
    Set<String> unused = new TreeSet<>(InstallTest.everything());
    unused.removeAll(used);
    assertThat(unused)
        .as(
            "single resources are read from caches; a GET is for the time before they have synced,"
                + " and no object of the other kinds is made here")
        .containsExactly(
            "create external-secrets.io/externalsecrets",
            "create external-secrets.io/pushsecrets",
            "create generators.external-secrets.io/generatorstates",
            "delete external-secrets.io/externalsecrets",
            "delete external-secrets.io/pushsecrets",
            "delete generators.external-secrets.io/generatorstates",
            "get /configmaps",
            "get /namespaces",
            "get bitnami.com/sealedsecrets",
            "get external-secrets.io/clusterexternalsecrets",
            "get external-secrets.io/clusterpushsecrets",
            "get external-secrets.io/clustersecretstores",
            "get external-secrets.io/externalsecrets",
            "get external-secrets.io/pushsecrets",
            "get external-secrets.io/secretstores",
            "get generators.external-secrets.io/clustergenerators",
            "get generators.external-secrets.io/ecrauthorizationtokens",
            "get generators.external-secrets.io/fakes",
            "get generators.external-secrets.io/generatorstates",
            "get generators.external-secrets.io/mfas",
            "get generators.external-secrets.io/passwords",
            "get generators.external-secrets.io/sshkeys",
            "get generators.external-secrets.io/stssessiontokens",
            "get generators.external-secrets.io/uuids",
            "get generators.external-secrets.io/vaultdynamicsecrets",
            "get generators.external-secrets.io/webhooks",
            "patch /namespaces",
            "patch external-secrets.io/clusterexternalsecrets",
            "patch external-secrets.io/clusterpushsecrets",
            "patch external-secrets.io/clustersecretstores",
            "patch external-secrets.io/externalsecrets",
            "patch external-secrets.io/pushsecrets",
            "patch external-secrets.io/secretstores",
            "patch generators.external-secrets.io/generatorstates",
            "update external-secrets.io/clusterexternalsecrets/status",
            "update external-secrets.io/clusterpushsecrets/status",
            "update external-secrets.io/externalsecrets",
            "update external-secrets.io/pushsecrets",
            "update external-secrets.io/pushsecrets/status",
            "update generators.external-secrets.io/generatorstates");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int status(URI server, String path) throws IOException {
    return send(server, path).statusCode();
  }

  private static String get(URI server, String path) throws IOException {
    return send(server, path).body();
  }

  private static HttpResponse<String> send(URI server, String path) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
