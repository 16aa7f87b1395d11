package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that ends at any fault point leaves the old state or the new one, and the next command
 * works.
 */
class KilledProcessTest {

  private static final String REVEAL = "get secret production/db --reveal password";

  @TempDir Path folder;

  @Test
  void applyLeavesTheOldStateOrTheNewOne() throws IOException {
    Shell shell = new Shell(folder).withKey();
    shell.write("app/db.yaml", sealed(shell, "old"));
    shell.signet("apply", "-f", "app").succeeded();
    byte[] before = Files.readAllBytes(shell.directory().resolve(".signet/state"));
    shell.write("app/db.yaml", sealed(shell, "new"));

    Set<String> points = pointsOf(copyOf(shell, "points"), "apply", "-f", "app");
    assertThat(points).contains("state.begin", "state.written", "state.synced", "state.renamed");
    for (String point : points) {
      Shell copy = copyOf(shell, point);
      assertThat(RealProcess.start(copy, point, "apply", "-f", "app").await().code())
          .isEqualTo(KillableMain.KILLED);
      boolean renamed = point.equals("state.renamed");
      assertThat(copy.signet(REVEAL.split(" ")).succeeded().out())
          .as(point)
          .isEqualTo(renamed ? "new" : "old");
      if (!renamed) {
        assertThat(Files.readAllBytes(copy.directory().resolve(".signet/state"))).isEqualTo(before);
      }
      copy.signet("apply", "-f", "app").succeeded();
      assertThat(copy.signet(REVEAL.split(" ")).succeeded().out()).isEqualTo("new");
    }
  }

  @Test
  void aWrittenFileIsTheOldOneOrTheNewOne() throws IOException {
    Shell shell = new Shell(folder).withKey();
    shell.write("secret.yaml", SealAndUnsealTest.SECRET);
    shell.write("sealed.yaml", "the old content\n");
    String[] command = {"seal", "-f", "secret.yaml", "-w", "sealed.yaml"};
    Set<String> points = pointsOf(copyOf(shell, "points"), command);
    assertThat(points).contains("output.begin", "output.renamed");
    for (String point : points) {
      Shell copy = copyOf(shell, point);
      assertThat(RealProcess.start(copy, point, command).await().code())
          .isEqualTo(KillableMain.KILLED);
      if (point.equals("output.renamed")) {
        assertThat(copy.read("sealed.yaml"))
            .startsWith("---\n")
            .endsWith("namespace: production\n");
      } else {
        assertThat(copy.read("sealed.yaml")).isEqualTo("the old content\n");
      }
      copy.signet(command).succeeded();
      assertThat(copy.read("sealed.yaml")).contains("kind: SealedSecret");
    }
  }

  @Test
  void aQuickstartThatDiesIsFinishedByTheNextOne() throws IOException {
    Shell shell = new Shell(folder);
    shell
        .run(
            "signet",
            Shell.resource("key.yaml"),
            "keys",
            "import",
            "--state",
            "signet-quickstart/.signet")
        .succeeded();
    Set<String> points = pointsOf(copyOf(shell, "points"), "quickstart");
    assertThat(points).contains("example.begin", "certificate.begin", "sealed.begin");
    for (String point : points) {
      Shell copy = copyOf(shell, point);
      assertThat(RealProcess.start(copy, point, "quickstart").await().code())
          .isEqualTo(KillableMain.KILLED);
      assertThat(copy.signet("quickstart").succeeded().out())
          .as(point)
          .contains("3 of 3 resources in order");
    }
  }

  @Test
  void aFirstCommandThatDiesLeavesAProjectThatWorks() throws IOException {
    Shell shell = new Shell(folder);
    shell.write("key.yaml", Shell.resource("key.yaml"));
    String[] command = {"keys", "import", "-f", "key.yaml"};
    Set<String> points = pointsOf(copyOf(shell, "points"), command);
    assertThat(points).contains("key.made", "state.begin", "state.renamed");
    for (String point : points) {
      Shell copy = copyOf(shell, point);
      assertThat(RealProcess.start(copy, point, command).await().code())
          .isEqualTo(KillableMain.KILLED);
      copy.signet(command).succeeded();
      assertThat(copy.signet("keys").succeeded().out()).contains("sealed-secrets-keytest1");
    }
  }

  private static String sealed(Shell shell, String value) {
    return shell
        .run("signet", SealAndUnsealTest.SECRET.replace("s3cr3t-value", value), "seal")
        .succeeded()
        .out();
  }

  /** Every fault point that the command reaches, so that none can be forgotten. */
  private static Set<String> pointsOf(Shell shell, String... command) {
    Set<String> points = new LinkedHashSet<>();
    PrintStream sink = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    int code =
        Main.run(
            "signet",
            command,
            new Surroundings(
                shell.environment(),
                shell.directory(),
                new ByteArrayInputStream(new byte[0]),
                sink,
                sink,
                false,
                false,
                false,
                Clock.systemUTC(),
                new SecureRandom(),
                points::add));
    assertThat(code).isZero();
    return points;
  }

  private Shell copyOf(Shell shell, String name) throws IOException {
    Path target = folder.resolve("copies").resolve(name);
    Shell copy = new Shell(target);
    copyTree(shell.directory(), copy.directory());
    copyTree(shell.home(), copy.home());
    return copy;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path there = to.resolve(from.relativize(file).toString());
        if (!Files.exists(there)) {
          Files.copy(file, there, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
