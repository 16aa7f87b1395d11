package dev.signet.cli;

import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description =
        "Shows the path of a Secret: where each value came from, who delivered it, who uses it.",
    footer = {
      "",
      "Examples:",
      "  signet explain production/db-credentials",
      "  signet explain production/db-credentials -f deploy/ -o json",
      "  signet explain production/db-credentials --cluster",
      "",
      "Consumers are looked for in the folders that were applied last, or in those that -f names;",
      "with --cluster, --context or --kubeconfig among what is in the Secret's namespace. No value",
      "is read then, and what may not be read is named."
    })
final class ExplainCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

  @Parameters(index = "0", paramLabel = "[NAMESPACE/]NAME", description = "The Secret.")
  String name = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      description = "Where to look for consumers; repeatable.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description =
          "The namespace of what names none; default: the context's, in a directory default.")
  Optional<String> namespace = Optional.empty();

  @Mixin ClusterChoice cluster = new ClusterChoice();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    cluster.only(state.place.folder.isPresent(), "--state", /* onCluster= */ false);
    cluster.only(!files.isEmpty(), "-f", /* onCluster= */ false);
    return cluster.chosen() ? onCluster(surroundings) : inDirectory(surroundings);
  }

  private int inDirectory(Surroundings surroundings) throws CommandFailure {
    Ref ref = GetCommand.secretRef(name, namespace.orElse("default"));
    try (Inventory inventory =
        DirectoryInventory.open(surroundings, state, files, namespace.orElse("default"))) {
      Lineage lineage = print(surroundings, inventory, ref);
      for (String why : lineage.unseen()) {
        Signet.error(surroundings, why, "its consumers are unknown");
      }
      return ExitCode.OK;
    }
  }

  private int onCluster(Surroundings surroundings) throws CommandFailure {
    try (Inventory inventory = ClusterInventory.open(surroundings, cluster)) {
      Ref ref = GetCommand.secretRef(name, namespace.orElse(inventory.namespace()));
      Lineage lineage = print(surroundings, inventory, ref);
      surroundings.out().flush();
      lineage.unseen().forEach(why -> surroundings.err().println("not seen: " + why));
      return ExitCode.OK;
    }
  }

  private Lineage print(Surroundings surroundings, Inventory inventory, Ref ref)
      throws CommandFailure {
    Lineage lineage = inventory.lineage(ref);
    output.print(
        surroundings,
        () -> lineage.print(surroundings.out()),
        () -> lineage.tree(inventory.place()));
    return lineage;
  }
}
