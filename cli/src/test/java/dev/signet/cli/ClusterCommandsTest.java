package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.AuditLog;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code apply}, {@code get} and {@code explain} on a real cluster. */
@OnControlPlane
@Timeout(300)
class ClusterCommandsTest {

  private static final String STORE =
      """
      apiVersion: external-secrets.io/v1
      kind: SecretStore
      metadata: {name: demo}
      spec:
        provider:
          fake: {data: [{key: database, value: '{"user": "postgres", "pass": "%s"}'}]}
      """
          .formatted(CanaryTest.MARK);

  private static final String EXTERNAL =
      """
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata: {name: fetched}
      spec:
        secretStoreRef: {name: demo}
        data:
        - {secretKey: password, remoteRef: {key: database, property: pass}}
        dataFrom:
        - extract: {key: database}
      """;

  private static final String USERS =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers:
            - name: app
              image: app
              env:
              - name: PASSWORD
                valueFrom: {secretKeyRef: {name: fetched, key: password}}
            volumes:
            - name: all
              projected: {sources: [{secret: {name: sealed}}]}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: puller}
      imagePullSecrets: [{name: sealed}]
      ---
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: site}
      spec:
        tls: [{secretName: sealed}]
        defaultBackend: {service: {name: web, port: {number: 80}}}
      """;

  @TempDir Path folder;

  private static String secret(String namespace, String name, String value) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s}
        stringData: {password: '%s'}
        """
        .formatted(name, namespace, value);
  }

  @BeforeEach
  void kinds(ControlPlane plane, Namespace namespace) throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder.resolve("kinds"))) {
      stage.withKinds();
    }
  }

  /** A generator has no status to wait for, and is there before what uses it. */
  @Test
  void kindsThatReportAreAwaitedAndGeneratorsAreListed(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder).withOperator()) {
      String ns = stage.namespace();
      stage
          .shell()
          .write(
              "app/all.yaml",
              """
              apiVersion: external-secrets.io/v1alpha1
              kind: PushSecret
              metadata: {name: pushed}
              spec:
                secretStoreRefs: [{name: demo}]
                selector: {secret: {name: fetched}}
                data: [{match: {secretKey: password, remoteRef: {remoteKey: copy}}}]
              ---
              apiVersion: generators.external-secrets.io/v1alpha1
              kind: Password
              metadata: {name: drawn}
              spec: {length: 12}
              ---
              %s
              ---
              %s
              """
                  .formatted(EXTERNAL, STORE));

      Shell.Result applied = stage.signet("apply", "-f", "app", "--cluster", "--wait=150");

      assertThat(applied.code()).as(applied.err() + applied.out()).isZero();
      assertThat(applied.out().replaceAll(" +", " "))
          .contains("PushSecret " + ns + "/pushed ", "Password " + ns + "/drawn created");
      assertThat(applied.out().indexOf("Password")).isLessThan(applied.out().indexOf("PushSecret"));
      String listed =
          stage.signet("get", "resources", "--cluster").succeeded().out().replaceAll(" +", " ");
      assertThat(listed)
          .contains("PushSecret " + ns + "/pushed Ready True Synced")
          .contains("Password " + ns + "/drawn")
          .contains("a generator has no status; what uses it has");
    }
  }

  @Test
  void whatIsAppliedIsDeliveredAndFollowedToItsUsers(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder).withOperator()) {
      Shell shell = stage.shell();
      String ns = stage.namespace();
      shell.write(
          "app/sealed.yaml",
          shell.run("signet", secret(ns, "sealed", CanaryTest.MARK), "seal").succeeded().out());
      shell.write("app/a.yaml", EXTERNAL + "---\n" + STORE);
      shell.write("app/users.yaml", USERS);
      shell.write("app/plain.yaml", secret(ns, "plain", CanaryTest.MARK));

      Shell.Result applied = stage.signet("apply", "-f", "app", "--cluster", "--wait=150");

      assertThat(applied.code()).as(applied.err()).isZero();
      assertThat(applied.err()).startsWith("cluster: ").contains(plane.url().toString());
      assertThat(applied.out().replaceAll(" +", " "))
          .contains(
              "SealedSecret " + ns + "/sealed delivered",
              "ExternalSecret " + ns + "/fetched delivered",
              "SecretStore " + ns + "/demo ready",
              "Secret " + ns + "/plain created",
              "Deployment " + ns + "/web created");
      Jsonl.Row again =
          Jsonl.row(
              stage.signet("apply", "-f", "app", "--cluster", "--wait=150", "-o", "json").out());
      assertThat(again.row("cluster").text("server")).isEqualTo(plane.url().toString());
      assertThat(again.rows("resources").stream().map(row -> row.text("result")))
          .contains("delivered", "ready", "applied")
          .doesNotContain("created");

      assertThat(stage.signet("get", "secrets", "--cluster").succeeded().out().lines())
          .satisfiesExactly(
              line -> assertThat(line.split(" +")).startsWith("NAMESPACE", "NAME", "KEYS"),
              line ->
                  assertThat(line.replaceAll(" +", " "))
                      .startsWith(ns + " fetched pass, password, user ExternalSecret " + ns),
              line ->
                  assertThat(line.replaceAll(" +", " "))
                      .startsWith(ns + " sealed password SealedSecret " + ns + "/sealed"));
      assertThat(stage.signet("get", "secret", "sealed", "--cluster").succeeded().out())
          .contains("password", Table.MASK, "ciphertext in SealedSecret/" + ns + "/sealed");
      stage.signet("get", "secret", ns + "/plain", "--cluster", "-o", "yaml").succeeded();
      assertThat(shell.signet("get", "secret", "sealed", "--cluster", "--reveal", "password").out())
          .isEqualTo(CanaryTest.MARK);
      assertThat(stage.signet("get", "resources", "--cluster").succeeded().out())
          .contains("Synced", "SecretSynced", "store validated");
      Eventually.holds(
          Duration.ofSeconds(60),
          "events",
          () -> stage.signet("get", "events", "--cluster").out().contains("Unsealed"));

      String path = stage.signet("explain", "fetched", "--cluster").succeeded().out();
      assertThat(path)
          .contains(
              "├─ pass = " + Table.MASK,
              "from  SecretStore/" + ns + "/demo, database property pass",
              "by    ExternalSecret " + ns + "/fetched  (delivered, last 20",
              "store SecretStore " + ns + "/demo  (fake, ready)",
              "used  Deployment " + ns + "/web: env PASSWORD of container app",
              "used  by nothing in its namespace");
      assertThat(stage.signet("explain", ns + "/sealed", "--cluster", "-o", "json").out())
          .contains("\"server\": \"" + plane.url())
          .contains("\"kind\": \"Ingress\"", "\"kind\": \"ServiceAccount\"", "\"unseen\": []");

      shell.write(
          "bad/bad.yaml",
          EXTERNAL.replace("name: fetched", "name: bad").replace("key: database", "key: none"));
      Shell.Result failing = stage.signet("apply", "-f", "bad", "--cluster", "--wait=1");
      assertThat(failing.code()).isEqualTo(3);
      assertThat(failing.out()).contains("failed: SecretSyncedError");
      assertThat(failing.err())
          .contains(
              "could not get secret data from provider", "signet get events --cluster -n " + ns);
      Eventually.holds(
          Duration.ofSeconds(30),
          "what failed, key by key",
          () -> stage.signet("explain", "bad", "--cluster").out().contains("note  dataFrom[0]: "));
      assertThat(stage.signet("explain", "bad", "--cluster").out())
          .contains(
              "note  NotFound in SecretStore/demo: SecretStore/" + ns + "/demo has no key none",
              "note  dataFrom[0]: NotFound in SecretStore/demo: ");
      assertThat(stage.signet("explain", "bad", "--cluster", "-o", "json").out())
          .contains("\"notes\": [");
      assertThat(stage.signet("get", "resources", "--cluster").out())
          .contains("signet.dev/Keys", "KeysFailed", "password: NotFound in SecretStore/demo: ");

      var _ = shell.at(Instant.now());
      Shell.Result takeover = stage.signet("takeover", "--dry-run", "-n", ns).succeeded();
      assertThat(takeover.out().replaceAll(" +", " "))
          .contains(
              "1 of 2 ExternalSecrets would be left as they are until their next refresh",
              "ExternalSecret " + ns + "/bad be fetched it was never synced")
          .doesNotContain(ns + "/fetched");
      assertThat(stage.signet("takeover", "-n", ns).code()).isNotZero();

      StringBuilder said = new StringBuilder(stage.said());
      plane.audit().entries().stream().map(AuditLog.Entry::uri).forEach(said::append);
      for (String form : CanaryTest.forms()) {
        assertThat(said.toString()).as("said, as %s", form).doesNotContain(form);
        assertThat(QuickstartTest.filesWith(shell.home(), form)).isEmpty();
      }
    }
  }

  @Test
  void aDryRunChecksEverythingAndWritesNothing(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder)) {
      stage.shell().write("app/a.yaml", EXTERNAL + "---\n" + STORE);
      stage.shell().write("app/b.yaml", secret(stage.namespace(), "plain", "value"));
      stage
          .shell()
          .write(
              "app/new.yaml",
              "apiVersion: v1\nkind: Namespace\nmetadata: {name: not-there}\n---\n"
                  + secret("not-there", "plain", "value"));

      Shell.Result dry = stage.signet("apply", "-f", "app", "--cluster", "--dry-run");

      assertThat(dry.code()).as(dry.err()).isZero();
      assertThat(dry.out()).contains("created (dry run)", "not tried: its namespace would be new");
      assertThat(stage.api().get(namespace.path("secrets/plain")).status()).isEqualTo(404);
      assertThat(stage.api().get("/api/v1/namespaces/not-there").status()).isEqualTo(404);
      assertThat(
              stage
                  .api()
                  .get(namespace.path("external-secrets.io/v1", "externalsecrets/fetched"))
                  .status())
          .isEqualTo(404);

      stage.shell().write("bad/typo.yaml", EXTERNAL.replace("dataFrom", "dataForm"));
      Shell.Result typo = stage.signet("apply", "-f", "bad", "--cluster", "--dry-run");
      assertThat(typo.code()).isEqualTo(3);
      assertThat(typo.err()).contains("spec.dataForm");
    }
  }

  @Test
  void fieldsOfOthersAreNamedAndTakenOverOnlyOnDemand(ControlPlane plane, Namespace namespace)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder)) {
      stage
          .api()
          .patch(
              namespace.path("secrets/plain") + "?fieldManager=the-other",
              "application/apply-patch+yaml",
              secret(stage.namespace(), "plain", "theirs")
                  .replace("stringData: {password: 'theirs'}", "data: {password: dGhlaXJz}"))
          .orFail();
      stage.shell().write("app/a.yaml", secret(stage.namespace(), "plain", "ours-c4n4ry"));

      Shell.Result refused = stage.signet("apply", "-f", "app", "--cluster");
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.out()).contains("refused: Conflict");
      assertThat(refused.err())
          .contains(".data.password is managed by the-other", "--force-conflicts")
          .doesNotContain("c4n4ry");
      assertThat(value(stage)).isEqualTo("theirs");

      stage.signet("apply", "-f", "app", "--cluster", "--force-conflicts").succeeded();
      assertThat(value(stage)).isEqualTo("ours-c4n4ry");
    }
  }

  private static String value(ClusterStage stage) throws IOException {
    return new String(
        stage
            .api()
            .get(stage.place().path("secrets/plain"))
            .orFail()
            .json()
            .row("data")
            .base64("password"),
        StandardCharsets.UTF_8);
  }

  @Test
  void whenNobodyIsAtWorkItIsSaid(ControlPlane plane, Namespace namespace) throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder)) {
      stage.shell().write("app/a.yaml", EXTERNAL);
      Shell.Result waited = stage.signet("apply", "-f", "app", "--cluster", "--wait=1s");
      assertThat(waited.code()).isEqualTo(3);
      assertThat(waited.out()).contains("waiting: NobodyReports");
      assertThat(waited.err()).contains("no operator has reported on it within 1 s");
      assertThat(stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded().out())
          .contains("applied");
      assertThat(stage.signet("explain", "fetched", "--cluster").succeeded().out())
          .contains("it does not exist", "no operator has reported on it as it is now");
      Shell.Result none = stage.signet("explain", "none", "--cluster");
      assertThat(none.code()).isEqualTo(1);
      assertThat(none.err()).contains("no resource there describes it");

      // What somebody says of an older generation is not believed of this one.
      String path = namespace.path("bitnami.com/v1alpha1", "sealedsecrets/old");
      stage
          .shell()
          .write(
              "sealed/a.yaml",
              """
              apiVersion: bitnami.com/v1alpha1
              kind: SealedSecret
              metadata: {name: old}
              spec: {encryptedData: {k: QUJD}}
              """);
      stage.signet("apply", "-f", "sealed", "--cluster", "--wait=0").succeeded();
      report(stage, path, 0, "True", "");
      assertThat(stage.signet("apply", "-f", "sealed", "--cluster", "--wait=1").code())
          .isEqualTo(3);
      report(stage, path, 1, "False", "no key could decrypt secret (k)");
      Shell.Result failed = stage.signet("apply", "-f", "sealed", "--cluster", "--wait=1");
      assertThat(failed.out()).contains("failed: Unsynced");
      assertThat(failed.err()).contains("no key could decrypt secret (k)");
      report(stage, path, 1, "True", "");
      stage.signet("apply", "-f", "sealed", "--cluster").succeeded();
    }
  }

  private static void report(
      ClusterStage stage, String path, int generation, String status, String message)
      throws IOException {
    stage
        .api()
        .patch(
            path + "/status",
            "application/merge-patch+json",
            """
            {"status": {"observedGeneration": %d, "conditions": [
              {"type": "Synced", "status": "%s", "message": "%s"}]}}
            """
                .formatted(generation, status, message))
        .orFail();
  }

  @Test
  void whoMaySeeLittleIsToldWhatIsMissing(ControlPlane plane, Namespace namespace, Api api)
      throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder)) {
      String ns = stage.namespace();
      stage.shell().write("app/a.yaml", EXTERNAL + "---\n" + STORE);
      stage.shell().write("app/users.yaml", USERS);
      stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded();
      api.post(
              namespace.path("rbac.authorization.k8s.io/v1", "roles"),
              """
              {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "few"},
               "rules": [{"apiGroups": ["external-secrets.io"], "resources": ["externalsecrets"], "verbs": ["get", "list"]},
                         {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}]}
              """)
          .orFail();
      api.post(
              namespace.path("rbac.authorization.k8s.io/v1", "rolebindings"),
              """
              {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "few"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "few"},
               "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "few"}]}
              """)
          .orFail();
      stage.as("few");
      Eventually.holds(
          Duration.ofSeconds(60),
          "the role",
          () -> stage.signet("get", "resources", "--cluster").out().contains("fetched"));

      for (List<String> denied :
          List.of(
              List.of("get secrets", "list secrets of namespace " + ns, "\"list\" on \"secrets\""),
              List.of("get secrets -A", "secrets at cluster scope", "\"list\" on \"secrets\""),
              List.of(
                  "get secret fetched", "get Secret " + ns + "/fetched", "\"get\" on \"secrets\""),
              List.of("get events", "list events of namespace " + ns, "\"list\" on \"events\""))) {
        Shell.Result result = stage.signet((denied.getFirst() + " --cluster").split(" "));
        assertThat(result.code()).as(denied.getFirst()).isEqualTo(1);
        assertThat(result.err()).contains("few may not").contains(denied.subList(1, 3));
      }
      Shell.Result some = stage.signet("get", "resources", "--cluster");
      assertThat(some.code()).isEqualTo(1);
      assertThat(some.err()).contains("not shown: ", "\"list\" on \"sealedsecrets\"");

      Shell.Result path = stage.signet("explain", "fetched", "--cluster");
      assertThat(path.code()).isZero();
      assertThat(path.out())
          .contains(
              "not seen: the keys are those that its resources name",
              "└─ password",
              "used  Deployment " + ns + "/web");
      assertThat(path.err())
          .contains("not seen: ", "\"list\" on \"pods\"", "\"get\" on \"secrets\"", "secretstores");

      Shell.Result refused = stage.signet("apply", "-f", "app/a.yaml", "--cluster");
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.err()).contains("few may not patch externalsecrets");
    }
  }

  @Test
  void whoIsNotKnownAndWhatIsNotServedIsSaid(
      ControlPlane plane, Namespace namespace, FaultProxy proxy) throws IOException {
    try (ClusterStage stage = new ClusterStage(plane, namespace, folder)) {
      stage.shell().write("app/a.yaml", EXTERNAL);
      stage
          .shell()
          .write("odd/a.yaml", "apiVersion: odd.example/v1\nkind: Odd\nmetadata: {name: a}\n");
      Shell.Result odd = stage.signet("apply", "-f", "odd", "--cluster");
      assertThat(odd.code()).isEqualTo(3);
      assertThat(odd.err()).contains("the cluster knows no Odd in odd.example/v1");

      proxy.when(
          request ->
              request.uri().startsWith("/apis/external-secrets.io")
                  || request.uri().startsWith("/apis/bitnami.com"),
          Fault.answer(404));
      stage.through(proxy.url());
      Shell.Result missing = stage.signet("get", "resources", "--cluster");
      assertThat(missing.code()).isEqualTo(1);
      assertThat(missing.err()).contains("knows no resources of", "signet crds | kubectl apply");
      assertThat(stage.signet("apply", "-f", "app", "--cluster").err())
          .contains("knows no ExternalSecret", "signet crds | kubectl apply");

      String authority =
          Base64.getEncoder().encodeToString(pem(plane).getBytes(StandardCharsets.US_ASCII));
      stage.kubeconfig(
          """
          apiVersion: v1
          kind: Config
          current-context: old
          clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: %s}}]
          users: [{name: u, user: {token: expired}}]
          contexts: [{name: old, context: {cluster: c, user: u}}]
          """
              .formatted(plane.url(), authority));
      for (String[] command :
          List.of(
              new String[] {"get", "secrets", "--cluster"},
              new String[] {"apply", "-f", "app", "--context", "old"})) {
        Shell.Result refused = stage.signet(command);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
            .startsWith("cluster: old at " + plane.url())
            .contains("does not accept the credentials (401); log in again");
      }
    }
  }

  private static String pem(ControlPlane plane) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'})
              .encodeToString(plane.authority().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
