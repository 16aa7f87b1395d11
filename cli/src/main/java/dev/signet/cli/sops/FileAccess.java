package dev.signet.cli.sops;

import dev.signet.delivery.directory.AtomicFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reading and replacing files, with reasons for people. */
final class FileAccess {

  private FileAccess() {}

  static byte[] read(Path file) throws SopsFailure {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SopsFailure(
          SopsFailure.INPUT, "Error reading file: open " + file + ": " + reason(e));
    }
  }

  /** Replaces the file in one step: it is whole, or as it was. */
  static void write(SopsWorld world, Path file, byte[] content) throws SopsFailure {
    AtomicFile.Readers readers =
        Files.exists(file) ? AtomicFile.Readers.AS_BEFORE : AtomicFile.Readers.AS_USUAL;
    try {
      AtomicFile.write(file, content, readers, "sops", world.faults());
    } catch (IOException e) {
      throw new SopsFailure(
          SopsFailure.OUTPUT,
          "Could not write " + file + ": " + reason(e) + "; it is as it was before");
    }
  }

  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException f when f.getReason() != null -> String.valueOf(f.getReason());
      default -> e.getMessage() == null ? "input or output failed" : e.getMessage();
    };
  }
}
