package dev.signet.cli;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Delivers what the manifests describe: opens SealedSecrets, fetches ExternalSecrets, takes plain",
      "Secrets, until nothing changes any more. The Secrets end in the encrypted state, not on disk."
    },
    footer = {
      "",
      "Examples:",
      "  signet apply -f deploy/",
      "  signet apply -f base -f overlays/production -n production -o json",
      "",
      "Without a cluster there is no schema check, no admission and no RBAC; a Secret whose manifest",
      "is gone stays until it is replaced. Exit code 3: some resources were not delivered."
    })
final class ApplyCommand implements Command {

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "PATH",
      required = true,
      description = "A manifest, or a folder with manifests below it; repeatable.")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      defaultValue = "default",
      description = "The namespace of objects that name none; default ${DEFAULT-VALUE}.")
  String namespace = "default";

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    List<Path> sources = new ArrayList<>();
    for (String file : files) {
      Path path = surroundings.path(file).toAbsolutePath().normalize();
      if (!Files.exists(path)) {
        throw CommandFailure.of("cannot read " + file + ": no such file or directory");
      }
      sources.add(path);
    }
    Manifests manifests = Manifests.read(sources, namespace);
    Project project = Projects.of(surroundings, state);
    try (Project.Session session =
        project.begin(
            "signet apply (pid " + ProcessHandle.current().pid() + ")",
            Duration.ofSeconds(state.wait))) {
      Directory directory =
          new Directory(session.state(), manifests, surroundings.clock(), surroundings.random());
      ProgressBar bar = new ProgressBar(surroundings, "delivering");
      Map<Ref, Outcome> outcomes = Applying.run(surroundings, directory, project.root(), bar::at);
      bar.end();
      directory.remember(sources.stream().map(Path::toString).toList());
      session.save();
      print(surroundings, manifests, outcomes);
      boolean all =
          manifests.failures().isEmpty() && outcomes.values().stream().allMatch(Outcome::delivered);
      return all ? ExitCode.OK : ExitCode.NOT_DELIVERED;
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  private void print(Surroundings surroundings, Manifests manifests, Map<Ref, Outcome> outcomes) {
    Map<Ref, Manifest> byRef =
        manifests.all().stream()
            .collect(Collectors.toMap(each -> each.object().ref(), each -> each));
    output.print(
        surroundings,
        () -> table(surroundings, manifests, outcomes, byRef),
        () -> tree(manifests, outcomes, byRef));
  }

  private static Map<String, Object> tree(
      Manifests manifests, Map<Ref, Outcome> outcomes, Map<Ref, Manifest> byRef) {
    List<Object> resources = new ArrayList<>();
    outcomes.forEach(
        (ref, outcome) -> {
          Map<String, Object> resource = new LinkedHashMap<>();
          resource.put("kind", ref.kind().kind());
          resource.put("namespace", ref.namespace());
          resource.put("name", ref.name());
          resource.put("file", where(byRef, ref));
          resource.put("delivered", outcome.delivered());
          if (outcome instanceof Outcome.Retry(String reason, String message)) {
            resource.put("reason", reason);
            resource.put("message", message);
          }
          if (outcome instanceof Outcome.Stalled(String reason, String message)) {
            resource.put("reason", reason);
            resource.put("message", message);
          }
          resources.add(resource);
        });
    List<Object> failures = new ArrayList<>();
    for (Manifests.Failure failure : manifests.failures()) {
      failures.add(Map.of("file", failure.where(), "message", failure.why()));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("resources", resources);
    tree.put("unreadable", failures);
    return tree;
  }

  private static String where(Map<Ref, Manifest> byRef, Ref ref) {
    Manifest manifest = byRef.get(ref);
    return manifest == null ? "" : manifest.where();
  }

  private static void table(
      Surroundings surroundings,
      Manifests manifests,
      Map<Ref, Outcome> outcomes,
      Map<Ref, Manifest> byRef) {
    Table table = new Table("KIND", "NAME", "RESULT", "FILE");
    outcomes.forEach(
        (ref, outcome) ->
            table.row(ref.kind().kind(), ref.path(), result(ref, outcome), where(byRef, ref)));
    if (table.isEmpty()) {
      surroundings.out().println("nothing to deliver: no secret resources in these manifests");
    } else {
      table.print(surroundings.out());
    }
    surroundings.out().flush();
    outcomes.forEach(
        (ref, outcome) -> {
          if (outcome instanceof Outcome.Retry(_, String message)) {
            Signet.error(surroundings, ref + ": " + message, "");
          }
          if (outcome instanceof Outcome.Stalled(_, String message)) {
            Signet.error(surroundings, ref + ": " + message, "");
          }
        });
    for (Manifests.Failure failure : manifests.failures()) {
      boolean located = failure.why().startsWith(failure.where());
      Signet.error(
          surroundings, located ? failure.why() : failure.where() + ": " + failure.why(), "");
    }
  }

  private static String result(Ref ref, Outcome outcome) {
    boolean store = ref.kind().kind().endsWith("SecretStore");
    return switch (outcome) {
      case Outcome.Done _, Outcome.After _ ->
          store ? "ready" : ref.kind().equals(GroupKind.SECRET) ? "applied" : "delivered";
      case Outcome.Retry(String reason, _) -> "failed: " + reason;
      case Outcome.Stalled(String reason, _) -> "refused: " + reason;
    };
  }
}
