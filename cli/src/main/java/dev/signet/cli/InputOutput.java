package dev.signet.cli;

import dev.signet.delivery.directory.AtomicFile;
import dev.signet.yaml.Documents;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reading what a user names, and writing where a user wants it: a file, whole or not at all, or a
 * standard stream.
 */
final class InputOutput {

  private InputOutput() {}

  /**
   * The bytes of a file, or of standard input for {@code -}; more than {@link ReadLimits#DEFAULT}
   * allows is refused.
   */
  static byte[] read(Surroundings surroundings, String name) throws CommandFailure {
    try {
      if (name.equals("-")) {
        if (surroundings.inTerminal()) {
          surroundings.err().println("reading a manifest from the terminal; end it with Ctrl-D");
          surroundings.err().flush();
        }
        return Documents.readAll(surroundings.in(), "standard input", ReadLimits.DEFAULT);
      }
      try (InputStream file = Files.newInputStream(surroundings.path(name))) {
        return Documents.readAll(file, name, ReadLimits.DEFAULT);
      }
    } catch (MalformedDocumentException e) {
      throw CommandFailure.of(e.getMessage());
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + name + ": " + reason(e));
    }
  }

  /** Writes to standard output, or replaces the file in one step. */
  static void write(
      Surroundings surroundings, Optional<String> name, byte[] content, AtomicFile.Readers readers)
      throws CommandFailure {
    if (name.isEmpty() || name.get().equals("-")) {
      surroundings.out().write(content, 0, content.length);
      surroundings.out().flush();
      if (surroundings.out().checkError()) {
        throw CommandFailure.of(
            "cannot write to standard output: is the disk full, or the reader gone?");
      }
      return;
    }
    Path file = surroundings.path(name.get());
    try {
      AtomicFile.write(file, content, readers, "output", surroundings.faults());
    } catch (IOException e) {
      throw CommandFailure.of(
          "cannot write " + name.get() + ": " + reason(e) + "; the file is as it was before");
    }
  }

  /** What went wrong, in words that name no Java class. */
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage() == null ? "input or output failed" : e.getMessage();
    };
  }
}
