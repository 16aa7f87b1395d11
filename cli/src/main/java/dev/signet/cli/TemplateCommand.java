package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.template.Dict;
import dev.signet.template.Inspection;
import dev.signet.template.TemplateException;
import dev.signet.template.Utf8;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Renders templates (Go's, with Sprig's functions) over data of yours, or checks them without",
      "rendering: to see before it is delivered what a template makes of its values."
    },
    footer = {
      "",
      "Actions:",
      "  render          print what a template makes of its data",
      "  render --batch  answer each line of a file of JSON objects (template, data, funcs,",
      "                  missingkey, id ...) with a line: output, or error and phase",
      "  check           name every function that is not defined and every key that is not there, in",
      "                  template files, or in the SealedSecrets of manifests",
      "",
      "Examples:",
      "  signet template render -t app.conf.tmpl --data values.yaml",
      "  kubectl get secret db -o yaml | signet template render -t url.tmpl --data - --reveal",
      "  signet template check sealed-db.yaml",
      "  signet template check app.conf.tmpl --data values.yaml -o json",
      "",
      "Without --reveal, all that an action prints is masked: text of the template is shown, values",
      "and what is made from them are not, nor errors that could quote them. Which branches run and",
      "how often loops repeat is visible.",
      "",
      "Exit codes: 1 a template fails or has problems; with --batch that is an answer like any other,",
      "and 3 says that some lines could not be read."
    })
final class TemplateCommand implements Command {

  enum Action {
    render,
    check
  }

  @Mixin Options options = new Options();

  @Mixin Options.Output output = new Options.Output();

  @Parameters(index = "0", paramLabel = "ACTION", description = "One of ${COMPLETION-CANDIDATES}.")
  Action action = Action.render;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "FILE",
      description = "What to check: templates or manifests; - for standard input.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-t", "--template"},
      paramLabel = "FILE",
      description = "The template to render; - for standard input.")
  Optional<String> template = Optional.empty();

  @Option(
      names = {"-d", "--data"},
      paramLabel = "FILE",
      description =
          "The data, YAML or JSON, or a Secret, whose values are decoded; - for standard input. Default: none.")
  Optional<String> data = Optional.empty();

  @Option(
      names = "--functions",
      paramLabel = "SET",
      defaultValue = "sprig",
      description =
          "Whose functions and data: none (Go's own), sprig, sealed-secrets or external-secrets (over texts); default ${DEFAULT-VALUE}.")
  String functions = "sprig";

  @Option(
      names = "--missingkey",
      paramLabel = "WHAT",
      defaultValue = "default",
      description =
          "What a key that is not there gives: default (<no value>), zero or error; default ${DEFAULT-VALUE}.")
  String missingKey = "default";

  @Option(names = "--reveal", description = "Print values instead of masking them.")
  boolean reveal;

  @Option(
      names = "--batch",
      paramLabel = "FILE",
      description = "Render each line of this file; - for standard input.")
  Optional<String> batch = Optional.empty();

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      description = "Where the rendered text goes, whole or not at all; default: standard output.")
  Optional<String> write = Optional.empty();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    FunctionSet set = FunctionSet.parse(functions);
    return switch (action) {
      case render -> {
        if (!files.isEmpty()) {
          throw CommandFailure.usage(
              "render takes no " + files.getFirst(), "name the template with -t FILE");
        }
        yield batch.isPresent() ? batch(surroundings, batch.get()) : render(surroundings, set);
      }
      case check -> check(surroundings, set);
    };
  }

  private int batch(Surroundings surroundings, String file) throws CommandFailure {
    if (template.isPresent() || data.isPresent() || write.isPresent()) {
      throw CommandFailure.usage(
          "--batch goes with --reveal only", "template and data stand in its lines");
    }
    return new TemplateBatch(surroundings, reveal).run(file);
  }

  private int render(Surroundings surroundings, FunctionSet set) throws CommandFailure {
    if (template.isEmpty()) {
      throw CommandFailure.usage(
          "no template was named", "as in: signet template render -t app.conf.tmpl --data a.yaml");
    }
    String file = template.get();
    oneStandardInput(List.of(file), data);
    byte[] bytes = InputOutput.read(surroundings, file);
    TemplateText text =
        new TemplateText(
            TemplateInput.source(file),
            bytes,
            new TemplateFunctions(surroundings).of(set),
            TemplateInput.missingKey(missingKey));
    Value values = TemplateInput.data(surroundings, data, set);
    TemplateResult result = TemplateResult.of(text, values, reveal, surroundings.templateSources());
    if (output.format != Options.Output.Format.table) {
      Map<String, Object> tree = new LinkedHashMap<>();
      result.addTo(tree);
      output.print(surroundings, () -> {}, () -> tree);
    }
    switch (result) {
      case TemplateResult.Failed failed -> throw failure(text, failed);
      case TemplateResult.Rendered(SecretBytes rendered) -> {
        if (output.format == Options.Output.Format.table) {
          write(surroundings, rendered);
        }
      }
    }
    return ExitCode.OK;
  }

  private void write(Surroundings surroundings, SecretBytes rendered) throws CommandFailure {
    AtomicFile.Readers readers = reveal ? AtomicFile.Readers.OWNER : AtomicFile.Readers.AS_USUAL;
    InputOutput.write(surroundings, write, rendered.with(byte[]::clone), readers);
  }

  /** The error, the line it is in, a caret below the place, and what may help. */
  private static CommandFailure failure(TemplateText text, TemplateResult.Failed failed) {
    TemplateException error = failed.error();
    int column = error.column();
    StringBuilder hint = new StringBuilder();
    if (error.phase() == TemplateException.Phase.PARSE) {
      // The parser knows the line only, but for a function it does not know there is more.
      for (Inspection.Use use : text.inspect().undefined()) {
        if (use.line() == error.line() && error.detail().contains("\"" + use.name() + "\"")) {
          column = use.column();
          Nearest.to(use.name(), Inspection.callable(text.functions()))
              .ifPresent(near -> hint.append("\ndid you mean ").append(near).append('?'));
          break;
        }
      }
    }
    if (failed.withheld()) {
      hint.append("\nwhat the function says may quote values: --reveal shows it");
    }
    String shown = text.line(error.line(), column) + hint;
    return CommandFailure.of(failed.message().replaceAll("\\p{Cntrl}", " "), indented(shown));
  }

  private static String indented(String text) {
    return text.replaceFirst("^\n", "").replace("\n", "\n  ");
  }

  private int check(Surroundings surroundings, FunctionSet set) throws CommandFailure {
    if (files.isEmpty()) {
      throw CommandFailure.usage("no file was named", "as in: signet template check app.conf.tmpl");
    }
    if (template.isPresent() || batch.isPresent() || write.isPresent() || reveal) {
      throw CommandFailure.usage(
          "check takes files, --data and --functions", "see `signet template --help`");
    }
    oneStandardInput(files, data);
    Optional<Set<String>> keys = Optional.empty();
    if (data.isPresent()) {
      keys = Optional.of(keys(TemplateInput.data(surroundings, data, set)));
    }
    return new TemplateCheck(surroundings, set, keys).run(files, output);
  }

  private static Set<String> keys(Value data) {
    Set<String> keys = new TreeSet<>();
    if (data instanceof Dict dict) {
      dict.keys().forEach(key -> keys.add(Utf8.decode(key)));
    }
    return keys;
  }

  private static void oneStandardInput(List<String> files, Optional<String> data)
      throws CommandFailure {
    List<String> all = new ArrayList<>(files);
    data.ifPresent(all::add);
    if (all.stream().filter("-"::equals).count() > 1) {
      throw CommandFailure.usage(
          "standard input can be read once only", "give one of the files by its name");
    }
  }
}
