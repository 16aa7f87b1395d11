package dev.signet.testkit.cluster;

import java.io.IOException;
import java.time.Duration;

/** A namespace of one test. */
public record Namespace(ControlPlane plane, String name) implements AutoCloseable {

  private static final Duration ACCOUNT = Duration.ofSeconds(30);

  /**
   * One with a name that the server chose; its default service account is there, so pods can be.
   */
  static Namespace create(ControlPlane plane, String prefix) throws IOException {
    String name =
        plane
            .api()
            .post(
                "/api/v1/namespaces",
                """
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "%s-"}}
                """
                    .formatted(prefix))
            .orFail()
            .json()
            .row("metadata")
            .text("name");
    Namespace namespace = new Namespace(plane, name);
    Eventually.holds(
        ACCOUNT,
        "the default service account of " + name,
        () -> plane.api().get(namespace.path("serviceaccounts/default")).ok());
    return namespace;
  }

  /** The path of something of the core group in it: {@code secrets}, {@code secrets/db}. */
  public String path(String resource) {
    return "/api/v1/namespaces/" + name + "/" + resource;
  }

  /**
   * The path of something of another group in it.
   *
   * @param groupVersion such as {@code apps/v1}
   */
  public String path(String groupVersion, String resource) {
    return "/apis/" + groupVersion + "/namespaces/" + name + "/" + resource;
  }

  /** Asks for its deletion and does not wait for it. */
  @Override
  public void close() throws IOException {
    plane.api().delete("/api/v1/namespaces/" + name).orFail();
  }
}
