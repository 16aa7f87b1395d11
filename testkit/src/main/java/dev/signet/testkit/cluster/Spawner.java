package dev.signet.testkit.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts the processes of one control plane.
 *
 * <p>Those of a test never outlive the JVM, even if it is killed: on Linux {@code setpriv} asks the
 * kernel to kill the process when its parent dies. To the kernel the parent is the <em>thread</em>
 * that started the process, so all are started by one thread that lives as long as this object.
 * Elsewhere only a shutdown hook ends them. Those for people get a session of their own instead and
 * outlive the JVM.
 */
final class Spawner implements AutoCloseable {

  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("control plane").factory());
  private final List<String> prefix;

  private Spawner(List<String> prefix) {
    this.prefix = prefix;
  }

  /** Its processes die with this JVM. */
  static Spawner tied() {
    return new Spawner(
        Files.isExecutable(SETPRIV)
            ? List.of(SETPRIV.toString(), "--pdeathsig", "KILL", "--")
            : List.of());
  }

  /** Its processes stay. */
  static Spawner detached() {
    return new Spawner(Files.isExecutable(SETSID) ? List.of(SETSID.toString()) : List.of("nohup"));
  }

  /** The same, with this in front of each command. */
  Spawner within(List<String> outer) {
    List<String> both = new ArrayList<>(outer);
    both.addAll(prefix);
    close();
    return new Spawner(both);
  }

  Process spawn(List<String> command, Path log) throws IOException {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return thread.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new IOException("cannot start " + command.getFirst(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Ends the thread, and so the processes that are tied to it. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
