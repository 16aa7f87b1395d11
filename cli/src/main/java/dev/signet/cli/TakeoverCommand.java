package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.dialects.externalsecrets.AccountTokens;
import dev.signet.dialects.externalsecrets.Stores;
import dev.signet.dialects.externalsecrets.Takeover;
import dev.signet.kube.Cluster;
import dev.signet.operator.Controllers;
import dev.signet.operator.Kinds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description =
        "Says what would happen to ExternalSecrets, PushSecrets and their cluster-wide kinds if"
            + " `signet operator` became their controller.",
    footer = {
      "",
      "Examples:",
      "  signet takeover --dry-run",
      "  signet takeover --dry-run -n production -o json",
      "",
      "No store is asked and nothing is written. What is not listed would be left as it is until",
      "its next refresh. To take over is to stop the other controller and to start the operator."
    })
final class TakeoverCommand implements Command {

  private static final String EXTERNAL_SECRET = "ExternalSecret";

  @Mixin Options options = new Options();

  @Mixin Options.Output output = new Options.Output();

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--dry-run", description = "Only say it; nothing else is possible here.")
  boolean dryRun;

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Only ExternalSecrets and PushSecrets of that namespace.")
  Optional<String> namespace = Optional.empty();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    if (!dryRun) {
      throw CommandFailure.usage(
          "taking over is starting the operator; this command only says what would happen",
          "use --dry-run");
    }
    List<Takeover.Finding> found = new ArrayList<>();
    Map<String, Long> looked = new LinkedHashMap<>();
    try (Cluster open =
        new Cluster(
            cluster.connection(surroundings),
            Kinds.TAKEN_OVER,
            dev.signet.kube.Options.defaults()
                .withWriteGate(() -> false)
                .withUserAgent("signet/" + Version.text()))) {
      Takeover takeover =
          new Takeover(
              open,
              new Stores(open, AccountTokens.NONE, Controllers.unasked()),
              surroundings.clock());
      for (GroupKind kind : Takeover.kinds()) {
        for (KubeObject each : open.list(kind)) {
          if (namespace.isEmpty() || namespace.get().equals(each.ref().namespace())) {
            looked.merge(kind.kind(), 1L, Long::sum);
            found.addAll(takeover.look(each));
            Takeover.finalizer(each).filter(_ -> holdsBack(kind)).ifPresent(found::add);
          }
        }
      }
      if (namespace.isEmpty()) {
        for (GroupKind kind : Kinds.HELD_BACK) {
          open.list(kind).forEach(each -> Takeover.finalizer(each).ifPresent(found::add));
        }
      }
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
    output.print(surroundings, () -> print(surroundings, looked, found), () -> tree(looked, found));
    return ExitCode.OK;
  }

  /** The others are looked at with what else upstream holds back. */
  private static boolean holdsBack(GroupKind kind) {
    return !Kinds.HELD_BACK.contains(kind);
  }

  private static void print(
      Surroundings surroundings, Map<String, Long> looked, List<Takeover.Finding> found) {
    long external = looked.getOrDefault(EXTERNAL_SECRET, 0L);
    surroundings
        .out()
        .println(
            quiet(EXTERNAL_SECRET, external, found)
                + " would be left as they are until their next refresh");
    looked.forEach(
        (kind, count) -> {
          if (!kind.equals(EXTERNAL_SECRET)) {
            surroundings.out().println(quiet(kind, count, found) + " too");
          }
        });
    Table table = new Table("KIND", "NAME", "WOULD", "WHY");
    for (Takeover.Finding each : found) {
      table.row(each.about().kind().kind(), each.about().path(), would(each.kind()), each.why());
    }
    if (!table.isEmpty()) {
      table.print(surroundings.out());
    }
  }

  private static String quiet(String kind, long looked, List<Takeover.Finding> found) {
    long loud =
        found.stream()
            .filter(each -> each.kind() != Takeover.Kind.FINALIZER)
            .map(Takeover.Finding::about)
            .filter(about -> about.kind().kind().equals(kind))
            .distinct()
            .count();
    return (looked - loud) + " of " + looked + " " + kind + "s";
  }

  private static String would(Takeover.Kind kind) {
    return switch (kind) {
      case FETCH -> "be fetched";
      case PUSH -> "be pushed";
      case WRITE -> "write";
      case REFUSAL -> "be refused";
      case FINALIZER -> "lose it when deleted";
    };
  }

  private static Map<String, Object> tree(Map<String, Long> looked, List<Takeover.Finding> found) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("externalSecrets", looked.getOrDefault(EXTERNAL_SECRET, 0L));
    tree.put("looked", new LinkedHashMap<>(looked));
    List<Object> all = new ArrayList<>();
    for (Takeover.Finding each : found) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("kind", each.about().kind().kind());
      one.put("namespace", each.about().namespace());
      one.put("name", each.about().name());
      one.put("would", each.kind().name().toLowerCase(java.util.Locale.ROOT));
      one.put("why", each.why());
      all.add(one);
    }
    tree.put("findings", all);
    return tree;
  }
}
