package dev.signet.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Start-up caches with the real JVM, the real build/Dist.java and a program of two lines. JDK 25
 * takes a cache that was made from another jar of the same name, and runs the classes of that one:
 * what is tested here is that it never gets such a cache.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell: run it on Linux or macOS")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartUpCacheTest {

  /** The options under which the JVM refuses to start without a cache that it can use. */
  private static final String CACHE_OR_NOTHING = "-XX:AOTMode=on";

  private Sandbox sandbox;
  private Path repository;
  private Path images;
  private Path made;

  @BeforeAll
  void anImageOfAProgramThatSaysOne(@TempDir Path temporary) {
    sandbox = new Sandbox(temporary);
    sandbox.with("JAVA_HOME", System.getProperty("java.home"));
    repository = sandbox.path("repository");
    for (String file :
        List.of(
            "build/Dist.java",
            "build/Layout.java",
            "build/Library.java",
            "build/Tar.java",
            "cli/src/dist/bin/signet",
            "cli/src/dist/bin/signet.cmd",
            "cli/src/dist/libexec/train-aot",
            "cli/src/dist/README.md",
            "cli/src/dist/THIRD-PARTY.md",
            ".mvn/find-jdk",
            "LICENSE")) {
      sandbox.copy(Sandbox.repository().resolve(file), "repository/" + file);
    }
    sandbox.write("repository/cli/src/dist/training/kubeseal/args", "--version\n");
    images = sandbox.path("target/image");
    jar(sandbox.path("signet-program.jar"), "one");
    made = dist();
  }

  private void jar(Path file, String says) {
    Path source =
        sandbox.write(
            says + "/Main.java",
            """
            package dev.signet.cli;

            public class Main {
              public static void main(String[] args) {
                System.out.println("%s");
              }
            }
            """
                .formatted(says));
    Path classes = sandbox.path(says + "/classes");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", classes.toString(), source.toString());
    assertThat(status).isZero();
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("dev/signet/cli/Main.class"));
      Files.copy(classes.resolve("dev/signet/cli/Main.class"), jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes an image of signet-program.jar, as the build does. */
  private Path dist() {
    Sandbox.Ran ran = dist(sandbox.path("signet-program.jar").toString());
    assertThat(ran.status()).as("%s", ran).isZero();
    try {
      return images.resolve(Files.readString(images.resolve("built")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Sandbox.Ran dist(String classPath) {
    return sandbox.run(
        Path.of(System.getProperty("java.home"), "bin/java"),
        repository.resolve("build/Dist.java").toString(),
        "image",
        "1.2.3",
        "2026-01-01T00:00:00Z",
        repository.toString(),
        classPath,
        "unused",
        sandbox.path("target").toString());
  }

  /** A copy of the image that a test may spoil. */
  private Path image() {
    try (Stream<Path> all = Files.walk(made)) {
      Path copy = Files.createTempDirectory(sandbox.path(""), "installed");
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        sandbox.copy(file, copy.getFileName() + "/" + made.relativize(file));
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Sandbox.Ran start(Path image, String options) {
    sandbox.with("SIGNET_JAVA_OPTS", options);
    return sandbox.run(image.resolve("bin/kubeseal"), "--version");
  }

  @Test
  void aJarWhoseLicenceIsNotToldIsNotShipped() {
    jar(sandbox.path("stranger-1.0.jar"), "stranger");

    Sandbox.Ran ran =
        dist(sandbox.path("signet-program.jar") + ":" + sandbox.path("stranger-1.0.jar"));

    assertThat(ran.status()).isNotZero();
    assertThat(ran.err()).contains("does not say under which licence stranger-1.0.jar is");
    jar(sandbox.path("picocli-0.jar"), "known");
    assertThat(dist(sandbox.path("signet-program.jar") + ":" + sandbox.path("picocli-0.jar")))
        .extracting(Sandbox.Ran::status)
        .isEqualTo(0);
  }

  @Test
  void theProgramSaysTheSameWithItsCacheAndWithout() {
    Path image = image();

    Sandbox.Ran with = start(image, CACHE_OR_NOTHING);
    Sandbox.Ran without = start(image, "-XX:AOTMode=off");

    assertThat(with).isEqualTo(new Sandbox.Ran(0, "one\n", ""));
    assertThat(without).isEqualTo(with);
  }

  @Test
  void aJarReplacedByHandRunsWithoutTheCacheOfTheOldOne() {
    Path image = image();
    jar(image.resolve("lib/signet-program.jar"), "two");

    assertThat(start(image, "")).isEqualTo(new Sandbox.Ran(0, "two\n", ""));
  }

  @Test
  void aNewBuildHasAnotherNameAndACacheOfItsOwn() {
    Path again = dist();
    jar(sandbox.path("signet-program.jar"), "two");
    Path after = dist();
    jar(sandbox.path("signet-program.jar"), "one");

    assertThat(again).isEqualTo(made);
    assertThat(after).isNotEqualTo(made);
    assertThat(start(after, CACHE_OR_NOTHING)).isEqualTo(new Sandbox.Ran(0, "two\n", ""));
    assertThat(start(made, CACHE_OR_NOTHING)).isEqualTo(new Sandbox.Ran(0, "one\n", ""));
  }

  @Test
  void aCacheUnderAnotherIdIsNotTaken() throws IOException {
    Path image = image();
    Path id = image.resolve("lib/classpath.id");
    Files.writeString(id, "0".repeat(24) + "\nsignet-program.jar\n");
    jar(image.resolve("lib/signet-program.jar"), "two");
    sandbox.changed(image.resolve("lib/signet-program.jar"), Duration.ofDays(1));

    assertThat(start(image, "")).isEqualTo(new Sandbox.Ran(0, "two\n", ""));
  }

  @Test
  void aCacheThatTheJvmRefusesCostsNotALineOfOutput() throws IOException {
    Path image = image();
    try (Stream<Path> caches = Files.list(image.resolve("aot"))) {
      for (Path cache : caches.toList()) {
        Files.writeString(cache, "this is not a cache");
      }
    }

    assertThat(start(image, "")).isEqualTo(new Sandbox.Ran(0, "one\n", ""));
  }

  @Test
  void nothingIsLeftInTheFolderOfCachesButThem() throws IOException {
    String id = made.getFileName().toString();
    try (Stream<Path> caches = Files.list(made.resolve("aot"))) {
      assertThat(caches.map(file -> file.getFileName().toString()).toList())
          .singleElement()
          .asString()
          .startsWith("kubeseal-" + id + "-" + Runtime.version().feature())
          .endsWith(".aot");
    }
  }
}
