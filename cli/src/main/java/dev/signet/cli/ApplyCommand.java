package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Ref;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.operator.Kinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Delivers what the manifests describe: opens SealedSecrets, fetches ExternalSecrets, takes plain",
      "Secrets, until nothing changes any more. The Secrets end in the encrypted state, not on disk.",
      "Manifests that SOPS encrypted are opened with your age and PGP keys, as `sops decrypt` does.",
      "",
      "With --cluster, --context or --kubeconfig the manifests, all of them, are applied to that cluster",
      "instead. An operator that is at work there delivers; this command waits for it and says how",
      "it went."
    },
    footer = {
      "",
      "Examples:",
      "  signet apply -f deploy/",
      "  signet apply -f base -f overlays/production -n production -o json",
      "  signet apply -f deploy/ --cluster --dry-run",
      "  signet apply -f deploy/ --context production --wait=5m",
      "",
      "Without a cluster there is no schema check, no admission and no RBAC; a Secret whose manifest",
      "is gone stays until it is replaced. Exit code 3: some resources were not delivered."
    })
final class ApplyCommand implements Command {

  private static final Duration LOCK = Duration.ofSeconds(10);
  private static final Duration DELIVERY = Duration.ofSeconds(60);

  @Mixin Options options = new Options();

  @Mixin Options.StateFolder state = new Options.StateFolder();

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
      description =
          "The namespace of objects that name none; default: the context's, in a directory default.")
  Optional<String> namespace = Optional.empty();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      arity = "0..1",
      fallbackValue = "",
      description =
          "On a cluster: how long an operator has to deliver, such as 90 or 5m; 0 does not wait; default 60."
              + " In a directory: how long to wait for another signet that is writing; default 10.")
  Optional<String> wait = Optional.empty();

  @Mixin ClusterChoice cluster = new ClusterChoice();

  @Mixin FluxKeyOptions flux = new FluxKeyOptions();

  @Option(
      names = "--dry-run",
      description = "On a cluster: the server checks and admits everything, and writes nothing.")
  boolean dryRun;

  @Option(
      names = "--force-conflicts",
      description = "On a cluster: take over fields that others manage.")
  boolean forceConflicts;

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    cluster.only(state.folder.isPresent(), "--state", /* onCluster= */ false);
    cluster.only(dryRun, "--dry-run", /* onCluster= */ true);
    cluster.only(forceConflicts, "--force-conflicts", /* onCluster= */ true);
    Duration patience = patience(cluster.chosen() ? DELIVERY : LOCK);
    List<Path> sources = new ArrayList<>();
    for (String file : files) {
      Path path = surroundings.path(file).toAbsolutePath().normalize();
      if (!Files.exists(path)) {
        throw CommandFailure.of("cannot read " + file + ": no such file or directory");
      }
      sources.add(path);
    }
    return cluster.chosen()
        ? onCluster(surroundings, sources, patience)
        : inDirectory(surroundings, sources, patience);
  }

  /** A number of seconds, or as Go and kubectl write durations: 90s, 5m, 1m30s. */
  private Duration patience(Duration usual) throws CommandFailure {
    if (wait.orElse("").isEmpty()) {
      return usual;
    }
    String text = wait.get().toUpperCase(Locale.ROOT);
    try {
      boolean number = text.chars().allMatch(c -> c >= '0' && c <= '9');
      Duration parsed = Duration.parse("PT" + text + (number ? "S" : ""));
      if (!parsed.isNegative()) {
        return parsed;
      }
    } catch (DateTimeException e) {
      // Said below, with those that are negative.
    }
    throw CommandFailure.usage("--wait " + wait.get() + " is no duration", "use 90, 90s or 5m");
  }

  private int inDirectory(Surroundings surroundings, List<Path> sources, Duration patience)
      throws CommandFailure {
    Project project = Projects.of(surroundings, state);
    try (SopsManifests sops = flux.open(surroundings, sources)) {
      return inDirectory(surroundings, sources, patience, project, sops);
    }
  }

  private int inDirectory(
      Surroundings surroundings,
      List<Path> sources,
      Duration patience,
      Project project,
      SopsManifests sops)
      throws CommandFailure {
    Manifests manifests =
        Manifests.read(
            sources, namespace.orElse("default"), new SopsFiles(sops, /* checking= */ true));
    try (Project.Session session =
        project.begin("signet apply (pid " + ProcessHandle.current().pid() + ")", patience)) {
      Directory directory =
          new Directory(session.state(), manifests, surroundings.clock(), surroundings.random());
      ProgressBar bar = new ProgressBar(surroundings, "delivering");
      Map<Ref, Outcome> outcomes =
          Applying.run(surroundings, directory, project.root(), sops.keys(), bar::at);
      bar.end();
      directory.remember(sources.stream().map(Path::toString).toList());
      session.save();
      Map<Ref, String> places = new HashMap<>();
      manifests.all().forEach(each -> places.put(each.object().ref(), each.where()));
      List<ApplyReport.Row> rows = new ArrayList<>();
      outcomes.forEach(
          (ref, outcome) ->
              rows.add(ApplyReport.Row.of(ref, places.getOrDefault(ref, ""), outcome)));
      rows.addAll(ApplyReport.locked(manifests));
      return new ApplyReport(rows, manifests.failures(), Map.of()).print(surroundings, output);
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  /** What SOPS encrypted is opened; SopsSecrets are for whoever delivers them there. */
  private Manifests read(Surroundings surroundings, List<Path> sources, String usual)
      throws CommandFailure {
    try (SopsManifests sops = flux.open(surroundings, sources)) {
      return Manifests.read(sources, usual, new SopsFiles(sops, /* checking= */ false));
    }
  }

  private int onCluster(Surroundings surroundings, List<Path> sources, Duration patience)
      throws CommandFailure {
    Connection connection = cluster.connect(surroundings);
    String usual = namespace.orElse(connection.namespace());
    Manifests manifests = read(surroundings, sources, usual);
    try (Cluster server =
        new Cluster(
            connection,
            Kinds.ALL,
            dev.signet.kube.Options.defaults()
                .withFieldManager("signet")
                .withUserAgent("signet/" + Version.text()))) {
      Map<Ref, ApplyReport.Row> rows =
          new ClusterApply(
                  server.inspection(),
                  server.serverSideApply(forceConflicts, dryRun),
                  dryRun,
                  usual)
              .run(manifests.all());
      if (!dryRun) {
        new ClusterWait(surroundings, server.inspection(), patience).run(rows);
      }
      List<ApplyReport.Row> all = new ArrayList<>(rows.values());
      all.addAll(ApplyReport.locked(manifests));
      return new ApplyReport(all, manifests.failures(), ClusterChoice.tree(connection))
          .print(surroundings, output);
    }
  }
}
