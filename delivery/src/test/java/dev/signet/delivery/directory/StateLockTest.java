package dev.signet.delivery.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateLockTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  /** Takes the lock, says so, and holds it until its input ends. */
  static final class Holder {
    public static void main(String[] arguments) throws StateException, IOException {
      StateLock lock = StateLock.take(Path.of(arguments[0]), "signet apply (pid 4711)", LONG);
      System.out.println("taken");
      int end = System.in.read();
      if (end < 0) {
        lock.close();
      }
      System.out.println("released");
    }
  }

  private StateLock take(Duration patience) throws StateException {
    return StateLock.take(folder.resolve("lock"), "here", patience);
  }

  @Test
  void anotherProcessIsNamedAndWaitedFor() throws Exception {
    Process holder = Processes.start(Holder.class, folder.resolve("lock"));
    try {
      assertThat(Processes.line(holder)).isEqualTo("taken");
      assertThatThrownBy(() -> take(Duration.ZERO))
          .isInstanceOf(StateException.class)
          .hasMessage("the state is in use by signet apply (pid 4711); waited 0 s");
      holder.outputWriter().close();
      take(LONG).close();
      assertThat(Processes.line(holder)).isEqualTo("released");
    } finally {
      holder.destroyForcibly();
    }
  }

  @Test
  void aProcessThatIsKilledHoldsItNoMore() throws Exception {
    Process holder = Processes.start(Holder.class, folder.resolve("lock"));
    assertThat(Processes.line(holder)).isEqualTo("taken");
    holder.destroyForcibly().waitFor();
    take(LONG).close();
  }

  @Test
  void itIsHeldOnceWithinAProcessToo() throws Exception {
    try (StateLock held = take(Duration.ZERO)) {
      assertThat(held).isNotNull();
      assertThatThrownBy(() -> take(Duration.ZERO)).hasMessageContaining("in use by here");
    }
    take(Duration.ZERO).close();
    assertThat(folder.resolve("lock")).isEmptyFile();
  }

  @Test
  void whatCannotBeLockedSaysWhy() throws IOException {
    Path missing = folder.resolve("missing/lock");
    assertThatThrownBy(() -> StateLock.take(missing, "here", Duration.ZERO))
        .isInstanceOf(StateException.class)
        .hasMessage("cannot lock " + missing + ": no such file or directory");
    Path directory = Files.createDirectory(folder.resolve("lock"));
    assertThatThrownBy(() -> StateLock.take(directory, "here", Duration.ZERO))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("cannot lock " + directory);
  }

  @Test
  void aThreadThatIsInterruptedStopsWaiting() throws Exception {
    try (StateLock held = take(Duration.ZERO)) {
      assertThat(held).isNotNull();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> take(LONG)).isInstanceOf(StateException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
    take(Duration.ZERO).close();
  }
}
