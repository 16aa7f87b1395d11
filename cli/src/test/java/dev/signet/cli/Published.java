package dev.signet.cli;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Namespace;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A pod whose containers listen at an address of this machine, so that the service proxy of an API
 * server without nodes finds them: it asks for an address that is not loopback, in Endpoints that
 * name a pod with that address.
 */
final class Published {

  private final Api api;
  private final Namespace namespace;
  private final String address;
  private final String uid;

  private Published(Api api, Namespace namespace, String address, String uid) {
    this.api = api;
    this.namespace = namespace;
    this.address = address;
    this.uid = uid;
  }

  static Published pod(ControlPlane plane, Namespace namespace) throws IOException {
    Api api = plane.api();
    String address = plane.network().orElseThrow().outside();
    String uid =
        api.post(
                namespace.path("pods"),
                """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "operator"},
                 "spec": {"containers": [{"name": "operator", "image": "signet"}]}}
                """)
            .orFail()
            .json()
            .row("metadata")
            .text("uid");
    api.patch(
            namespace.path("pods/operator/status"),
            "application/merge-patch+json",
            "{\"status\": {\"phase\": \"Running\", \"podIP\": \"@\", \"podIPs\": [{\"ip\": \"@\"}]}}"
                .replace("@", address))
        .orFail();
    return new Published(api, namespace, address, uid);
  }

  /** A Service whose only endpoint is that pod; its port may have no name. */
  void service(String name, String portName, InetSocketAddress listening) throws IOException {
    String portField = portName.isEmpty() ? "" : "\"name\": \"" + portName + "\", ";
    int port = listening.getPort();
    api.post(
            namespace.path("services"),
            """
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s"},
             "spec": {"ports": [{%s"port": 8080, "targetPort": %d}]}}
            """
                .formatted(name, portField, port))
        .orFail();
    api.post(
            namespace.path("endpoints"),
            """
            {"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "%s"},
             "subsets": [{
               "addresses": [{"ip": "%s", "targetRef": {
                 "kind": "Pod", "name": "operator", "namespace": "%s", "uid": "%s"}}],
               "ports": [{%s"port": %d}]}]}
            """
                .formatted(name, address, namespace.name(), uid, portField, port))
        .orFail();
  }
}
