package dev.signet.core.sealing;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The openssl command, for tests that run where it is installed. */
final class OpenSsl {

  private OpenSsl() {}

  /** Runs it in a folder and returns what it printed. */
  static byte[] run(Path folder, byte[] input, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Needs.command("openssl", "apt-get install openssl").toString());
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var out = process.getOutputStream()) {
      out.write(input);
    }
    byte[] printed = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new IOException("openssl " + arguments + " failed");
    }
    return printed;
  }
}
