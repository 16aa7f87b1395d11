package dev.signet.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ./signet in a small repository, with a Java that plays the build. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell: run it on Linux or macOS")
class SourceStartTest {

  /**
   * Plays build/Build.java: swallows what is on its input, notes why it was called, and leaves an
   * image whose programs tell their arguments and their input. The file `statuses` holds what its
   * first calls end with instead.
   */
  private static final String JAVA_THAT_BUILDS =
      """
      #!/bin/sh
      cat >/dev/null
      case $2 in */build/Build.java) ;; *) exit 99 ;; esac
      root=$3
      echo "$5" >>"$root/builds"
      echo "progress on stdout must not reach the program's"
      while read -r status; do
        tail -n +2 "$root/statuses" >"$root/rest"
        mv "$root/rest" "$root/statuses"
        exit "$status"
      done <"$root/statuses"
      image=$root/cli/target/image/feed
      mkdir -p "$image/bin" "$image/libexec" "$image/aot"
      for program in signet kubeseal controller; do
        cp "$root/program" "$image/bin/$program"
        : >"$image/aot/$program-feed-25.0.3+9-test.aot"
      done
      cp "$root/trainer" "$image/libexec/train-aot"
      echo feed >"$root/cli/target/image/current"
      """;

  private static final String PROGRAM =
      """
      #!/bin/sh
      echo "${0##*/}"
      for argument; do
        printf '<%s>\\n' "$argument"
      done
      cat
      exit ${STUB_STATUS:-0}
      """;

  @TempDir Path temporary;
  private Sandbox sandbox;
  private Path signet;

  @BeforeEach
  void aRepositoryWithSourcesOfYesterday() {
    sandbox = new Sandbox(temporary);
    Path repository = Sandbox.repository();
    signet = sandbox.copy(repository.resolve("signet"), "my repo/signet");
    sandbox.copy(repository.resolve(".mvn/find-jdk"), "my repo/.mvn/find-jdk");
    for (String source :
        List.of(
            "pom.xml",
            "LICENSE",
            "build/Build.java",
            "cli/pom.xml",
            "cli/src/dist/bin/signet",
            "cli/src/main/java/Main.java",
            "core/pom.xml",
            "core/src/main/java/One.java",
            "core/src/main/java/Two.java",
            "core/src/test/java/OneTest.java",
            "stores/https/pom.xml",
            "stores/https/src/main/java/Three.java")) {
      sandbox.write("my repo/" + source, source);
    }
    sandbox.executable("my repo/program", PROGRAM);
    sandbox.executable("my repo/trainer", "#!/bin/sh\necho \"trained for $JAVA_HOME\"\n");
    sandbox.write("my repo/statuses", "");
    everythingIsOld("my repo");
    sandbox.jdk("jdks/25", "25.0.3", JAVA_THAT_BUILDS);
  }

  private void everythingIsOld(String folder) {
    try (var all = Files.walk(sandbox.path(folder))) {
      all.forEach(path -> sandbox.changed(path, Duration.ofDays(1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> builds() throws IOException {
    Path builds = sandbox.path("my repo/builds");
    return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
  }

  @Test
  void theFirstStartBuildsAndTheSecondDoesNot() throws IOException {
    Sandbox.Ran first = sandbox.run(signet, "--version");
    Sandbox.Ran second = sandbox.run(signet, "--version");

    assertThat(builds()).containsExactly("this is the first start");
    assertThat(first.out()).isEqualTo("signet\n<--version>\n");
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(second.err()).isEmpty();
  }

  @Test
  void argumentsInputAndStatusAreThePrograms() {
    sandbox.with("STUB_STATUS", 5);

    Sandbox.Ran ran =
        sandbox.run(
            sandbox.path(""), "from the pipe\n", List.of(signet.toString(), "", "a b", "*", "$x"));

    assertThat(ran.status()).isEqualTo(5);
    assertThat(ran.out()).isEqualTo("signet\n<>\n<a b>\n<*>\n<$x>\nfrom the pipe\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "core/pom.xml",
        "core/src/main/java/Two.java",
        "stores/https/pom.xml",
        "stores/https/src/main/java/Three.java",
        "cli/src/dist/bin/signet",
        "build/Build.java",
        ".mvn/find-jdk",
        "LICENSE"
      })
  void aNewerSourceIsBuiltAndNamed(String source) throws IOException {
    sandbox.run(signet);
    everythingIsOld("my repo");
    sandbox.changed(sandbox.path("my repo/" + source), Duration.ofHours(1));

    sandbox.run(signet);

    assertThat(builds())
        .containsExactly("this is the first start", source + " is newer than the last build");
  }

  @Test
  void aDeletedSourceIsNoticed() throws IOException {
    sandbox.run(signet);
    everythingIsOld("my repo");
    Files.delete(sandbox.path("my repo/core/src/main/java/Two.java"));

    sandbox.run(signet);

    assertThat(builds()).last().isEqualTo("core/src/main/java is newer than the last build");
  }

  @Test
  void aChangedTestBuildsNothing() throws IOException {
    sandbox.run(signet);
    everythingIsOld("my repo");
    sandbox.changed(sandbox.path("my repo/core/src/test/java/OneTest.java"), Duration.ofHours(1));

    sandbox.run(signet);

    assertThat(builds()).hasSize(1);
  }

  @Test
  void anImageThatIsGoneIsBuiltAgain() throws IOException {
    sandbox.run(signet);
    everythingIsOld("my repo");
    Files.move(sandbox.path("my repo/cli/target/image/feed"), sandbox.path("elsewhere"));

    assertThat(sandbox.run(signet).out()).isEqualTo("signet\n");
    assertThat(builds()).hasSize(2);
  }

  @Test
  void aBuildThatFailsStartsNothingEvenWhenThereIsAnOlderOne() throws IOException {
    sandbox.run(signet);
    everythingIsOld("my repo");
    sandbox.changed(sandbox.path("my repo/pom.xml"), Duration.ofHours(1));
    sandbox.write("my repo/statuses", "1\n");

    Sandbox.Ran ran = sandbox.run(signet);

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(builds()).hasSize(2);
  }

  @Test
  void whoWaitedForAnotherBuildLooksAgain() throws IOException {
    sandbox.write("my repo/statuses", "75\n75\n");

    assertThat(sandbox.run(signet).out()).isEqualTo("signet\n");
    assertThat(builds()).hasSize(3);
  }

  @Test
  void anotherJdkGetsAStartUpCacheOfItsOwn() {
    sandbox.run(signet);
    everythingIsOld("my repo");
    Path newer = sandbox.jdk("newer", "26");
    sandbox.with("JAVA_HOME", newer);

    Sandbox.Ran ran = sandbox.run(signet);

    assertThat(ran.out()).isEqualTo("signet\n");
    assertThat(ran.err()).isEqualTo("trained for " + newer + "\n");
  }

  @Test
  void theEnvironmentOfTheProgramIsThatOfTheCaller() {
    sandbox.executable("my repo/program", "#!/bin/sh\necho \"JAVA_HOME=${JAVA_HOME-unset}\"\n");

    assertThat(sandbox.run(signet).out()).isEqualTo("JAVA_HOME=unset\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"signet", "kubeseal", "controller"})
  void aLinkStartsTheProgramOfItsName(String name) {
    sandbox.link("links/again", Path.of("../my repo/signet"));
    Path link = sandbox.link("usr/bin/" + name, Path.of("../../links/again"));

    assertThat(sandbox.run(link).out()).isEqualTo(name + "\n");
  }

  @Test
  void startsFromAnyFolder() {
    Path inside = sandbox.path("my repo/core/src");

    assertThat(sandbox.run(inside, "", List.of("../../signet", "x")).out())
        .isEqualTo("signet\n<x>\n");
    assertThat(
            sandbox
                .run(
                    sandbox.path("my repo"),
                    "",
                    List.of(sandbox.path("tools/sh").toString(), "signet", "x"))
                .out())
        .isEqualTo("signet\n<x>\n");
  }
}
