package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Connection;
import dev.signet.testkit.cluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;

/** What a pod has of its service account: a folder, and the environment that names the server. */
record ServiceAccount(Path folder, Map<String, String> environment) {

  static ServiceAccount mount(ControlPlane plane, String namespace, String name, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("token"), plane.token(namespace, name));
    Files.writeString(
        folder.resolve("ca.crt"),
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded(plane))
            + "\n-----END CERTIFICATE-----\n");
    Files.writeString(folder.resolve("namespace"), namespace);
    return new ServiceAccount(
        folder,
        Map.of(
            "KUBERNETES_SERVICE_HOST",
            plane.url().getHost(),
            "KUBERNETES_SERVICE_PORT",
            Integer.toString(plane.url().getPort())));
  }

  private static byte[] encoded(ControlPlane plane) {
    try {
      return plane.authority().getEncoded();
    } catch (java.security.cert.CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  Connection connection() {
    try {
      return Connection.inCluster(environment, folder, Clock.systemUTC());
    } catch (ObjectsException e) {
      throw new IllegalStateException(e);
    }
  }
}
