package dev.signet.cli.sops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A folder that only its owner can enter, on a file system in memory where there is one. It is
 * removed with all that is in it when it is closed, or the program is ended by a signal.
 */
final class PrivateFolder implements AutoCloseable {

  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private final Path folder;
  private final Thread onExit = new Thread(this::removeQuietly);

  private PrivateFolder(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  static PrivateFolder create(SopsWorld world) throws SopsFailure {
    List<Path> places = new ArrayList<>();
    world.variable("XDG_RUNTIME_DIR").map(Path::of).ifPresent(places::add);
    places.add(Path.of("/dev/shm"));
    try {
      for (Path place : places) {
        if (Files.isWritable(place) && IN_MEMORY.contains(Files.getFileStore(place).type())) {
          return new PrivateFolder(Files.createTempDirectory(place, "sops-", ownerOnly(place)));
        }
      }
      world.warn(
          "there is no file system in memory here: the plain text is in a temporary file meanwhile");
      Path usual = Path.of(System.getProperty("java.io.tmpdir", "."));
      return new PrivateFolder(Files.createTempDirectory("sops-", ownerOnly(usual)));
    } catch (IOException e) {
      throw new SopsFailure(
          SopsFailure.OUTPUT, "Could not create temporary directory: " + FileAccess.reason(e));
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path place) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  Path path() {
    return folder;
  }

  private void remove() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          // A program that was started here may be cleaning up after itself.
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem)
              throws IOException {
            if (problem instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, @org.jspecify.annotations.Nullable IOException problem)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void removeQuietly() {
    try {
      remove();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }

  @Override
  public void close() {
    removeQuietly();
    Runtime.getRuntime().removeShutdownHook(onExit);
  }
}
