package dev.signet.testkit.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Control planes for people, behind {@code testkit/controlplane}: {@code up DIR} starts one that
 * stays and prints its kubeconfig, {@code down DIR} ends it and keeps its data for the next {@code
 * up}. A process id counts only while the process of that number names the folder in its command
 * line: numbers are given again.
 */
public final class Main {

  private static final String USAGE =
      """
      usage: testkit/controlplane up DIR     start a control plane in DIR, print its kubeconfig
             testkit/controlplane down DIR   end it; what it holds stays in DIR
             testkit/controlplane peer NAME  print where helm, sops or another one is, built once
      SIGNET_KUBERNETES chooses the version, 1.34 if not set.
      """;
  private static final List<String> IN_ORDER_OF_END =
      List.of(Programs.CONTROLLER_MANAGER, Programs.API_SERVER, Programs.ETCD);
  private static final Duration END = Duration.ofSeconds(20);

  private Main() {}

  public static void main(String[] args) {
    if (args.length != 2) {
      System.err.print(USAGE);
      System.exit(2);
    }
    try {
      Path folder = Path.of(args[1]).toAbsolutePath().normalize();
      switch (args[0]) {
        case "peer" -> System.out.println(peer(args[1]).find());
        case "up" -> up(folder);
        case "down" -> down(folder);
        default -> {
          System.err.print(USAGE);
          System.exit(2);
        }
      }
    } catch (IOException
        | IllegalStateException
        | IllegalArgumentException
        | Programs.MissingException e) {
      System.err.println("control plane: " + e.getMessage());
      System.exit(1);
    }
  }

  private static Peer peer(String name) {
    return Stream.of(Peer.values())
        .filter(peer -> peer.program.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no peer "
                        + name
                        + "; there are "
                        + Stream.of(Peer.values())
                            .map(peer -> peer.program)
                            .collect(Collectors.joining(", "))));
  }

  private static void up(Path folder) throws IOException, Programs.MissingException {
    boolean ours = Files.exists(folder.resolve("ports"));
    if (!ours && Files.exists(folder) && !isEmpty(folder)) {
      throw new IOException(folder + " is not empty: name a new folder");
    }
    if (ours && runsWhole(folder)) {
      System.err.println("control plane: it runs already");
      System.out.println(folder.resolve("kubeconfig"));
      return;
    }
    down(folder); // what is left of one that ran in part
    KubernetesVersion version =
        Optional.ofNullable(System.getenv("SIGNET_KUBERNETES"))
            .filter(asked -> !asked.isEmpty())
            .map(KubernetesVersion::new)
            .orElseGet(KubernetesVersion::ofThisRun);
    Programs programs = Programs.find(version, System.getenv());
    var options = ControlPlane.Options.of(programs).inFolder(folder).outlivingJvm();
    try (ControlPlane plane = ControlPlane.start(options)) {
      System.out.println(plane.kubeconfig());
    }
  }

  private static void down(Path folder) throws IOException {
    for (String name : IN_ORDER_OF_END) {
      Optional<ProcessHandle> found = running(folder, name);
      if (found.isPresent()) {
        ProcessHandle process = found.get();
        process.destroy();
        try {
          Eventually.holds(END, name + " to end", () -> !process.isAlive());
        } catch (IllegalStateException stays) {
          process.destroyForcibly();
        }
      }
      Files.deleteIfExists(folder.resolve(name + ".pid"));
    }
  }

  private static boolean runsWhole(Path folder) throws IOException {
    for (String name : IN_ORDER_OF_END) {
      if (running(folder, name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private static Optional<ProcessHandle> running(Path folder, String name) throws IOException {
    Path file = folder.resolve(name + ".pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
        .filter(process -> process.info().commandLine().orElse("").contains("=" + folder + "/"));
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
