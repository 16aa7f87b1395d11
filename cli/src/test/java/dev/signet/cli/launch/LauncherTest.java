package dev.signet.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that is bin/signet, bin/kubeseal and bin/controller, with a Java that tells. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "needs a POSIX shell: run it on Linux or macOS")
class LauncherTest {

  @TempDir Path temporary;
  private Sandbox sandbox;

  @BeforeEach
  void anInstallationInAFolderWithASpaceInItsName() {
    sandbox = new Sandbox(temporary);
    Path repository = Sandbox.repository();
    for (String program : List.of("signet", "kubeseal", "controller")) {
      sandbox.copy(repository.resolve("cli/src/dist/bin/signet"), "the app/bin/" + program);
    }
    sandbox.copy(repository.resolve(".mvn/find-jdk"), "the app/libexec/find-jdk");
    sandbox.write("the app/lib/classpath.id", "0123abcd\nb.jar\na.jar\n");
    for (String jar : List.of("a", "b")) {
      sandbox.changed(sandbox.write("the app/lib/" + jar + ".jar", jar), Duration.ofHours(2));
    }
  }

  private Path launcher(String program) {
    return sandbox.path("the app/bin/" + program);
  }

  @Test
  void startsTheMainClassWithTheJarsInTheOrderOfTheList() {
    sandbox.jdk("jdks/25", "25.0.3");

    Sandbox.Ran ran = sandbox.run(launcher("signet"), "seal");

    String lib = sandbox.path("the app/bin") + "/../lib/";
    assertThat(ran.lines())
        .containsSubsequence(
            "<-cp>",
            "<" + lib + "b.jar:" + lib + "a.jar>",
            "<-Dsignet.program=signet>",
            "<dev.signet.cli.Main>",
            "<seal>");
    assertThat(ran.err()).isEmpty();
  }

  @Test
  void nobodyTakesAMemoryImageOfTheProgram() {
    sandbox.jdk("jdks/25", "25.0.3");

    assertThat(sandbox.run(launcher("kubeseal")).lines())
        .contains(
            "<-XX:-HeapDumpOnOutOfMemoryError>",
            "<-XX:-CreateCoredumpOnCrash>",
            "<-XX:+DisableAttachMechanism>");
  }

  @Test
  void argumentsPassThroughUntouched() {
    sandbox.jdk("jdks/25", "25.0.3");
    String[] arguments = {
      "", "a b", "*", "'", "\"", "$HOME", "`id`", "\\", "-cp", "--", "two\nlines", " ", "ü"
    };

    String out = sandbox.run(launcher("kubeseal"), arguments).out();

    assertThat(out).endsWith("<dev.signet.cli.Main>\n<" + String.join(">\n<", arguments) + ">\n");
  }

  @Test
  void standardInputAndExitStatusAreTheProgramsOwn() {
    sandbox.jdk("jdks/25", "25.0.3");
    sandbox.with("STUB_STATUS", 37);

    Sandbox.Ran ran =
        sandbox.run(
            sandbox.path(""), "kind: Secret\n", List.of(launcher("kubeseal").toString(), "-"));

    assertThat(ran.status()).isEqualTo(37);
    assertThat(ran.out()).endsWith("<->\nkind: Secret\n");
  }

  @Test
  void moreOptionsForTheJvmAreSplitAtSpacesAndNotMatchedWithFiles() {
    sandbox.jdk("jdks/25", "25.0.3");
    sandbox.with("SIGNET_JAVA_OPTS", "-Xmx64m -Da=*");

    assertThat(sandbox.run(launcher("signet")).lines())
        .containsSubsequence("<-Xmx64m>", "<-Da=*>", "<-cp>");
  }

  @ParameterizedTest
  @CsvSource({
    "signet, signet",
    "kubeseal, kubeseal",
    "controller, controller",
  })
  void theNameOfTheFileChoosesTheProgram(String file, String program) {
    sandbox.jdk("jdks/25", "25.0.3");

    assertThat(sandbox.run(launcher(file)).lines()).contains("<-Dsignet.program=" + program + ">");
  }

  @ParameterizedTest
  @CsvSource({
    // link, file it leads to, program
    "kubeseal, kubeseal, kubeseal",
    "kubeseal, signet, kubeseal",
    "seal-it, kubeseal, kubeseal",
    "seal-it, signet, signet",
  })
  void aLinkCountsByItsOwnNameOrElseByTheFileItLeadsTo(String link, String file, String program) {
    sandbox.jdk("jdks/25", "25.0.3");
    sandbox.link("links/there", Path.of("../the app/bin/" + file));
    Path start = sandbox.link("usr/bin/" + link, Path.of("../../links/there"));

    Sandbox.Ran ran = sandbox.run(start);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.lines()).contains("<-Dsignet.program=" + program + ">");
  }

  @Test
  void startsFromThePathFromItsOwnFolderAndByTheShell() {
    sandbox.jdk("jdks/25", "25.0.3");
    Path bin = sandbox.path("the app/bin");
    String onPath = sandbox.path("tools") + ":" + bin;

    String sh = sandbox.path("tools/sh").toString();

    for (List<String> command :
        List.of(
            List.of(sh, "-c", "PATH='" + onPath + "'; kubeseal"),
            List.of(sh, "kubeseal"),
            List.of("./kubeseal"),
            List.of("../bin/kubeseal"))) {
      Sandbox.Ran ran = sandbox.run(bin, "", command);
      assertThat(ran.err()).as("%s", command).isEmpty();
      assertThat(ran.lines()).as("%s", command).contains("<-Dsignet.program=kubeseal>");
    }
  }

  @Test
  void aJavaHomeThatIsTooOldIsPassedOverForANewerOneElsewhere() {
    sandbox.with("JAVA_HOME", sandbox.jdk("old", "17.0.15"));
    sandbox.jdk("jdks/21", "21.0.4");
    Path newer = sandbox.jdk("jdks/with a space 25", "25.0.3");

    assertThat(sandbox.run(launcher("signet")).lines())
        .first()
        .isEqualTo("java " + newer + "/bin/java");
  }

  @Test
  void javaHomeComesFirstThenThePathThenTheInstallPlaces() {
    Path place = sandbox.jdk("jdks/25", "25");
    assertThat(sandbox.run(launcher("signet")).lines())
        .first()
        .isEqualTo("java " + place + "/bin/java");

    Path onPath = sandbox.jdk("on path", "26-ea");
    sandbox.link("tools/java", onPath.resolve("bin/java"));
    assertThat(sandbox.run(launcher("signet")).lines())
        .first()
        .isEqualTo("java " + onPath + "/bin/java");

    Path home = sandbox.jdk("home jdk", "27.0.1");
    sandbox.with("JAVA_HOME", home);
    assertThat(sandbox.run(launcher("signet")).lines())
        .first()
        .isEqualTo("java " + home + "/bin/java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.8.0_402", "24.0.2", "9", "", "unknown"})
  void whereThereIsNoJdkThatIsNewEnoughItSaysWhatToInstall(String version) {
    Path old = sandbox.jdk("jdks/some", version);
    sandbox.with("JAVA_HOME", old);

    Sandbox.Ran ran = sandbox.run(launcher("signet"), "--version");

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .isEqualTo(
            """
            error: no JDK 25 or newer found
              looked at JAVA_HOME (%s), java on the PATH and the usual install places
              install one (Eclipse Temurin 25, or your system's openjdk-25-jdk package), or set JAVA_HOME to it
            """
                .formatted(old));
  }

  @Test
  void theRuntimeThatWasShippedComesBeforeEveryJdk() {
    sandbox.with("JAVA_HOME", sandbox.jdk("home jdk", "27"));
    sandbox.executable("the app/runtime/bin/java", Sandbox.JAVA_THAT_TELLS);

    assertThat(sandbox.run(launcher("signet")).lines())
        .first()
        .asString()
        .endsWith("/the app/bin/../runtime/bin/java");
  }

  @Test
  void halfAnInstallationIsAnError() {
    sandbox.jdk("jdks/25", "25.0.3");
    sandbox.copy(launcher("signet"), "elsewhere/bin/signet");

    Sandbox.Ran ran = sandbox.run(sandbox.path("elsewhere/bin/signet"));

    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.err()).contains("classpath.id is missing: this installation is incomplete");
  }

  @ParameterizedTest
  @CsvSource({
    // cache there, age in hours (the jars: 2), bytes, taken
    "kubeseal-0123abcd-25.0.3+9-test, 1, cache, true",
    "kubeseal-0123abcd-25.0.3+9-test, 3, cache, false",
    "kubeseal-0123abcd-25.0.3+9-test, 1, '', false",
    "kubeseal-ffffffff-25.0.3+9-test, 1, cache, false",
    "kubeseal-0123abcd-25.0.2+9-test, 1, cache, false",
    "kubeseal-0123abcd-bundled, 1, cache, false",
    "signet-0123abcd-25.0.3+9-test, 1, cache, false",
  })
  void onlyTheStartUpCacheOfThisVeryContentAndJdkIsTaken(
      String name, int age, String bytes, boolean taken) {
    sandbox.jdk("jdks/25", "25.0.3");
    Path cache = sandbox.write("the app/aot/" + name + ".aot", bytes);
    sandbox.changed(cache, Duration.ofHours(age));

    List<String> lines = sandbox.run(launcher("kubeseal")).lines();

    assertThat(lines.stream().filter(line -> line.contains("AOT")).toList())
        .isEqualTo(
            taken
                ? List.of(
                    "<-XX:AOTCache=" + sandbox.path("the app/bin") + "/../aot/" + name + ".aot>")
                : List.of());
  }
}
