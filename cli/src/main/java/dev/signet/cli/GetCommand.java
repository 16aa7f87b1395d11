package dev.signet.cli;

import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
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
      "",
      "Values are masked, in every format, unless --reveal names their key."
    })
final class GetCommand implements Command {

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

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    if ((what == What.secret || reveal.isPresent()) && name.isEmpty()) {
      throw CommandFailure.usage(
          "no Secret was named", "as in: signet get secret production/db-credentials");
    }
    Project project = Projects.of(surroundings, state);
    try (State opened = project.read()) {
      Directory directory = Projects.remembered(surroundings, opened);
      if (name.isPresent()) {
        Ref ref = secretRef(name.get());
        try (Secret secret = secret(directory, ref, project)) {
          if (reveal.isPresent()) {
            reveal(surroundings, secret, reveal.get());
          } else {
            one(surroundings, secret);
          }
        }
        return ExitCode.OK;
      }
      switch (what) {
        case secrets, secret -> secrets(surroundings, directory);
        case resources -> resources(surroundings, directory);
        case events -> events(surroundings, directory);
      }
      return ExitCode.OK;
    } catch (StateException | MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
  }

  /** {@code ns/name}; a bare name is in the namespace default. */
  static Ref secretRef(String text) throws CommandFailure {
    int slash = text.indexOf('/');
    String namespace = slash < 0 ? "default" : text.substring(0, slash);
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

  private void one(Surroundings surroundings, Secret secret) {
    Table table = new Table("KEY", "VALUE", "FROM");
    secret.data().items().forEach((key, item) -> table.row(key, Table.MASK, from(item.origin())));
    output.print(surroundings, () -> table.print(surroundings.out()), () -> masked(secret));
  }

  static String from(dev.signet.core.Origin origin) {
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

  private static Map<String, @Nullable Object> masked(Secret secret) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(SecretManifest.write(secret));
    Map<String, Object> data = new TreeMap<>();
    secret.data().items().keySet().forEach(key -> data.put(key, Table.MASK));
    tree.put("data", data);
    return tree;
  }

  private void secrets(Surroundings surroundings, Directory directory) {
    Table table = new Table("NAMESPACE", "NAME", "TYPE", "KEYS");
    List<Object> list = new ArrayList<>();
    for (Directory.SecretSummary summary : directory.summaries()) {
      Metadata metadata = summary.metadata();
      String type = summary.type().isEmpty() ? "Opaque" : summary.type();
      table.row(metadata.namespace(), metadata.name(), type, String.join(", ", summary.keys()));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("namespace", metadata.namespace());
      entry.put("name", metadata.name());
      entry.put("type", type);
      entry.put("keys", summary.keys());
      list.add(entry);
    }
    print(surroundings, table, list, "nothing was delivered here yet; see `signet apply --help`");
  }

  private void resources(Surroundings surroundings, Directory directory)
      throws MalformedObjectException {
    Table table = new Table("KIND", "NAME", "CONDITION", "STATUS", "MESSAGE");
    List<Object> list = new ArrayList<>();
    for (Map.Entry<Ref, Fields> entry : directory.statuses().entrySet()) {
      Ref ref = entry.getKey();
      for (Fields condition : entry.getValue().objects("conditions")) {
        String type = condition.string("type").orElse("");
        String status = condition.string("status").orElse("");
        String message = condition.string("message").orElse("");
        if (type.equals("Delivered") && status.equals("True")) {
          continue;
        }
        table.row(ref.kind().kind(), ref.path(), type, status, message.replace('\n', ' '));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("kind", ref.kind().kind());
        row.put("namespace", ref.namespace());
        row.put("name", ref.name());
        row.put("condition", type);
        row.put("status", status);
        row.put("reason", condition.string("reason").orElse(""));
        row.put("message", message);
        list.add(row);
      }
    }
    print(surroundings, table, list, "no resource was reconciled here yet");
  }

  private void events(Surroundings surroundings, Directory directory) {
    Table table = new Table("LAST SEEN", "TYPE", "OBJECT", "REASON", "MESSAGE");
    List<Object> list = new ArrayList<>();
    for (State.Logged logged : directory.events()) {
      String type = logged.event().warning() ? "Warning" : "Normal";
      String count = logged.count() > 1 ? " (" + logged.count() + " times)" : "";
      table.row(
          logged.at().toString(),
          type,
          logged.event().about().toString(),
          logged.event().reason(),
          logged.event().message().replace('\n', ' ') + count);
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("at", logged.at().toString());
      row.put("type", type);
      row.put("object", logged.event().about().toString());
      row.put("reason", logged.event().reason());
      row.put("message", logged.event().message());
      row.put("count", logged.count());
      list.add(row);
    }
    print(surroundings, table, list, "nothing happened here yet");
  }

  private void print(Surroundings surroundings, Table table, List<Object> list, String none) {
    output.print(
        surroundings,
        () -> {
          if (table.isEmpty()) {
            surroundings.err().println(none);
          } else {
            table.print(surroundings.out());
          }
        },
        () -> list);
  }
}
