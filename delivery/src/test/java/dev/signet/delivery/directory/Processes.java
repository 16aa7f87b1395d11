package dev.signet.delivery.directory;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other processes with the class path of this test. */
final class Processes {

  private Processes() {}

  /** Starts {@code main} of that class; what it prints to stderr is shown. */
  static Process start(Class<?> main, Object... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** The next line it prints. */
  static String line(Process process) throws IOException {
    BufferedReader reader = process.inputReader();
    String line = reader.readLine();
    return line == null ? "(ended)" : line;
  }
}
