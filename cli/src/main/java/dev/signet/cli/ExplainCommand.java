package dev.signet.cli;

import dev.signet.core.Item;
import dev.signet.delivery.Consumer;
import dev.signet.delivery.Consumers;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      "",
      "Consumers are looked for in the folders that were applied last, or in those that -f names."
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
      defaultValue = "default",
      description = "The namespace of objects that name none; default ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    Ref ref = GetCommand.secretRef(name);
    Project project = Projects.of(surroundings, state);
    try (State opened = project.read()) {
      Directory remembering = Projects.remembered(surroundings, opened);
      List<Path> sources =
          files.isEmpty()
              ? remembering.remembered().stream().map(Path::of).toList()
              : files.stream().map(surroundings::path).toList();
      Manifests manifests = Manifests.read(sources, namespace);
      Directory directory =
          new Directory(opened, manifests, surroundings.clock(), surroundings.random());
      try (Secret secret = GetCommand.secret(directory, ref, project)) {
        Lineage lineage = Lineage.of(directory, secret);
        output.print(surroundings, () -> lineage.print(surroundings.out()), lineage::tree);
        for (Manifests.Failure failure : manifests.failures()) {
          Signet.error(
              surroundings, failure.where() + ": " + failure.why(), "its consumers are unknown");
        }
        return ExitCode.OK;
      }
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  /** One Secret's part of the graph. */
  private record Lineage(
      Secret secret, List<Delivery> deliveries, List<Consumer> consumers, Manifests manifests) {

    static Lineage of(Directory directory, Secret secret) {
      List<Delivery> deliveries =
          directory.deliveries().stream()
              .filter(delivery -> delivery.target().equals(secret.ref()))
              .toList();
      List<Consumer> consumers =
          directory.manifests().all().stream()
              .flatMap(manifest -> Consumers.of(manifest.object()).stream())
              .filter(consumer -> consumer.secret().equals(secret.ref()))
              .toList();
      return new Lineage(secret, deliveries, consumers, directory.manifests());
    }

    private String where(Ref ref) {
      return manifests.all().stream()
          .filter(manifest -> manifest.object().ref().equals(ref))
          .map(Manifest::where)
          .findFirst()
          .orElse("its manifest is not in these folders");
    }

    private List<Consumer> users(String key) {
      return consumers.stream()
          .filter(consumer -> consumer.key().isEmpty() || consumer.key().get().equals(key))
          .toList();
    }

    void print(PrintStream out) {
      out.println(
          secret.ref() + "  (" + (secret.type().isEmpty() ? "Opaque" : secret.type()) + ")");
      int left = secret.data().items().size();
      for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
        String key = entry.getKey();
        left--;
        out.println((left == 0 ? "└─ " : "├─ ") + key + " = " + Table.MASK);
        String indent = left == 0 ? "   " : "│  ";
        out.println(indent + "   from  " + GetCommand.from(entry.getValue().origin()));
        for (Delivery delivery : deliveries) {
          if (delivery.origins().containsKey(key)) {
            out.println(
                indent
                    + "   by    "
                    + delivery.resource()
                    + "  ("
                    + where(delivery.resource())
                    + ")");
          }
        }
        List<Consumer> users = users(key);
        if (users.isEmpty()) {
          out.println(indent + "   used  by nothing in these folders");
        }
        for (Consumer user : users) {
          out.println(
              indent
                  + "   used  "
                  + user.user()
                  + ": "
                  + user.how()
                  + (user.follows() ? "" : "; sees a new value only after a restart"));
        }
      }
    }

    Map<String, Object> tree() {
      List<Object> keys = new ArrayList<>();
      for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("key", entry.getKey());
        Map<String, Object> from = new LinkedHashMap<>();
        from.put("source", entry.getValue().origin().source());
        from.put("key", entry.getValue().origin().key());
        from.put("property", entry.getValue().origin().property());
        from.put("version", entry.getValue().origin().version());
        key.put("from", from);
        List<Object> by = new ArrayList<>();
        for (Delivery delivery : deliveries) {
          if (delivery.origins().containsKey(entry.getKey())) {
            Map<String, Object> edge = ref(delivery.resource());
            edge.put("at", delivery.at().toString());
            by.add(edge);
          }
        }
        key.put("by", by);
        List<Object> used = new ArrayList<>();
        for (Consumer user : users(entry.getKey())) {
          Map<String, Object> edge = ref(user.user());
          edge.put("how", user.how());
          edge.put("restartNeeded", !user.follows());
          used.add(edge);
        }
        key.put("usedBy", used);
        keys.add(key);
      }
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("namespace", secret.metadata().namespace());
      tree.put("name", secret.metadata().name());
      tree.put("keys", keys);
      return tree;
    }

    private Map<String, Object> ref(Ref ref) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("kind", ref.kind().kind());
      tree.put("namespace", ref.namespace());
      tree.put("name", ref.name());
      tree.put("file", where(ref));
      return tree;
    }
  }
}
