package dev.signet.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class NeedsTest {

  @TempDir Path folder;

  @Test
  void aCommandIsTheFirstExecutableOfThatNameOnThePath() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.createFile(first.resolve("tool"));
    Path tool = Files.createFile(second.resolve("tool"));
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    Needs needs = new Needs(Map.of("PATH", first + File.pathSeparator + second), false);

    assertThat(needs.commandOnPath("tool", "install it")).isEqualTo(tool);
  }

  @Test
  void whatIsMissingSkipsTheTestWithTheLineThatWouldEnableIt() {
    Needs needs = new Needs(Map.of("PATH", folder.toString(), "EMPTY", ""), false);

    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> needs.commandOnPath("tool", "install it"))
        .withMessage("needs the command tool: install it");
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> needs.setVariable("EMPTY", "set it"))
        .withMessage("needs the environment variable EMPTY: set it");
    assertThatExceptionOfType(TestAbortedException.class)
        .isThrownBy(() -> needs.present(false, "a disk", "buy one"))
        .withMessage("needs a disk: buy one");
  }

  @Test
  void whatIsThereLetsTheTestGoOn() {
    Needs needs = new Needs(Map.of("SET", "value"), true);

    assertThat(needs.setVariable("SET", "set it")).isEqualTo("value");
    assertThatCode(() -> needs.present(true, "a disk", "buy one")).doesNotThrowAnyException();
  }

  @Test
  void whereSkipsAreFailuresTheTestFails() {
    Needs needs = new Needs(Map.of(), true);

    assertThatExceptionOfType(AssertionFailedError.class)
        .isThrownBy(() -> needs.commandOnPath("tool", "install it"))
        .withMessage(
            "needs the command tool: install it (skips are failures here: signet.skips=fail)");
  }
}
