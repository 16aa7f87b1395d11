package dev.signet.testkit.cluster;

import dev.signet.testkit.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The three programs of a control plane. Each is looked for on its own, in this order:
 *
 * <ol>
 *   <li>in the folder that the environment variable {@code KUBEBUILDER_ASSETS} names, whatever its
 *       version: who sets it has decided;
 *   <li>on the PATH, if it prints the version that is asked for;
 *   <li>in the cache, {@code $XDG_CACHE_HOME/signet/controlplane} or {@code
 *       ~/.cache/signet/controlplane};
 *   <li>nowhere: it is built from its Go modules into the cache, once, by {@link GoBuild}.
 * </ol>
 */
public record Programs(Path etcd, Path apiServer, Path controllerManager) {

  static final String ETCD = "etcd";
  static final String API_SERVER = "kube-apiserver";
  static final String CONTROLLER_MANAGER = "kube-controller-manager";

  private static final String HOW_TO =
      "set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd and kube-controller-manager,"
          + " or install Go and be online once";

  /** A program is not here and could not be built; the message says why. */
  static final class MissingException extends Exception {

    MissingException(String message) {
      super(message);
    }
  }

  /**
   * Those of this machine, built when there are none. A test without them is skipped as {@link
   * Needs} says.
   */
  public static Programs needed(KubernetesVersion version) {
    try {
      return find(version, System.getenv());
    } catch (MissingException e) {
      Needs.that(
          false, "a control plane of Kubernetes " + version + ", but " + e.getMessage(), HOW_TO);
      throw new IllegalStateException("a need that was not met let the test go on", e);
    }
  }

  static Programs find(KubernetesVersion version, Map<String, String> environment)
      throws MissingException {
    Predicate<Path> any = program -> true;
    Predicate<Path> ofVersion = program -> version.isMetBy(printedVersion(program));
    Optional<Path> etcd = found(ETCD, environment, any);
    Optional<Path> apiServer = found(API_SERVER, environment, ofVersion);
    Optional<Path> controllerManager = found(CONTROLLER_MANAGER, environment, ofVersion);
    GoBuild build = new GoBuild(cache(environment), onPath("go", environment).findFirst());
    if (etcd.isEmpty()) {
      etcd = Optional.of(build.etcd());
    }
    if (apiServer.isEmpty() || controllerManager.isEmpty()) {
      Path built = build.kubernetes(version);
      apiServer = Optional.of(apiServer.orElse(built.resolve(API_SERVER)));
      controllerManager = Optional.of(controllerManager.orElse(built.resolve(CONTROLLER_MANAGER)));
    }
    return new Programs(etcd.get(), apiServer.get(), controllerManager.get());
  }

  private static Optional<Path> found(
      String name, Map<String, String> environment, Predicate<Path> fits) {
    return Stream.of(environment.getOrDefault("KUBEBUILDER_ASSETS", ""))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .or(() -> onPath(name, environment).filter(fits).findFirst());
  }

  static Stream<Path> onPath(String name, Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
  }

  static Path cache(Map<String, String> environment) {
    String folder = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(folder);
    return caches.resolve("signet").resolve("controlplane");
  }

  /** What {@code --version} says, nothing if the program does not run. */
  private static String printedVersion(Path program) {
    try {
      Process process =
          new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
      try (var output = process.getInputStream()) {
        return new String(output.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      return "";
    }
  }
}
