package dev.signet.testkit.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One process of a control plane, which a test may end, kill, pause and start again. It keeps its
 * port and its data. What it prints is appended to its log.
 */
public final class Server {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final int LOG_LINES = 40;

  private final String name;
  private final Path folder;
  private final List<String> command;
  private final Spawner spawner;
  private final Eventually.Check ready;
  private Optional<Process> process = Optional.empty();
  private boolean paused;

  Server(String name, Path folder, List<String> command, Spawner spawner, Eventually.Check ready) {
    this.name = name;
    this.folder = folder;
    this.command = List.copyOf(command);
    this.spawner = spawner;
    this.ready = ready;
  }

  public String name() {
    return name;
  }

  /** Everything it printed so far. */
  public Path log() {
    return folder.resolve(name + ".log");
  }

  /** Whether there is a process, paused or not. */
  public synchronized boolean running() {
    return process.filter(Process::isAlive).isPresent();
  }

  public synchronized boolean paused() {
    return paused && running();
  }

  /** The id of its process. */
  public synchronized long pid() {
    return live().pid();
  }

  /** Starts it and returns when it says that it is ready. Nothing to do if it runs. */
  public void start() {
    launch();
    awaitReady();
  }

  /** Ends it in order, as SIGTERM does, and returns when it has ended. */
  public synchronized void stop() {
    if (running()) {
      resume();
      Process ending = live();
      ending.destroy();
      if (!ended(ending, STOP)) {
        kill();
      }
    }
  }

  /** Ends it at once, as SIGKILL or a power cut does. */
  public synchronized void kill() {
    if (running()) {
      Process ending = live();
      ending.destroyForcibly();
      if (!ended(ending, STOP)) {
        throw new IllegalStateException(name + " survives SIGKILL");
      }
    }
    paused = false;
  }

  /** Freezes it (SIGSTOP): connections stay open and nobody answers. */
  public synchronized void pause() {
    signal("STOP");
    paused = true;
  }

  /** Lets it go on after {@link #pause}. */
  public synchronized void resume() {
    if (paused) {
      signal("CONT");
      paused = false;
    }
  }

  /** Ends it in order and starts it again. */
  public void restart() {
    stop();
    start();
  }

  /** Resumes it or starts it again, whatever a test has left. */
  void heal() {
    if (paused()) {
      resume();
      awaitReady();
    }
    if (!running()) {
      start();
    }
  }

  synchronized void launch() {
    if (running()) {
      return;
    }
    try {
      process = Optional.of(spawner.spawn(command, log()));
      paused = false;
      Files.writeString(folder.resolve(name + ".pid"), pid() + "\n");
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  void awaitReady() {
    try {
      Eventually.holds(
          START,
          name + " to be ready",
          () -> {
            if (!running()) {
              throw new IllegalStateException(name + " ended while it started");
            }
            return ready.once();
          });
    } catch (IllegalStateException e) {
      throw new IllegalStateException(e.getMessage() + "\nthe end of its log:\n" + endOfLog(), e);
    }
  }

  String endOfLog() {
    try {
      List<String> lines = Files.readString(log(), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(there is none: " + e + ")";
    }
  }

  private Process live() {
    return process
        .filter(Process::isAlive)
        .orElseThrow(() -> new IllegalStateException(name + " does not run"));
  }

  private void signal(String signal) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + signal, Long.toString(live().pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + signal + " ended with status " + code);
      }
    } catch (IOException e) {
      throw new IllegalStateException("there is no kill command", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean ended(Process process, Duration within) {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
