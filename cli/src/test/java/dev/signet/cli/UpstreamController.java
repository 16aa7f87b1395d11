package dev.signet.cli;

import dev.signet.testkit.Needs;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Upstream's own controller 0.40.0, where bench/run operator has built it, as a process that
 * believes to be in a pod: in a mount namespace of its own, with a service account at the usual
 * place. Linux, as root. It does not outlive the thread that started it.
 */
final class UpstreamController implements AutoCloseable {

  /** Enters the place: $1 is the service account. */
  private static final String ENTER =
      """
      mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io || exit
      [ /var/run/secrets -ef /run/secrets ] || exit
      cp -R "$1" /run/secrets/kubernetes.io/serviceaccount || exit
      shift
      exec "$@"
      """;

  private final Process process;
  private final InetSocketAddress metrics;
  private final Path log;
  private final Path named;

  private UpstreamController(Process process, InetSocketAddress metrics, Path log, Path named) {
    this.process = process;
    this.metrics = metrics;
    this.log = log;
    this.named = named;
  }

  /** Lets a test go on only where it can be run. */
  static void needed() {
    var _ = Peer.CONTROLLER.needed();
    Needs.that(
        "root".equals(System.getProperty("user.name"))
            && Stream.of("unshare", "setpriv", "mount")
                .allMatch(name -> Files.isExecutable(Path.of("/usr/bin", name))),
        "a mount namespace",
        "run the tests on Linux as root");
  }

  static UpstreamController start(
      Path folder, Path account, Map<String, String> environment, String... flags)
      throws IOException {
    // It calls itself in managedFields what its program is called, which in its image is this.
    Path named = Files.createTempDirectory(folder, "upstream").resolve("controller");
    Files.createSymbolicLink(named, Peer.CONTROLLER.needed());
    int port = freePort();
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--pdeathsig", "KILL", "--", "unshare", "-m", "sh", "-c", ENTER));
    command.addAll(List.of("sh", account.toString(), named.toString()));
    command.addAll(
        List.of(
            "--all-namespaces=false",
            "--key-size=2048",
            "--kubeclient-qps=1000",
            "--kubeclient-burst=1000",
            "--listen-addr=127.0.0.1:" + freePort(),
            "--listen-metrics-addr=127.0.0.1:" + port));
    command.addAll(List.of(flags));
    Path log = named.resolveSibling("log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return new UpstreamController(
        builder.start(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port), log, named);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** How many looks it has taken at SealedSecrets; none as long as it does not answer. */
  long looks() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("upstream's controller has ended:\n" + Files.readString(log));
    }
    try {
      return ControllerScene.http(metrics, "/metrics")
          .lines()
          .filter(line -> line.startsWith("sealed_secrets_controller_unseal_requests_total "))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
          .findFirst()
          .orElse(0);
    } catch (IOException notYet) {
      return 0;
    }
  }

  void awaitLooks(int atLeast) {
    Eventually.holds(
        ControllerScene.SOON,
        atLeast + " looks of upstream's controller",
        () -> looks() >= atLeast);
  }

  /** It tries five times again, within milliseconds, and then not until the object changes. */
  void awaitGivenUp(String name) {
    Eventually.holds(
        ControllerScene.SOON,
        "upstream's controller to give up on " + name,
        () ->
            Files.readString(log)
                .lines()
                .anyMatch(line -> line.contains("giving up") && line.contains("/" + name + " ")));
  }

  /** As kubelet ends it. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(named);
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("upstream's controller does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
