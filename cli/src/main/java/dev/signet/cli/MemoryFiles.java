package dev.signet.cli;

import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A private folder on a file system that lives in memory. Closing it removes it. */
final class MemoryFiles implements AutoCloseable {

  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private final Path folder;

  private MemoryFiles(Path folder) {
    this.folder = folder;
  }

  static MemoryFiles create(Surroundings surroundings) throws CommandFailure, IOException {
    List<Path> places = new ArrayList<>();
    surroundings.variable("XDG_RUNTIME_DIR").map(Path::of).ifPresent(places::add);
    places.add(Path.of("/dev/shm"));
    for (Path place : places) {
      if (Files.isWritable(place) && IN_MEMORY.contains(Files.getFileStore(place).type())) {
        FileAttribute<?> ownerOnly =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        return new MemoryFiles(Files.createTempDirectory(place, "signet-", ownerOnly));
      }
    }
    throw CommandFailure.of(
        "there is no file system in memory here, and secrets are not written to a disk",
        "use environment variables (without --files), or set XDG_RUNTIME_DIR to a tmpfs");
  }

  Path path() {
    return folder;
  }

  void write(String name, SecretBytes value) throws IOException {
    FileAttribute<?> readOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r--------"));
    try (SeekableByteChannel file =
        Files.newByteChannel(
            folder.resolve(name),
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            readOnly)) {
      value.with(
          bytes -> {
            Channels.newOutputStream(file).write(bytes);
            return bytes.length;
          });
    }
  }

  /** Closing twice does nothing. */
  @Override
  public void close() {
    Optional<IOException> failure = Optional.empty();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (NoSuchFileException alreadyClosed) {
      return;
    } catch (IOException e) {
      failure = Optional.of(e);
    }
    if (failure.isPresent()) {
      throw new UncheckedIOException("cannot remove " + folder, failure.get());
    }
  }
}
