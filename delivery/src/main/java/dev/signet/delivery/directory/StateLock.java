package dev.signet.delivery.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Held by a command from before it reads the state until after it wrote it, so that two commands on
 * one state file follow each other. The operating system lets go of it when a process ends, however
 * it ends. The file says who holds it.
 */
public final class StateLock implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(20);
  private static final int LONGEST_HOLDER = 200;

  /** Far behind the text, because on Windows nobody can read a locked byte. */
  private static final long LOCKED_BYTE = 1L << 40;

  private final FileChannel channel;

  private StateLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for the lock.
   *
   * @param holder what another process is told, for instance {@code signet apply (pid 4711)}
   */
  public static StateLock take(Path file, String holder, Duration patience) throws StateException {
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      boolean taken = false;
      try {
        await(channel, patience);
        sign(channel, holder);
        taken = true;
        return new StateLock(channel);
      } finally {
        if (!taken) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw new StateException("cannot lock " + file + ": " + StateFile.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StateException("interrupted while waiting for " + file);
    }
  }

  private static void await(FileChannel channel, Duration patience)
      throws IOException, InterruptedException, StateException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (tryLock(channel) == null) {
      if (System.nanoTime() >= deadline) {
        throw new StateException(
            "the state is in use by "
                + holder(channel)
                + "; waited "
                + patience.toSeconds()
                + " s");
      }
      Thread.sleep(POLL);
    }
  }

  /** The name is for others to read; the lock holds without it, on a full disk too. */
  private static void sign(FileChannel channel, String holder) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException nameNotWritten) {
      return;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LONGEST_HOLDER);
    int length = channel.read(buffer, 0);
    return length <= 0
        ? "another process"
        : new String(buffer.array(), 0, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws StateException {
    try {
      channel.truncate(0);
      channel.close();
    } catch (IOException e) {
      throw new StateException("cannot release the state's lock: " + StateFile.reason(e));
    }
  }
}
