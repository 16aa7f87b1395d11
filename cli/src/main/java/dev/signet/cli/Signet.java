package dev.signet.cli;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/**
 * The program {@code signet}. The table below is all that is known of the commands until one is
 * chosen: building the model of them all would cost more than most of them run.
 */
final class Signet {

  record Entry(String name, String summary, Supplier<Command> command) {}

  static final List<Entry> COMMANDS =
      List.of(
          new Entry(
              "quickstart",
              "seal a Secret and deliver it, in a folder of its own",
              QuickstartCommand::new),
          new Entry("seal", "encrypt Secrets so that they can be committed", SealCommand::new),
          new Entry("unseal", "decrypt SealedSecrets with your keys", UnsealCommand::new),
          new Entry(
              "reseal", "seal files in place anew that are on older keys", ResealCommand::new),
          new Entry(
              "verify", "check SealedSecrets in folders, for CI: no cluster", VerifyCommand::new),
          new Entry("apply", "deliver what the manifests in folders describe", ApplyCommand::new),
          new Entry(
              "render",
              "print manifests with what SOPS encrypted in plain, or sealed",
              RenderCommand::new),
          new Entry(
              "convert",
              "move Secrets between plain, SOPS and sealed, proven equal",
              ConvertCommand::new),
          new Entry(
              "recipients",
              "say who can open SOPS files, and make that who should",
              RecipientsCommand::new),
          new Entry(
              "git", "compare and merge encrypted files, refuse plain Secrets", GitCommand::new),
          new Entry("get", "list what was delivered, values masked", GetCommand::new),
          new Entry(
              "stores",
              "show the stores: their health, what they are asked, what lasts",
              StoresCommand::new),
          new Entry(
              "run",
              "start a command with Secrets in its environment or in files",
              RunCommand::new),
          new Entry(
              "explain",
              "show the path of a Secret from its sources to its consumers",
              ExplainCommand::new),
          new Entry(
              "template",
              "render templates with values masked, or check them",
              TemplateCommand::new),
          new Entry("keys", "list, make, back up and restore sealing keys", KeysCommand::new),
          new Entry(
              "operator", "deliver in a cluster, for as long as it runs", OperatorCommand::new),
          new Entry(
              "takeover",
              "say what an operator would change on a cluster of External Secrets",
              TakeoverCommand::new),
          new Entry(
              "generate",
              "print what a Vault has to be told for a set of manifests",
              GenerateCommand::new),
          new Entry(
              "crds",
              "print the CustomResourceDefinitions for a cluster that lacks them",
              CrdsCommand::new),
          new Entry(
              "support",
              "write a file for whoever helps: statuses and events, no secrets",
              SupportCommand::new),
          new Entry("completion", "print completion for bash, zsh or fish", CompletionCommand::new),
          new Entry("version", "print the version", VersionCommand::new));

  private Signet() {}

  static int run(String[] args, Surroundings surroundings) {
    if (args.length == 0 || List.of("help", "--help", "-h").contains(args[0])) {
      if (args.length == 2 && args[0].equals("help")) {
        return run(new String[] {args[1], "--help"}, surroundings);
      }
      help(surroundings);
      return args.length == 0 ? ExitCode.USAGE : ExitCode.OK;
    }
    String name = args[0].equals("--version") || args[0].equals("-V") ? "version" : args[0];
    for (Entry entry : COMMANDS) {
      if (entry.name().equals(name)) {
        return execute(entry, Arrays.copyOfRange(args, 1, args.length), surroundings);
      }
    }
    error(surroundings, "unknown command " + name, suggestion(name));
    return ExitCode.USAGE;
  }

  private static int execute(Entry entry, String[] args, Surroundings surroundings) {
    Command command = entry.command().get();
    CommandLine line = line(entry, command);
    Ansi ansi = colour(surroundings, surroundings.outTerminal()) ? Ansi.ON : Ansi.OFF;
    boolean debug = Arrays.asList(args).contains("--debug");
    try {
      line.parseArgs(args);
      if (line.isUsageHelpRequested()) {
        line.usage(surroundings.out(), ansi);
        return ExitCode.OK;
      }
      return command.run(surroundings);
    } catch (CommandLine.ParameterException e) {
      String hint =
          e instanceof CommandLine.UnmatchedArgumentException unmatched
                  && !unmatched.getSuggestions().isEmpty()
              ? "did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?"
              : "see `signet " + entry.name() + " --help`";
      error(surroundings, lowerFirst(firstLine(e)), hint);
      return ExitCode.USAGE;
    } catch (CommandFailure e) {
      trace(surroundings, debug, e);
      error(surroundings, e.getMessage(), e.hint().orElse(""));
      return e.exitCode();
    } catch (IOException e) {
      trace(surroundings, debug, e);
      error(surroundings, InputOutput.reason(e), "");
      return ExitCode.FAILED;
    } catch (RuntimeException e) {
      trace(surroundings, debug, e);
      error(
          surroundings,
          "signet failed unexpectedly ("
              + e.getClass().getSimpleName()
              + "); nothing was changed by this step",
          "this is a bug: run it again with --debug and report what it prints, after a look for secrets in it");
      return ExitCode.FAILED;
    }
  }

  static CommandLine line(Entry entry, Command command) {
    CommandLine line = new CommandLine(command);
    line.setCommandName("signet " + entry.name());
    // Texts are written for this width; a terminal says its own.
    line.setUsageHelpWidth(100);
    line.setUsageHelpAutoWidth(true);
    // What follows the command of `signet run` is that command's.
    line.setStopAtPositional(command instanceof RunCommand);
    return line;
  }

  private static void help(Surroundings surroundings) {
    var out = surroundings.out();
    out.println(
        "Signet delivers secrets: sealed in Git, in a store, or in files, to those who use them.");
    out.println();
    out.println("Usage: signet COMMAND [OPTIONS]");
    out.println();
    for (Entry entry : COMMANDS) {
      out.printf("  %-11s %s%n", entry.name(), entry.summary());
    }
    out.println();
    out.println("  signet COMMAND --help   options and examples of a command");
    out.println("  kubeseal --help         the same program as a drop-in for kubeseal");
    out.println();
    out.println(
        "Exit codes: 0 done, 1 failed, 2 not understood, 3 some resources were not delivered");
  }

  static void error(Surroundings surroundings, String message, String hint) {
    surroundings.out().flush();
    boolean colour = colour(surroundings, surroundings.terminal());
    surroundings.err().println((colour ? "\u001b[1;31merror:\u001b[0m " : "error: ") + message);
    if (!hint.isEmpty()) {
      surroundings.err().println("  " + hint);
    }
    surroundings.err().flush();
  }

  static boolean colour(Surroundings surroundings, boolean terminal) {
    return terminal
        && surroundings.variable("NO_COLOR").isEmpty()
        && !surroundings.variable("TERM").orElse("").equals("dumb");
  }

  private static void trace(Surroundings surroundings, boolean debug, Exception e) {
    if (debug) {
      e.printStackTrace(surroundings.err());
    }
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static String lowerFirst(String text) {
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  private static String suggestion(String name) {
    for (Entry entry : COMMANDS) {
      if (Nearest.distance(entry.name(), name) <= 2 || entry.name().startsWith(name)) {
        return "did you mean `signet " + entry.name() + "`?";
      }
    }
    return "see `signet --help`";
  }
}
