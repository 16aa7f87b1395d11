package dev.signet.testkit.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where programs are built, each version once. A folder appears by a rename when it is complete. An
 * operating-system lock, which dies with its holder, lets one build in at a time; the others wait
 * and then find the folder. Progress is on standard error.
 */
final class BuildCache {

  private final Path root;
  private final PrintStream progress = System.err;

  BuildCache(Path root) {
    this.root = root;
  }

  @FunctionalInterface
  interface Step {
    Path run() throws IOException, Programs.MissingException;
  }

  Path folder(String name) {
    return root.resolve(name);
  }

  /** What is made there may become a folder of the cache. */
  Path work() throws IOException {
    return Files.createTempDirectory(root, "building-");
  }

  Path publish(Path work, Path folder) throws IOException {
    return Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  void say(String line) {
    progress.println("control plane: " + line);
  }

  Path locked(Step step) throws Programs.MissingException {
    try {
      Files.createDirectories(root);
      try (FileChannel file =
              FileChannel.open(
                  root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(file)) {
        removeLeftovers();
        Path done = step.run();
        if (!lock.isValid()) {
          throw new IOException("the lock of the cache was lost");
        }
        return done;
      }
    } catch (IOException e) {
      throw new Programs.MissingException("it cannot be built in " + root + ": " + e);
    }
  }

  /** Waits for other processes and, which the file lock alone does not do, for other threads. */
  private FileLock lock(FileChannel file) throws IOException {
    boolean told = false;
    while (true) {
      try {
        FileLock lock = file.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException otherThread) {
        // As if another process held it.
      }
      if (!told) {
        say("waiting for another build of it");
        told = true;
      }
      Eventually.pause(Duration.ofMillis(500));
    }
  }

  /** What builds that were killed left behind; the lock says that none is under way. */
  private void removeLeftovers() throws IOException {
    List<Path> leftovers;
    try (Stream<Path> entries = Files.list(root)) {
      leftovers =
          entries.filter(entry -> entry.getFileName().toString().startsWith("building-")).toList();
    }
    for (Path leftover : leftovers) {
      removeTree(leftover);
    }
  }

  static void removeTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> entries;
    try (Stream<Path> tree = Files.walk(folder)) {
      entries = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
    }
  }
}
