package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.Consumer;
import dev.signet.delivery.Consumers;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a directory's state remembers, and what its manifests say of consumers. */
final class DirectoryInventory implements Inventory {

  private final Project project;
  private final State state;
  private final Directory directory;

  private DirectoryInventory(Project project, State state, Directory directory) {
    this.project = project;
    this.state = state;
    this.directory = directory;
  }

  /** The state alone. */
  static DirectoryInventory open(Surroundings surroundings, Options.State options)
      throws CommandFailure {
    Project project = Projects.of(surroundings, options);
    try {
      State state = project.read();
      return new DirectoryInventory(project, state, Projects.remembered(surroundings, state));
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  /**
   * With manifests.
   *
   * @param files where they are; those that were applied last if there are none
   * @param namespace of objects that name none
   */
  static DirectoryInventory open(
      Surroundings surroundings, Options.State options, List<String> files, String namespace)
      throws CommandFailure {
    DirectoryInventory plain = open(surroundings, options);
    List<Path> sources =
        files.isEmpty()
            ? plain.directory.remembered().stream().map(Path::of).toList()
            : files.stream().map(surroundings::path).toList();
    Manifests manifests = Manifests.read(sources, namespace);
    return new DirectoryInventory(
        plain.project,
        plain.state,
        new Directory(plain.state, manifests, surroundings.clock(), surroundings.random()));
  }

  @Override
  public Map<String, Object> place() {
    return Map.of();
  }

  @Override
  public Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("type", "TYPE");
    columns.put("keys", "KEYS");
    return columns;
  }

  @Override
  public String namespace() {
    return "default";
  }

  @Override
  public Seen<Listed> secrets(Optional<String> namespace) {
    List<Listed> rows = new ArrayList<>();
    for (Directory.SecretSummary summary : directory.summaries()) {
      Ref ref = Ref.secret(summary.metadata().namespace(), summary.metadata().name());
      if (within(namespace, ref)) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("type", summary.type().isEmpty() ? "Opaque" : summary.type());
        facts.put("keys", summary.keys());
        rows.add(new Listed(ref, facts));
      }
    }
    return Seen.all(rows);
  }

  private static boolean within(Optional<String> namespace, Ref ref) {
    return namespace.isEmpty()
        || ref.namespace().isEmpty()
        || ref.namespace().equals(namespace.get());
  }

  @Override
  public Opened secret(Ref ref) throws CommandFailure {
    Secret secret = GetCommand.secret(directory, ref, project);
    Map<String, Origin> origins = new LinkedHashMap<>();
    secret.data().items().forEach((key, item) -> origins.put(key, item.origin()));
    return new Opened(secret, origins);
  }

  @Override
  public Seen<Condition> resources(Optional<String> namespace) throws CommandFailure {
    List<Condition> rows = new ArrayList<>();
    try {
      for (Map.Entry<Ref, Fields> entry : directory.statuses().entrySet()) {
        if (within(namespace, entry.getKey())) {
          for (Fields condition : entry.getValue().objects("conditions")) {
            rows.add(
                new Condition(
                    entry.getKey(),
                    condition.string("type").orElse(""),
                    condition.string("status").orElse(""),
                    condition.string("reason").orElse(""),
                    condition.string("message").orElse("")));
          }
        }
      }
    } catch (MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
    return Seen.all(rows);
  }

  @Override
  public Seen<Happened> events(Optional<String> namespace) {
    return Seen.all(
        directory.events().stream()
            .filter(logged -> within(namespace, logged.event().about()))
            .map(
                logged ->
                    new Happened(
                        logged.at().toString(),
                        logged.event().warning(),
                        logged.event().about().toString(),
                        logged.event().reason(),
                        logged.event().message(),
                        logged.count()))
            .toList());
  }

  @Override
  public Lineage lineage(Ref ref) throws CommandFailure {
    List<Delivery> deliveries =
        directory.deliveries().stream().filter(delivery -> delivery.target().equals(ref)).toList();
    List<Consumer> consumers =
        directory.manifests().all().stream()
            .flatMap(manifest -> Consumers.of(manifest.object()).stream())
            .filter(consumer -> consumer.secret().equals(ref))
            .toList();
    Map<String, String> notes = new LinkedHashMap<>();
    deliveries.forEach(
        delivery ->
            directory
                .get(delivery.resource())
                .ifPresent(object -> notes.putAll(ExternalSecretReport.notes(object))));
    try (Secret secret = GetCommand.secret(directory, ref, project)) {
      List<Lineage.Key> keys = new ArrayList<>();
      secret
          .data()
          .items()
          .forEach(
              (key, item) ->
                  keys.add(
                      new Lineage.Key(
                          key,
                          List.of(item.origin()),
                          by(key, deliveries),
                          Lineage.of(notes, key))));
      return new Lineage(
          ref,
          secret.type().isEmpty() ? "Opaque" : secret.type(),
          keys,
          consumers,
          user -> Map.of("file", where(user)),
          "nothing in these folders",
          Lineage.others(notes, secret.data().items().keySet()),
          directory.manifests().failures().stream()
              .map(failure -> failure.where() + ": " + failure.why())
              .toList());
    }
  }

  private List<Lineage.By> by(String key, List<Delivery> deliveries) {
    List<Lineage.By> by = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      if (delivery.origins().containsKey(key)) {
        String file = where(delivery.resource());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", file);
        facts.put("at", delivery.at().toString());
        by.add(new Lineage.By(delivery.resource(), file, facts, List.of()));
      }
    }
    return by;
  }

  private String where(Ref ref) {
    return directory.manifests().all().stream()
        .filter(manifest -> manifest.object().ref().equals(ref))
        .map(Manifest::where)
        .findFirst()
        .orElse("its manifest is not in these folders");
  }

  @Override
  public void close() {
    state.close();
  }
}
