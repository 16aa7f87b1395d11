package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.nio.file.Path;
import java.util.List;

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
  /** Upstream's tests of both, which drive whatever programs they are told. */
  SEALED_SECRETS_SUITE(
      "sealed-secrets", "github.com/bitnami/sealed-secrets", "suite", "/integration"),
  /**
   * Upstream's, in the last version that is one module: for measurements only, as it takes long to
   * build.
   */
  EXTERNAL_SECRETS(
      "external-secrets", "github.com/external-secrets/external-secrets", "external-secrets", ""),
  /** Upstream's. */
  SOPS("sops", "github.com/getsops/sops/v3", "sops", "/cmd/sops"),
  /** The last version that is free software; OpenBao speaks the same. */
  VAULT("vault", "github.com/hashicorp/vault", "vault", "");

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

  /** What Go is told to compile it: into a program of its tests, if it has no other. */
  List<String> compile() {
    return this == SEALED_SECRETS_SUITE
        ? List.of("test", "-c", "-tags=integration")
        : List.of("build", GoBuild.TAGS);
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
