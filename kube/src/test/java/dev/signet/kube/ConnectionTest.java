package dev.signet.kube;

import static dev.signet.kube.Scene.WIDGET;
import static dev.signet.kube.Scene.WIDGETS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnControlPlane
class ConnectionTest {

  @TempDir Path folder;

  @BeforeEach
  void kinds(Api api) throws IOException {
    Scene.installWidgets(api);
  }

  /** Who the API server takes this connection for. */
  private static String user(Connection connection) throws ObjectsException {
    try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
      ObjectsException denied =
          catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
      assertThat(denied.problem()).as(denied.getMessage()).isEqualTo(new Problem.Denied());
      String before = "cannot list all widgets: ";
      assertThat(denied).hasMessageStartingWith(before);
      return denied
          .getMessage()
          .substring(before.length(), denied.getMessage().indexOf(" may not "));
    }
  }

  private Connection kubeconfig(ControlPlane plane, String user, String cluster)
      throws IOException, ObjectsException {
    return kubeconfig(plane, plane.url(), user, cluster, Map.of());
  }

  private Connection kubeconfig(
      ControlPlane plane, URI server, String user, String cluster, Map<String, String> environment)
      throws IOException, ObjectsException {
    Path file = Files.createTempFile(folder, "config-", ".yaml");
    Files.writeString(file, config(plane, server, user, cluster));
    return Connection.kubeconfig(
        List.of(file), Optional.empty(), environment, InstantSource.system());
  }

  private static String config(ControlPlane plane, URI server, String user, String cluster) {
    return """
        apiVersion: v1
        kind: Config
        current-context: it
        contexts:
        - name: it
          context: {cluster: c, user: u, namespace: team}
        clusters:
        - name: c
          cluster:
            server: %s
            certificate-authority-data: %s
        %s
        users:
        - name: u
          user:
        %s
        """
        .formatted(server, base64(authority(plane)), cluster.indent(4), user.indent(4));
  }

  private static String authority(ControlPlane plane) {
    return pem(plane.authority());
  }

  private static String pem(X509Certificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** One of those that the JVM trusts. */
  private static X509Certificate anyOtherAuthority() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0];
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String account(Namespace namespace) {
    return "system:serviceaccount:" + namespace.name() + ":default";
  }

  @Test
  void aClientCertificate(ControlPlane plane) throws Exception {
    assertThat(user(Scene.connection(plane, plane.url(), plane.user("alice")))).isEqualTo("alice");
  }

  @Test
  void aPod(ControlPlane plane, Namespace namespace) throws Exception {
    Files.writeString(folder.resolve("ca.crt"), authority(plane));
    Files.writeString(folder.resolve("token"), plane.token(namespace.name(), "default"));
    Files.writeString(folder.resolve("namespace"), namespace.name() + "\n");
    Connection pod =
        Connection.inCluster(
            Map.of(
                "KUBERNETES_SERVICE_HOST",
                "127.0.0.1",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(plane.url().getPort())),
            folder,
            InstantSource.system());
    assertThat(pod.namespace()).isEqualTo(namespace.name());
    assertThat(user(pod)).isEqualTo(account(namespace));
  }

  @Test
  void aTokenFileIsReadAgainWhenItsTokenIsRefused(ControlPlane plane, Namespace namespace)
      throws Exception {
    Path token = folder.resolve("token");
    Files.writeString(token, "outdated");
    Connection connection = kubeconfig(plane, "tokenFile: " + token, "");
    assertThat(connection.namespace()).isEqualTo("team");
    try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
      ObjectsException refused =
          catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
      assertThat(refused)
          .hasMessageContaining(
              "the cluster does not accept the credentials (401); log in again or renew the"
                  + " token");
      Files.writeString(token, plane.token(namespace.name(), "default"));
      ObjectsException denied =
          catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
      assertThat(denied).hasMessageContaining(account(namespace) + " may not list widgets");
    }
  }

  @Test
  void aTokenFileIsReadOncePerMinute() throws Exception {
    Path file = folder.resolve("token");
    Files.writeString(file, "one\n");
    Instant[] now = {Instant.parse("2026-01-01T00:00:00Z")};
    TokenFile token = new TokenFile(file, () -> now[0]);
    assertThat(token.getToken()).isEqualTo("one");
    Files.writeString(file, "two");
    now[0] = now[0].plusSeconds(59);
    assertThat(token.getToken()).isEqualTo("one");
    now[0] = now[0].plusSeconds(1);
    assertThat(token.getToken()).isEqualTo("two");
    Files.delete(file);
    now[0] = now[0].plusSeconds(61);
    assertThat(token.getToken()).isEqualTo("two");
    Files.writeString(file, "three");
    now[0] = now[0].minusSeconds(3600);
    assertThat(token.getToken()).isEqualTo("three");
  }

  @Test
  void aPluginIsRunUntilItsTokenExpiresOrIsRefused(ControlPlane plane, Namespace namespace)
      throws Exception {
    String good = plane.token(namespace.name(), "default");
    Path plugin =
        plugin(
            """
            echo run >> "$RUNS"
            echo "a warning that is no part of the token" >&2
            case "$KUBERNETES_EXEC_INFO" in *'"kind":"ExecCredential"'*) ;; *) exit 3;; esac
            [ "$1" = "a word" ] || exit 4
            token=%s
            [ "$(wc -l < "$RUNS")" -gt 1 ] || token=outdated
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
            echo '"status":{"token":"'$token'","expirationTimestamp":"2999-01-01T00:00:00Z"}}'
            """
                .formatted(good));
    Path runs = folder.resolve("runs");
    Connection connection =
        kubeconfig(
            plane,
            plane.url(),
            """
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: %s
              args: [a word]
              env:
              - {name: RUNS, value: %s}
            """
                .formatted(plugin, runs),
            "",
            System.getenv());
    try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
      for (int i = 0; i < 3; i++) {
        ObjectsException denied =
            catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
        assertThat(denied).hasMessageContaining(account(namespace) + " may not list widgets");
      }
    }
    assertThat(Files.readAllLines(runs)).hasSize(2);
  }

  @Test
  void aPluginThatFailsSaysWhy(ControlPlane plane) throws Exception {
    Path plugin = plugin("echo 'your session has ended' >&2\nexit 1\n");
    Connection connection =
        kubeconfig(
            plane,
            "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: " + plugin + "}",
            "");
    try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
      ObjectsException failed =
          catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
      assertThat(failed.problem()).isEqualTo(new Problem.Denied());
      assertThat(failed)
          .hasMessageContaining(
              "the credential plugin " + plugin + " failed: exit code 1: your session has ended");
    }
  }

  private Path plugin(String script) throws IOException {
    Path plugin = folder.resolve("plugin");
    Files.writeString(plugin, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    return plugin;
  }

  @Test
  void anExpiredOidcTokenIsRenewed(ControlPlane plane, Namespace namespace) throws Exception {
    String renewed = plane.token(namespace.name(), "default");
    AtomicInteger renewals = new AtomicInteger();
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String url = "http://127.0.0.1:" + issuer.getAddress().getPort();
    answer(issuer, "/.well-known/openid-configuration", "{\"token_endpoint\": \"" + url + "/t\"}");
    issuer.createContext(
        "/t",
        exchange -> {
          String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          boolean right =
              form.contains("grant_type=refresh_token") && form.contains("refresh_token=fresh");
          renewals.incrementAndGet();
          byte[] body =
              ("{\"id_token\": \"" + renewed + "\", \"refresh_token\": \"fresher\"}")
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(right ? 200 : 400, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    try {
      String expired = base64("{\"alg\":\"none\"}") + "." + base64("{\"exp\":1000000000}") + ".x";
      Connection connection =
          kubeconfig(
              plane,
              """
              auth-provider:
                name: oidc
                config:
                  client-id: it
                  client-secret: secret
                  id-token: %s
                  refresh-token: fresh
                  idp-issuer-url: %s
              """
                  .formatted(expired, url),
              "");
      assertThat(user(connection)).isEqualTo(account(namespace));
      assertThat(renewals).hasValue(1);
    } finally {
      issuer.stop(0);
    }
  }

  private static void answer(HttpServer server, String path, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @Test
  void theProxyOfTheKubeconfig(ControlPlane plane, Namespace namespace) throws Exception {
    try (ConnectProxy proxy = new ConnectProxy(plane.url().getPort())) {
      Connection connection =
          kubeconfig(
              plane,
              "token: " + plane.token(namespace.name(), "default"),
              "proxy-url: " + proxy.url());
      assertThat(user(connection)).isEqualTo(account(namespace));
      assertThat(proxy.asked)
          .isNotEmpty()
          .allMatch(each -> each.equals("CONNECT " + plane.url().getAuthority() + " HTTP/1.1"));
    }
  }

  @Test
  void theProxyOfTheEnvironmentUnlessNoProxySaysOtherwise(ControlPlane plane, Namespace namespace)
      throws Exception {
    // A name that only the proxy resolves; the API server's certificate has it.
    URI server = URI.create("https://kubernetes.default.svc:" + plane.url().getPort());
    String token = "token: " + plane.token(namespace.name(), "default");
    try (ConnectProxy proxy = new ConnectProxy(plane.url().getPort())) {
      Map<String, String> environment = Map.of("https_proxy", proxy.url());
      assertThat(user(kubeconfig(plane, server, token, "", environment)))
          .isEqualTo(account(namespace));
      assertThat(proxy.asked).isNotEmpty();

      proxy.asked.clear();
      Map<String, String> without =
          Map.of("HTTPS_PROXY", proxy.url(), "NO_PROXY", "example.org,.default.svc");
      Connection direct = kubeconfig(plane, server, token, "", without);
      try (Cluster cluster = new Cluster(direct, List.of(WIDGETS), Options.defaults())) {
        ObjectsException unreachable =
            catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
        assertThat(unreachable.problem()).isEqualTo(new Problem.Unreachable());
        assertThat(unreachable).hasMessageContaining("no such host: " + server);
      }
      assertThat(proxy.asked).isEmpty();
    }
  }

  @Test
  void anAuthorityFromAFile(ControlPlane plane, Namespace namespace) throws Exception {
    Files.writeString(folder.resolve("ca.crt"), authority(plane));
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        config(plane, plane.url(), "token: " + plane.token(namespace.name(), "default"), "")
            .replaceAll("certificate-authority-data: .*", "certificate-authority: ca.crt"));
    assertThat(
            user(
                Connection.kubeconfig(
                    List.of(file), Optional.empty(), Map.of(), InstantSource.system())))
        .isEqualTo(account(namespace));
  }

  @Test
  void anotherAuthorityIsRefusedWithWhatToDo(ControlPlane plane, Namespace namespace)
      throws Exception {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        config(plane, plane.url(), "token: " + plane.token(namespace.name(), "default"), "")
            .replaceAll(
                "certificate-authority-data: .*",
                "certificate-authority-data: " + base64(pem(anyOtherAuthority()))));
    Connection connection =
        Connection.kubeconfig(List.of(file), Optional.empty(), Map.of(), InstantSource.system());
    try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
      ObjectsException refused =
          catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET));
      assertThat(refused.problem()).isEqualTo(new Problem.Unreachable());
      assertThat(refused)
          .hasMessageContaining(
              "the certificate of "
                  + plane.url()
                  + " is not from an authority that is trusted here; put the cluster's authority"
                  + " into certificate-authority(-data) of the kubeconfig");
    }
  }

  @Test
  void theNameInTheCertificateMayBeAnotherThanTheAddress(ControlPlane plane, Namespace namespace)
      throws Exception {
    String token = "token: " + plane.token(namespace.name(), "default");
    assertThat(user(kubeconfig(plane, token, "tls-server-name: Kubernetes.default.svc")))
        .isEqualTo(account(namespace));
    assertThat(user(kubeconfig(plane, token, "tls-server-name: 127.0.0.1")))
        .isEqualTo(account(namespace));
    for (String other : List.of("default.svc", "x.kubernetes.default.svc", "127.0.0.9")) {
      Connection connection = kubeconfig(plane, token, "tls-server-name: " + other);
      try (Cluster cluster = new Cluster(connection, List.of(WIDGETS), Options.defaults())) {
        assertThat(catchThrowableOfType(ObjectsException.class, () -> cluster.list(WIDGET)))
            .hasMessageContaining(
                "the certificate is not for " + other + ", as tls-server-name asks");
      }
    }
  }

  @Test
  void whomToTrustCanBeSaidBesideTheKubeconfig(ControlPlane plane, Namespace namespace)
      throws Exception {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        config(plane, plane.url(), "token: " + plane.token(namespace.name(), "default"), "")
            .replaceAll(
                "certificate-authority-data: .*",
                "certificate-authority-data: " + base64(pem(anyOtherAuthority()))));
    Path authority = folder.resolve("right.crt");
    Files.writeString(authority, authority(plane));
    for (Overrides overrides :
        List.of(
            OverridesTest.overrides("insecure", "true"),
            OverridesTest.overrides("certificateAuthority", authority.toString()))) {
      assertThat(
              user(
                  Connection.kubeconfig(
                      List.of(file), overrides, Map.of(), InstantSource.system())))
          .isEqualTo(account(namespace));
    }
  }

  @Test
  void theContextDecides(ControlPlane plane) throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Files.writeString(first, config(plane, plane.url(), "token: a", ""));
    Files.writeString(
        second,
        config(plane, URI.create("https://other.example:6443"), "token: b", "")
            .replace("name: it", "name: that")
            .replace("name: c", "name: d")
            .replace("cluster: c", "cluster: d")
            .replace("current-context: it", "current-context: that"));
    Map<String, String> both =
        Map.of("KUBECONFIG", first + ":" + folder.resolve("no") + ":" + second);
    InstantSource clock = InstantSource.system();
    assertThat(Connection.find(both, folder, Optional.empty(), Optional.empty(), clock).server())
        .isEqualTo(plane.url().toString());
    assertThat(Connection.find(both, folder, Optional.empty(), Optional.of("that"), clock).server())
        .isEqualTo("https://other.example:6443");
    assertThat(Connection.find(both, folder, Optional.of(second), Optional.empty(), clock).server())
        .isEqualTo("https://other.example:6443");
    assertThat(
            catchThrowableOfType(
                ObjectsException.class,
                () ->
                    Connection.find(Map.of(), folder, Optional.of(first), Optional.of("x"), clock)))
        .hasMessage(first + " has no context \"x\"");
    assertThat(
            catchThrowableOfType(
                ObjectsException.class,
                () -> Connection.find(Map.of(), folder, Optional.empty(), Optional.empty(), clock)))
        .hasMessageStartingWith("no cluster: neither --kubeconfig nor KUBECONFIG is given");

    Files.createDirectories(folder.resolve(".kube"));
    Files.copy(second, folder.resolve(".kube/config"));
    assertThatCode(
            () -> Connection.find(Map.of(), folder, Optional.empty(), Optional.empty(), clock))
        .doesNotThrowAnyException();
  }

  @Test
  void whatCannotWorkIsRefusedAtOnce(ControlPlane plane) throws Exception {
    assertThat(
            catchThrowableOfType(
                ObjectsException.class,
                () -> kubeconfig(plane, "token: a", "proxy-url: socks5://proxy:1080")))
        .hasMessageContaining("only proxies with http:// are supported, not socks5://");
    assertThat(
            catchThrowableOfType(
                ObjectsException.class,
                () -> kubeconfig(plane, "auth-provider: {name: gcp, config: {}}", "")))
        .hasMessageContaining("auth-provider \"gcp\" is gone from Kubernetes");
    Path broken = folder.resolve("broken");
    Files.writeString(broken, "{{{");
    assertThat(
            catchThrowableOfType(
                ObjectsException.class,
                () ->
                    Connection.kubeconfig(
                        List.of(broken), Optional.empty(), Map.of(), InstantSource.system())))
        .hasMessage(broken + " is not a kubeconfig");
  }
}
