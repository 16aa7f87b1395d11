package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import java.io.Console;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Finds the project that a command works in, by its options and environment. */
final class Projects {

  private Projects() {}

  static Project of(Surroundings surroundings, Options.State options) {
    Path folder =
        options
            .folder
            .or(() -> surroundings.variable("SIGNET_STATE"))
            .map(surroundings::path)
            .orElseGet(() -> Project.locate(surroundings.workingDirectory()));
    return at(surroundings, folder);
  }

  /** The project with that {@code .signet} folder. */
  static Project at(Surroundings surroundings, Path folder) {
    Path key =
        surroundings
            .variable("SIGNET_STATE_KEY")
            .map(surroundings::path)
            .orElseGet(() -> surroundings.configuration().resolve("state.key"));
    return new Project(
        folder,
        key,
        surroundings.random(),
        about -> passphrase(surroundings, about),
        surroundings.faults());
  }

  /**
   * From the file that SIGNET_PASSPHRASE_FILE names, without its last line break, or from the
   * terminal.
   */
  @SuppressWarnings(
      "SystemConsoleNull") // without a terminal the JDK's own console is null, in 25 too
  private static SecretBytes passphrase(Surroundings surroundings, String about)
      throws StateException {
    Optional<String> file = surroundings.variable("SIGNET_PASSPHRASE_FILE");
    if (file.isPresent()) {
      try {
        byte[] content = Files.readAllBytes(surroundings.path(file.get()));
        int end = content.length;
        while (end > 0 && (content[end - 1] == '\n' || content[end - 1] == '\r')) {
          end--;
        }
        SecretBytes text = SecretBytes.wrap(Arrays.copyOf(content, end));
        Arrays.fill(content, (byte) 0);
        return text;
      } catch (IOException e) {
        throw new StateException(
            "cannot read the passphrase from " + file.get() + ": " + InputOutput.reason(e));
      }
    }
    Console console = System.console();
    char[] typed =
        console != null && console.isTerminal() ? console.readPassword("%s: ", about) : null;
    if (typed == null) {
      throw new StateException(
          "a " + about + " is needed: run it on a terminal, or set SIGNET_PASSPHRASE_FILE");
    }
    SecretBytes text = SecretBytes.ofText(CharBuffer.wrap(typed));
    Arrays.fill(typed, '\0');
    return text;
  }
}
