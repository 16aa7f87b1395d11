package dev.signet.cli;

import dev.signet.core.SecretBytes;
import java.io.Console;
import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.util.Arrays;

/** Where passphrases come from: never from the command line, which others can see. */
final class Passphrases {

  private Passphrases() {}

  /** Without its last line break. */
  static SecretBytes fromFile(Surroundings surroundings, String file) throws CommandFailure {
    try {
      byte[] content = Files.readAllBytes(surroundings.path(file));
      int end = content.length;
      while (end > 0 && (content[end - 1] == '\n' || content[end - 1] == '\r')) {
        end--;
      }
      SecretBytes text = SecretBytes.wrap(Arrays.copyOf(content, end));
      Arrays.fill(content, (byte) 0);
      return text;
    } catch (IOException e) {
      throw CommandFailure.of(
          "cannot read the passphrase from " + file + ": " + InputOutput.reason(e));
    }
  }

  /**
   * From the terminal.
   *
   * @param instead what else could name it
   */
  @SuppressWarnings(
      "SystemConsoleNull") // without a terminal the JDK's own console is null, in 25 too
  static SecretBytes ask(String about, String instead) throws CommandFailure {
    Console console = System.console();
    char[] typed =
        console != null && console.isTerminal() ? console.readPassword("%s: ", about) : null;
    if (typed == null) {
      throw CommandFailure.of("a " + about + " is needed: run it on a terminal, or set " + instead);
    }
    SecretBytes text = SecretBytes.ofText(CharBuffer.wrap(typed));
    Arrays.fill(typed, '\0');
    return text;
  }
}
