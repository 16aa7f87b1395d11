package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpawnerTest {

  @Test
  void whatItStartedDiesWithAJvmThatIsKilled() throws Exception {
    Needs.that(
        Path.of("/usr/bin/setpriv").toFile().canExecute(),
        "setpriv in /usr/bin",
        "install util-linux");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = jvm.inputReader(UTF_8)) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(child.isAlive()).isTrue();

      jvm.destroyForcibly();

      Eventually.holds(Duration.ofSeconds(30), "the child to die", () -> !child.isAlive());
    }
  }

  /** A JVM that starts one process by {@link Spawner} and waits. */
  static final class Victim {

    private Victim() {}

    public static void main(String[] args) throws IOException {
      try (Spawner spawner = Spawner.tied()) {
        Process child = spawner.spawn(List.of("sleep", "600"), Path.of("/dev/null"));
        System.out.println(child.pid());
        System.out.flush();
        var _ = System.in.read();
      }
    }
  }
}
