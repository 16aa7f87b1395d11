package dev.signet.operator;

import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An operator in a JVM of its own. */
final class Child implements AutoCloseable {

  private final Process process;
  private final int port;
  private final Path log;

  private Child(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  static Child start(ControlPlane plane, Namespace namespace, String identity, Path folder)
      throws IOException {
    return start(plane.kubeconfig(), namespace, identity, folder);
  }

  static Child start(Path kubeconfig, Namespace namespace, String identity, Path folder)
      throws IOException {
    int port = freePort();
    Path log = folder.resolve(identity + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(OperatorProcess.class.getName());
    command.add(kubeconfig.toString());
    command.addAll(List.of(namespace.name(), Integer.toString(port), identity, log.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(identity + ".out").toFile())
            .start();
    return new Child(process, port, log);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  boolean leads() throws IOException {
    return get("/metrics").contains("leader_election_master_status{name=\"signet\"} 1.0");
  }

  boolean ready() throws IOException {
    return get("/readyz").equals("ok\n");
  }

  private String get(String path) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Child awaitLeading() {
    Eventually.holds(Flight.LONG, "the process to lead", this::leads);
    return this;
  }

  Child awaitStandingBy() {
    Eventually.holds(Flight.LONG, "the process to stand by", () -> ready() && !leads());
    return this;
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a power cut would. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      signal("CONT");
      kill();
    }
  }
}
