package dev.signet.cli;

import dev.signet.yaml.GoJson;
import dev.signet.yaml.GoYaml;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that every command has. */
final class Options {

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  boolean help;

  @Option(names = "--debug", description = "Print a stack trace when something fails.")
  boolean debug;

  /** Where the state is. */
  static final class StateFolder {

    @Option(
        names = "--state",
        paramLabel = "FOLDER",
        description =
            "The state folder; default: SIGNET_STATE, else the nearest .signet from here upwards.")
    Optional<String> folder = Optional.empty();
  }

  /** The same, and how long another one may hold it. */
  static final class State {

    @Mixin StateFolder place = new StateFolder();

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

    /** The table, or the tree that says the same to a program. */
    void print(Surroundings surroundings, Runnable table, Supplier<Object> tree) {
      switch (format) {
        case table -> table.run();
        case json ->
            surroundings
                .out()
                .println(GoJson.write(tree.get(), GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN));
        case yaml -> surroundings.out().print(GoYaml.write(tree.get()));
      }
    }
  }

  /** Documents in, documents out: what {@code seal} and {@code unseal} have in common. */
  static final class Documents {

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        defaultValue = "-",
        description = "What to read, YAML or JSON, one or many; default: standard input.")
    String file = "-";

    @Option(
        names = {"-w", "--write"},
        paramLabel = "FILE",
        description = "Where the result goes, whole or not at all; default: standard output.")
    Optional<String> write = Optional.empty();

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FORMAT",
        defaultValue = "yaml",
        description = "yaml or json; default ${DEFAULT-VALUE}.")
    String format = "yaml";

    /** How messages name the input. */
    String source() {
      return file.equals("-") ? "standard input" : file;
    }

    ManifestFormat manifestFormat() throws CommandFailure {
      return ManifestFormat.parse(format)
          .orElseThrow(() -> CommandFailure.usage("unknown format " + format, "use yaml or json"));
    }
  }
}
