package dev.signet.delivery.directory;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Replaces a file so that a reader, or a crash at any moment, finds the old content or the new,
 * whole: the new content goes to a file beside it that only its owner can read, is forced to disk,
 * is moved over the old one; then the folder is forced to disk too. What a crash leaves behind is
 * at most that file beside it, which the next write reuses or removes.
 *
 * <p>Fault points: {@code <label>.begin}, {@code .written}, {@code .synced}, {@code .renamed}.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /** Who may read the file that is written, where the file system has modes. */
  public enum Readers {
    OWNER,
    /** As the user's umask says. */
    AS_USUAL,
    /** Whoever may read, and write, the file that is replaced. */
    AS_BEFORE
  }

  public static void write(
      Path file, byte[] content, Readers readers, String label, FaultPoints faults)
      throws IOException {
    Path target = target(file);
    Path folder = requireNonNull(target.toAbsolutePath().getParent());
    Path beside = folder.resolve("." + target.getFileName() + ".new");
    faults.reached(label + ".begin");
    Files.deleteIfExists(beside);
    try {
      Files.createFile(
          beside, readers == Readers.AS_USUAL ? new FileAttribute<?>[0] : ownerOnly(folder));
      if (readers == Readers.AS_BEFORE && hasModes(folder)) {
        Files.setPosixFilePermissions(beside, Files.getPosixFilePermissions(target));
      }
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        faults.reached(label + ".written");
        channel.force(true);
      }
      faults.reached(label + ".synced");
      move(beside, target);
    } catch (IOException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
    forceFolder(folder);
    faults.reached(label + ".renamed");
  }

  /** A link stays a link: what it leads to is replaced. A device, a pipe or a folder is not. */
  private static Path target(Path file) throws IOException {
    if (!Files.exists(file)) {
      return file;
    }
    if (!Files.isRegularFile(file)) {
      throw new FileSystemException(file.toString(), null, "it is not a regular file");
    }
    return file.toRealPath();
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new FileSystemException(
          to.toString(), null, "the file system cannot replace a file in one step");
    }
  }

  /**
   * The attribute that makes a new file readable by its owner only, where the file system has
   * modes.
   */
  static FileAttribute<?>[] ownerOnly(Path folder) {
    return hasModes(folder)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean hasModes(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notOnThisSystem) {
      // Windows cannot open a folder; the rename itself is what protects there.
      return;
    }
  }
}
