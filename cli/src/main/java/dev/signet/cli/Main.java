package dev.signet.cli;

import dev.signet.cli.sops.SopsProgram;
import dev.signet.delivery.directory.FaultPoints;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Starts {@code signet}, {@code kubeseal}, {@code controller} or {@code sops}: the launcher says
 * which in the property signet.program.
 */
public final class Main {

  private static final int BUFFER = 1 << 16;

  private Main() {}

  public static void main(String[] args) {
    URL.setURLStreamHandlerFactory(Main::builtIn);
    Surroundings surroundings = real(FaultPoints.NONE);
    int code = run(System.getProperty("signet.program", "signet"), args, surroundings);
    surroundings.out().flush();
    surroundings.err().flush();
    // System.exit looks through every jar for somebody who wants to log that it was called.
    if (code != 0 || othersKeepRunning()) {
      System.exit(code);
    }
  }

  /**
   * The JDK's own handler of http, where the launcher lets us have it. Asked first, it spares a
   * look through every jar for another one, which comes with the first use of cryptography.
   */
  private static @Nullable URLStreamHandler builtIn(String protocol) {
    if (!protocol.equals("http")) {
      return null;
    }
    try {
      return (URLStreamHandler)
          Class.forName("sun.net.www.protocol.http.Handler").getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /** Whether the JVM would not end with this thread. */
  private static boolean othersKeepRunning() {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] threads = new Thread[2 * all.activeCount() + 1];
    int count = all.enumerate(threads);
    return Arrays.stream(threads, 0, count)
        .anyMatch(thread -> !thread.isDaemon() && !thread.equals(Thread.currentThread()));
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
