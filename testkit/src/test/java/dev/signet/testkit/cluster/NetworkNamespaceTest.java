package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworkNamespaceTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  @OnControlPlane(ownNetwork = true)
  void theServiceProxyOfTheApiServerReachesAServerOfTheTest(ControlPlane plane, Namespace namespace)
      throws IOException {
    String address = plane.network().orElseThrow().outside();
    HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = ("this is " + exchange.getRequestURI().getPath()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    try {
      publish(plane.api(), namespace, address, server.getAddress().getPort());

      String proxy = namespace.path("services/http:web:8080/proxy/v1/cert.pem");
      assertThat(
              Eventually.<Api.Response>find(
                  SOON, "the service proxy", () -> Optional.of(plane.api().get(proxy).orFail())))
          .extracting(Api.Response::body)
          .isEqualTo("this is /v1/cert.pem");
    } finally {
      server.stop(0);
    }
  }

  @Test
  @OnControlPlane(ownNetwork = true)
  void theFaultProxyStandsInFrontOfItToo(ControlPlane plane, FaultProxy proxy) throws IOException {
    assertThat(proxy.url().getHost()).isEqualTo(plane.network().orElseThrow().outside());
    try (Api api = proxy.api(plane, plane.admin())) {
      assertThat(api.get("/readyz").body()).isEqualTo("ok");
    }
  }

  @Test
  void nothingOfItIsLeft() throws IOException {
    NetworkNamespace.need();
    NetworkNamespace network = NetworkNamespace.create();
    InetAddress outside = InetAddress.getByName(network.outside());
    assertThat(NetworkInterface.getByInetAddress(outside)).isNotNull();

    network.close();

    Eventually.holds(
        SOON, "the device to go", () -> NetworkInterface.getByInetAddress(outside) == null);
  }

  /** A Service whose only endpoint is a Pod with this address, as without a kubelet it must be. */
  private static void publish(Api api, Namespace namespace, String address, int port)
      throws IOException {
    String uid =
        api.post(
                namespace.path("pods"),
                """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
                 "spec": {"containers": [{"name": "web", "image": "web"}]}}
                """)
            .orFail()
            .json()
            .row("metadata")
            .text("uid");
    api.patch(
            namespace.path("pods/web/status"),
            "application/merge-patch+json",
            """
            {"status": {"phase": "Running", "podIP": "%s", "podIPs": [{"ip": "%s"}]}}
            """
                .formatted(address, address))
        .orFail();
    api.post(
            namespace.path("services"),
            """
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
             "spec": {"ports": [{"port": 8080, "targetPort": %d}]}}
            """
                .formatted(port))
        .orFail();
    api.post(
            namespace.path("endpoints"),
            """
            {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "web"},
             "subsets": [{
               "addresses": [{"ip": "%s", "targetRef": {
                 "kind": "Pod", "name": "web", "namespace": "%s", "uid": "%s"}}],
               "ports": [{"port": %d}]}]}
            """
                .formatted(address, namespace.name(), uid, port))
        .orFail();
  }
}
