package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.nio.file.Path;

/** The program that renders and installs charts, at the version that is pinned here. */
public final class Helm {

  static final String PROGRAM = "helm";

  private Helm() {}

  /**
   * Built once from its Go module into the cache of {@link Programs}. A test without it is skipped
   * as {@link Needs} says.
   */
  public static Path needed() {
    try {
      return new GoBuild(
              Programs.cache(System.getenv()), Programs.onPath("go", System.getenv()).findFirst())
          .helm()
          .resolve(PROGRAM);
    } catch (Programs.MissingException e) {
      Needs.that(
          false,
          "helm, but " + e.getMessage(),
          "install Go and be online once, so that it is built");
      throw new IllegalStateException("a need that was not met let the test go on", e);
    }
  }
}
