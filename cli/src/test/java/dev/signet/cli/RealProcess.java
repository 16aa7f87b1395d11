package dev.signet.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The program in a JVM of its own, in a shell's directory and environment. */
final class RealProcess {

  private final Process process;
  private final Path out;
  private final Path err;

  private RealProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param faultPoint where it is to end at once; a name that does not exist lets it live
   */
  static RealProcess start(Shell shell, String faultPoint, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dsignet.tty="));
    // Its temporary files, if it made any, are where a test can look for them.
    command.add("-Djava.io.tmpdir=" + shell.home());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(KillableMain.class.getName());
    command.add(faultPoint);
    command.addAll(List.of(args));
    try {
      Path out = Files.createTempFile(shell.home(), "out", "");
      Path err = Files.createTempFile(shell.home(), "err", "");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(shell.directory().toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(shell.environment());
      Process process = builder.start();
      process.getOutputStream().close();
      return new RealProcess(process, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return process;
  }

  Shell.Result await() {
    try {
      int code = process.waitFor();
      return new Shell.Result(code, text(out), text(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String text(Path file) {
    try {
      return new String(Objects.requireNonNull(Files.readAllBytes(file)), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
