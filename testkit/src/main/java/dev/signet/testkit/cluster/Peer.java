package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.nio.file.Path;

/**
 * A program of somebody else's that ours is used with or compared to, at the version that is pinned
 * here. It is built once from its Go module into the cache of {@link Programs}.
 */
public enum Peer {
  /** Renders and installs charts. */
  HELM("helm", "helm.sh/helm/v3", "helm", "/cmd/helm"),
  /** Upstream's. */
  KUBESEAL("sealed-secrets", "github.com/bitnami/sealed-secrets", "kubeseal", "/cmd/kubeseal"),
  /** Upstream's. */
  CONTROLLER(
      "sealed-secrets", "github.com/bitnami/sealed-secrets", "controller", "/cmd/controller"),
  /** Upstream's. */
  SOPS("sops", "github.com/getsops/sops/v3", "sops", "/cmd/sops");

  /** The resource folder with go.mod and go.sum, which peers of one module share. */
  final String pinned;

  final String module;
  final String program;
  private final String folder;

  Peer(String pinned, String module, String program, String folder) {
    this.pinned = pinned;
    this.module = module;
    this.program = program;
    this.folder = folder;
  }

  /** The package that is compiled. */
  String main() {
    return module + folder;
  }

  /** A test without it is skipped as {@link Needs} says. */
  public Path needed() {
    try {
      return find();
    } catch (Programs.MissingException e) {
      Needs.that(
          false,
          program + ", but " + e.getMessage(),
          "install Go and be online once, so that it is built");
      throw new IllegalStateException("a need that was not met let the test go on", e);
    }
  }

  Path find() throws Programs.MissingException {
    return new GoBuild(
            Programs.cache(System.getenv()), Programs.onPath("go", System.getenv()).findFirst())
        .peer(this);
  }
}
