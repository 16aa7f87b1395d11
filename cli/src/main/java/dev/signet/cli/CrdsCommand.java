package dev.signet.cli;

import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.GoYaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Prints the CustomResourceDefinitions of the kinds that this version delivers.",
      "A cluster that has upstream's needs none of them: both describe the same resources."
    },
    footer = {
      "",
      "Examples:",
      "  signet crds | kubectl apply -f -",
      "  signet crds --group bitnami.com -o json"
    })
final class CrdsCommand implements Command {

  @Mixin Options options = new Options();

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "Only the kinds of this API group; may come several times.")
  List<String> groups = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "yaml",
      description = "yaml, or json for one List; default ${DEFAULT-VALUE}.")
  String format = "yaml";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    ManifestFormat wanted =
        ManifestFormat.parse(format)
            .orElseThrow(
                () -> CommandFailure.usage("unknown format " + format, "use yaml or json"));
    List<Map<String, @Nullable Object>> all = chosen();
    switch (wanted) {
      case YAML -> {
        String separator = "";
        for (Map<String, @Nullable Object> definition : all) {
          surroundings.out().print(separator + GoYaml.write(definition));
          separator = "---\n";
        }
      }
      case JSON -> {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("kind", "List");
        list.put("items", all);
        surroundings
            .out()
            .println(GoJson.write(list, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN));
      }
    }
    return ExitCode.OK;
  }

  private List<Map<String, @Nullable Object>> chosen() throws CommandFailure {
    List<Map<String, @Nullable Object>> all = CustomResourceDefinitions.all();
    List<String> known = all.stream().map(CrdsCommand::group).distinct().toList();
    for (String group : groups) {
      if (!known.contains(group)) {
        throw CommandFailure.usage(
            "no kinds of the group " + group, "there are " + String.join(" and ", known));
      }
    }
    List<Map<String, @Nullable Object>> chosen = new ArrayList<>();
    for (Map<String, @Nullable Object> definition : all) {
      if (groups.isEmpty() || groups.contains(group(definition))) {
        chosen.add(definition);
      }
    }
    return chosen;
  }

  private static String group(Map<String, @Nullable Object> definition) {
    return definition.get("spec") instanceof Map<?, ?> spec
        ? String.valueOf(spec.get("group"))
        : "";
  }
}
