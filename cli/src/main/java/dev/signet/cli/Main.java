package dev.signet.cli;

import dev.signet.cli.sops.SopsProgram;
import dev.signet.delivery.directory.FaultPoints;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;

/**
 * Starts {@code signet}, {@code kubeseal}, {@code controller} or {@code sops}: the launcher says
 * which in the property signet.program.
 */
public final class Main {

  private static final int BUFFER = 1 << 16;

  private Main() {}

  public static void main(String[] args) {
    Surroundings surroundings = real(FaultPoints.NONE);
    int code = run(System.getProperty("signet.program", "signet"), args, surroundings);
    surroundings.out().flush();
    surroundings.err().flush();
    System.exit(code);
  }

  /** Runs a program as if started under that name and returns its exit code. */
  static int run(String program, String[] args, Surroundings surroundings) {
    return switch (program) {
      case "kubeseal" -> Kubeseal.run(args, surroundings);
      case "controller" -> ControllerProgram.run(args, surroundings);
      case "sops" -> SopsProgram.run(args, surroundings.sops());
      default -> Signet.run(args, surroundings);
    };
  }

  static Surroundings real(FaultPoints faults) {
    String told = System.getProperty("signet.tty");
    String terminals = told != null ? told : allTerminals() ? "ioe" : "";
    return new Surroundings(
        System.getenv(),
        Path.of("").toAbsolutePath(),
        System.in,
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        terminals.contains("i"),
        terminals.contains("o"),
        terminals.contains("e"),
        Clock.systemUTC(),
        new SecureRandom(),
        faults);
  }

  /**
   * Always UTF-8 and buffered; the JDK's own streams follow the locale and write every line by
   * itself.
   */
  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER),
        /* autoFlush= */ false,
        StandardCharsets.UTF_8);
  }

  /** For launchers that cannot look at each stream by itself. */
  @SuppressWarnings(
      "SystemConsoleNull") // without a terminal the JDK's own console is null, in 25 too
  private static boolean allTerminals() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
