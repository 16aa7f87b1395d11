package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description =
        "Lists the Secrets that were delivered, the resources they come from, or the last events.",
    footer = {
      "",
      "Examples:",
      "  signet get secrets",
      "  signet get secret production/db-credentials",
      "  signet get secret production/db-credentials --reveal password",
      "  signet get resources -o json",
      "  signet get events",
      "  signet get secrets --cluster -A",
      "  signet get secret production/db-credentials --context staging --reveal password",
      "  signet get resources --cluster -n production -o json",
      "",
      "Values are masked, in every format, unless --reveal names their key. Without --cluster,",
      "--context or --kubeconfig it is a directory that is looked at. Lists of a cluster's Secrets",
      "are metadata: no value leaves the API server for them."
    })
final class GetCommand implements Command {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  enum What {
    secrets,
    secret,
    resources,
    events
  }

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

  @Parameters(
      index = "0",
      paramLabel = "WHAT",
      defaultValue = "secrets",
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  What what = What.secrets;

  @Parameters(
      index = "1",
      paramLabel = "[NAMESPACE/]NAME",
      arity = "0..1",
      description = "The Secret to show.")
  Optional<String> name = Optional.empty();

  @Option(
      names = "--reveal",
      paramLabel = "KEY",
      description = "Print the value of this key, and nothing else.")
  Optional<String> reveal = Optional.empty();

  @Mixin ClusterChoice cluster = new ClusterChoice();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Only this one; default: of a cluster the context's, of a directory all.")
  Optional<String> namespace = Optional.empty();

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "All namespaces.")
  boolean allNamespaces;

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    if ((what == What.secret || reveal.isPresent()) && name.isEmpty()) {
      throw CommandFailure.usage(
          "no Secret was named", "as in: signet get secret production/db-credentials");
    }
    if (allNamespaces && namespace.isPresent()) {
      throw CommandFailure.usage("-n and -A exclude each other", "use one of them");
    }
    cluster.only(state.place.folder.isPresent(), "--state", /* onCluster= */ false);
    try (Inventory inventory =
        cluster.chosen()
            ? ClusterInventory.open(surroundings, cluster)
            : DirectoryInventory.open(surroundings, state)) {
      return run(surroundings, inventory);
    }
  }

  private int run(Surroundings surroundings, Inventory inventory)
      throws CommandFailure, IOException {
    if (name.isPresent()) {
      Ref ref = secretRef(name.get(), namespace.orElse(inventory.namespace()));
      try (Inventory.Opened opened = inventory.secret(ref)) {
        if (reveal.isPresent()) {
          reveal(surroundings, opened.secret(), reveal.get());
        } else {
          one(surroundings, inventory, opened);
        }
      }
      return ExitCode.OK;
    }
    Optional<String> where =
        allNamespaces
            ? Optional.empty()
            : namespace.or(
                () -> cluster.chosen() ? Optional.of(inventory.namespace()) : Optional.empty());
    String none = where.map(each -> " in namespace " + each + "; -A looks everywhere").orElse("");
    return switch (what) {
      case secrets, secret -> secrets(surroundings, inventory, where, none);
      case resources -> resources(surroundings, inventory, where, none);
      case events -> events(surroundings, inventory, where, none);
    };
  }

  /** {@code ns/name}; a bare name is in the namespace default. */
  static Ref secretRef(String text) throws CommandFailure {
    return secretRef(text, "default");
  }

  static Ref secretRef(String text, String usual) throws CommandFailure {
    int slash = text.indexOf('/');
    String namespace = slash < 0 ? usual : text.substring(0, slash);
    String name = text.substring(slash + 1);
    if (namespace.isEmpty() || name.isEmpty() || name.contains("/")) {
      throw CommandFailure.usage(
          text + " does not name a Secret", "as in: production/db-credentials");
    }
    return Ref.secret(namespace, name);
  }

  static Secret secret(Directory directory, Ref ref, Project project) throws CommandFailure {
    return directory
        .secret(ref.namespace(), ref.name())
        .orElseThrow(
            () ->
                CommandFailure.of(
                    ref + " was not delivered in " + project.stateFile(),
                    "deliver it with `signet apply -f FOLDER`; `signet get secrets` lists what there is"));
  }

  private static void reveal(Surroundings surroundings, Secret secret, String key)
      throws CommandFailure, IOException {
    var item =
        secret
            .data()
            .get(key)
            .orElseThrow(
                () ->
                    CommandFailure.of(
                        secret.ref() + " has no key " + key,
                        "it has " + String.join(", ", secret.data().items().keySet())));
    item.value()
        .with(
            bytes -> {
              surroundings.out().write(bytes);
              return bytes.length;
            });
    if (surroundings.outTerminal()) {
      surroundings.out().println();
    }
  }

  private void one(Surroundings surroundings, Inventory inventory, Inventory.Opened opened) {
    Table table = new Table("KEY", "VALUE", "FROM");
    opened
        .secret()
        .data()
        .items()
        .keySet()
        .forEach(
            key -> {
              Origin origin = opened.origins().get(key);
              table.row(key, Table.MASK, origin == null ? "" : from(origin));
            });
    output.print(
        surroundings,
        () -> table.print(surroundings.out()),
        () -> masked(inventory, opened.secret()));
  }

  static String from(Origin origin) {
    StringBuilder text = new StringBuilder(origin.source());
    if (!origin.key().isEmpty()) {
      text.append(", ").append(origin.key());
    }
    if (!origin.property().isEmpty()) {
      text.append(" property ").append(origin.property());
    }
    if (!origin.version().isEmpty()) {
      text.append(" version ").append(origin.version());
    }
    return text.toString();
  }

  /** Neither values, nor the annotation in which kubectl keeps a copy of them. */
  private static Map<String, @Nullable Object> masked(Inventory inventory, Secret secret) {
    Map<String, String> annotations = new TreeMap<>(secret.metadata().annotations());
    annotations.remove(LAST_APPLIED);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    if (!inventory.place().isEmpty()) {
      tree.put("cluster", inventory.place());
    }
    tree.putAll(
        SecretManifest.write(
            secret.withMetadata(secret.metadata().with("annotations", annotations))));
    Map<String, Object> data = new TreeMap<>();
    secret.data().items().keySet().forEach(key -> data.put(key, Table.MASK));
    tree.put("data", data);
    return tree;
  }

  private int secrets(
      Surroundings surroundings, Inventory inventory, Optional<String> namespace, String where)
      throws CommandFailure {
    Inventory.Seen<Inventory.Listed> seen = inventory.secrets(namespace);
    List<String> headings = new ArrayList<>(List.of("NAMESPACE", "NAME"));
    headings.addAll(inventory.columns().values());
    Table table = new Table(headings.toArray(String[]::new));
    List<Object> list = new ArrayList<>();
    for (Inventory.Listed listed : seen.rows()) {
      List<String> cells =
          new ArrayList<>(List.of(listed.secret().namespace(), listed.secret().name()));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("namespace", listed.secret().namespace());
      entry.put("name", listed.secret().name());
      for (String column : inventory.columns().keySet()) {
        Object fact = listed.facts().getOrDefault(column, "");
        entry.put(column, fact);
        cells.add(
            fact instanceof List<?> several
                ? several.stream().map(String::valueOf).collect(Collectors.joining(", "))
                : String.valueOf(fact));
      }
      table.row(cells.toArray(String[]::new));
      list.add(entry);
    }
    return print(
        surroundings,
        inventory,
        table,
        list,
        seen,
        inventory.place().isEmpty() && where.isEmpty()
            ? "nothing was delivered here yet; see `signet apply --help`"
            : "no delivered Secret" + where);
  }

  private int resources(
      Surroundings surroundings, Inventory inventory, Optional<String> namespace, String where)
      throws CommandFailure {
    Inventory.Seen<Inventory.Condition> seen = inventory.resources(namespace);
    Table table = new Table("KIND", "NAME", "CONDITION", "STATUS", "REASON", "MESSAGE");
    List<Object> list = new ArrayList<>();
    for (Inventory.Condition condition : seen.rows()) {
      Ref ref = condition.resource();
      if (condition.type().equals("Delivered") && condition.status().equals("True")) {
        continue;
      }
      table.row(
          ref.kind().kind(),
          ref.path(),
          condition.type(),
          condition.status(),
          condition.reason(),
          condition.message().replace('\n', ' '));
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("kind", ref.kind().kind());
      row.put("namespace", ref.namespace());
      row.put("name", ref.name());
      row.put("condition", condition.type());
      row.put("status", condition.status());
      row.put("reason", condition.reason());
      row.put("message", condition.message());
      list.add(row);
    }
    return print(
        surroundings,
        inventory,
        table,
        list,
        seen,
        inventory.place().isEmpty() && where.isEmpty()
            ? "no resource was reconciled here yet"
            : "no resource" + where);
  }

  private int events(
      Surroundings surroundings, Inventory inventory, Optional<String> namespace, String where)
      throws CommandFailure {
    Inventory.Seen<Inventory.Happened> seen = inventory.events(namespace);
    Table table = new Table("LAST SEEN", "TYPE", "OBJECT", "REASON", "MESSAGE");
    List<Object> list = new ArrayList<>();
    for (Inventory.Happened event : seen.rows()) {
      String type = event.warning() ? "Warning" : "Normal";
      String count = event.count() > 1 ? " (" + event.count() + " times)" : "";
      table.row(
          event.at(),
          type,
          event.about(),
          event.reason(),
          event.message().replace('\n', ' ') + count);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("at", event.at());
      row.put("type", type);
      row.put("object", event.about());
      row.put("reason", event.reason());
      row.put("message", event.message());
      row.put("count", event.count());
      list.add(row);
    }
    return print(
        surroundings,
        inventory,
        table,
        list,
        seen,
        inventory.place().isEmpty() && where.isEmpty()
            ? "nothing happened here yet"
            : "no event about a resource of secrets" + where);
  }

  /** A list alone, or, of a cluster, one that says which cluster it is of. */
  private int print(
      Surroundings surroundings,
      Inventory inventory,
      Table table,
      List<Object> list,
      Inventory.Seen<?> seen,
      String none) {
    output.print(
        surroundings,
        () -> {
          if (table.isEmpty()) {
            surroundings.err().println(none);
          } else {
            table.print(surroundings.out());
          }
          surroundings.out().flush();
          seen.unseen().forEach(why -> surroundings.err().println("not shown: " + why));
        },
        () -> {
          if (inventory.place().isEmpty()) {
            return list;
          }
          Map<String, Object> tree = new LinkedHashMap<>();
          tree.put("cluster", inventory.place());
          tree.put("items", list);
          tree.put("unseen", seen.unseen());
          return tree;
        });
    return seen.failed() ? ExitCode.FAILED : ExitCode.OK;
  }
}
