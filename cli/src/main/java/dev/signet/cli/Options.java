package dev.signet.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that every command has. */
final class Options {

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  boolean help;

  @Option(names = "--debug", description = "Print a stack trace when something fails.")
  boolean debug;

  /** Where the state is. */
  static final class State {

    @Option(
        names = "--state",
        paramLabel = "FOLDER",
        description =
            "The state folder; default: SIGNET_STATE, else the nearest .signet from here upwards.")
    Optional<String> folder = Optional.empty();

    @Option(
        names = "--wait",
        paramLabel = "SECONDS",
        defaultValue = "10",
        description =
            "How long to wait for another signet that is writing; default ${DEFAULT-VALUE}.")
    int wait;
  }

  /** How results are printed. */
  static final class Output {

    enum Format {
      table,
      json,
      yaml
    }

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FORMAT",
        defaultValue = "table",
        description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    Format format = Format.table;
  }
}
