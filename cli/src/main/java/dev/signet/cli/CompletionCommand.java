package dev.signet.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = "Prints the completion script for a shell.",
    footer = {
      "",
      "Examples:",
      "  source <(signet completion bash)",
      "  signet completion zsh > \"${fpath[1]}/_signet\"",
      "  signet completion fish > ~/.config/fish/completions/signet.fish"
    })
final class CompletionCommand implements Command {

  enum Shell {
    bash,
    zsh,
    fish
  }

  @Mixin Options options = new Options();

  @Parameters(index = "0", paramLabel = "SHELL", description = "One of ${COMPLETION-CANDIDATES}.")
  Shell shell = Shell.bash;

  @Override
  public int run(Surroundings surroundings) {
    switch (shell) {
      case bash, zsh -> surroundings.out().print(AutoComplete.bash("signet", all()));
      case fish -> fish(surroundings.out());
    }
    return ExitCode.OK;
  }

  private static CommandLine all() {
    CommandLine root = new CommandLine(CommandSpec.create().name("signet"));
    for (Signet.Entry entry : Signet.COMMANDS) {
      root.addSubcommand(entry.name(), Signet.line(entry, entry.command().get()));
    }
    return root;
  }

  private static void fish(PrintStream out) {
    out.println("complete -c signet -f");
    for (Signet.Entry entry : Signet.COMMANDS) {
      out.println(
          "complete -c signet -n __fish_use_subcommand -a "
              + entry.name()
              + " -d "
              + quoted(entry.summary()));
      CommandSpec spec = Signet.line(entry, entry.command().get()).getCommandSpec();
      for (OptionSpec option : spec.options()) {
        out.println(fishOption(entry.name(), option));
      }
      for (var parameter : spec.positionalParameters()) {
        if (parameter.completionCandidates() != null) {
          List<String> words = new ArrayList<>();
          parameter.completionCandidates().forEach(words::add);
          out.println(
              "complete -c signet -n '__fish_seen_subcommand_from "
                  + entry.name()
                  + "' -a "
                  + quoted(String.join(" ", words)));
        }
      }
    }
  }

  private static String fishOption(String command, OptionSpec option) {
    StringBuilder line =
        new StringBuilder("complete -c signet -n '__fish_seen_subcommand_from " + command + "'");
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (option.arity().max() > 0) {
      line.append(
          option.paramLabel().equals("FILE") || option.paramLabel().equals("PATH")
              ? " -r -F"
              : " -r");
      if (option.completionCandidates() != null) {
        List<String> words = new ArrayList<>();
        option.completionCandidates().forEach(words::add);
        line.append(" -a ").append(quoted(String.join(" ", words)));
      }
    }
    String[] description = option.description();
    return line.append(" -d ")
        .append(
            quoted(description.length == 0 ? "" : description[0].replaceAll("\\$\\{[^}]*}", "…")))
        .toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
