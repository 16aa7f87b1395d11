package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.delivery.directory.AtomicFile;
import dev.signet.delivery.directory.FaultPoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder, with a file a key that its owner alone can read. It is never created: a volume that is
 * not mounted must not go unnoticed.
 */
public record FolderTarget(Path folder, FaultPoints faults) implements EscrowTarget {

  @Override
  public String id() {
    return "folder";
  }

  @Override
  public void store(String name, byte[] file) throws EscrowException {
    if (!Files.isDirectory(folder)) {
      throw new EscrowException("there is no folder " + folder + "; create or mount it");
    }
    try {
      AtomicFile.write(folder.resolve(name), file, AtomicFile.Readers.OWNER, "escrow", faults);
    } catch (IOException e) {
      throw new EscrowException("cannot write " + folder.resolve(name) + ": " + reason(e));
    }
  }

  @Override
  public Optional<byte[]> load(String name) throws EscrowException {
    Path file = folder.resolve(name);
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    } catch (IOException e) {
      throw new EscrowException("cannot read " + file + ": " + reason(e));
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
  }
}
