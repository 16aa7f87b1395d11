package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompletionAndHelpTest {

  @TempDir Path folder;

  static java.util.stream.Stream<String> commands() {
    return Signet.COMMANDS.stream().map(Signet.Entry::name);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(String command) {
    String help = new Shell(folder).signet(command, "--help").succeeded().out();
    assertThat(help).startsWith("Usage: signet " + command);
    if (!command.equals("version") && !command.equals("quickstart")) {
      assertThat(help).contains("Examples:").contains("signet " + command);
    }
    assertThat(help).doesNotContain("${").doesNotContain("\u001b");
  }

  @Test
  void theProgramListsItsCommands() {
    Shell shell = new Shell(folder);
    assertThat(shell.signet("--help").succeeded().out())
        .contains(commands().toArray(String[]::new));
    assertThat(shell.signet().code()).isEqualTo(2);
    assertThat(shell.signet("help", "seal").succeeded().out()).startsWith("Usage: signet seal");
  }

  @Test
  void bashCompletesCommandsAndOptions() throws IOException, InterruptedException {
    Needs.command("bash", "install bash");
    Shell shell = new Shell(folder);
    shell.write("completion.bash", shell.signet("completion", "bash").succeeded().out());
    shell.write(
        "complete.bash",
        """
        source ./completion.bash
        COMP_WORDS=(signet ex); COMP_CWORD=1; COMP_LINE="signet ex"; COMP_POINT=9
        _complete_signet 2>/dev/null; echo "${COMPREPLY[@]}"
        COMPREPLY=(); COMP_WORDS=(signet seal --sc); COMP_CWORD=2
        _complete_signet 2>/dev/null; echo "${COMPREPLY[@]}"
        """);
    Process bash =
        new ProcessBuilder("bash", "complete.bash")
            .directory(shell.directory().toFile())
            .redirectErrorStream(true)
            .start();
    String printed =
        new String(bash.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(printed).isZero();
    assertThat(printed.lines().map(String::strip)).containsExactly("explain", "--scope");
  }

  @Test
  void fishGetsEveryCommandAndOption() {
    String script = new Shell(folder).signet("completion", "fish").succeeded().out();
    assertThat(script.lines())
        .contains("complete -c signet -f")
        .anySatisfy(line -> assertThat(line).contains("-a explain"))
        .anySatisfy(
            line ->
                assertThat(line).contains("__fish_seen_subcommand_from seal").contains("-l scope"));
  }

  @Test
  void versionsNameTheirProgram() {
    Shell shell = new Shell(folder);
    assertThat(shell.signet("version").succeeded().out())
        .matches("signet version: v\\d+\\.\\d+\\.\\d+\n");
    assertThat(shell.run("controller", "", "--version").succeeded().out())
        .matches("controller version: v\\d+\\.\\d+\\.\\d+\n");
  }
}
