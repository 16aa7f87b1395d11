package dev.signet.cli;

import static dev.signet.cli.ClusterInventory.list;
import static dev.signet.cli.ClusterInventory.map;
import static dev.signet.cli.ClusterInventory.text;

import dev.signet.core.Origin;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.kube.Diagnostics;
import dev.signet.kube.Inspection;
import dev.signet.kube.Resource;
import dev.signet.operator.Kinds;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Shows the stores: whether each is ready, and why not. Of a cluster also what its operator counts",
      "since it started (calls, refusals because of too many, reads that shared a call, the rate in",
      "force) and what generators made that lasts, with its end. Of a directory what came from each",
      "store when it was applied last. No store is asked."
    },
    footer = {
      "",
      "Examples:",
      "  signet stores",
      "  signet stores --cluster -A",
      "  signet stores --context staging -n production -o json",
      "  kubectl -n signet-system port-forward deployment/signet 8080 &",
      "  signet stores --cluster -A --metrics http://localhost:8080/metrics",
      "",
      "The operator's numbers are read through the API server, which takes the right to get",
      "pods/proxy where it runs; without it, use --metrics."
    })
final class StoresCommand implements Command {

  private static final int MOST = 64 * 1024 * 1024;

  @Mixin Options options = new Options();

  @Mixin Options.State state = new Options.State();

  @Mixin Options.Output output = new Options.Output();

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

  @Option(
      names = "--operator-namespace",
      paramLabel = "NAME",
      defaultValue = "signet-system",
      description = "Where the operator is; default ${DEFAULT-VALUE}.")
  String operator = "";

  @Option(
      names = "--operator-label",
      paramLabel = "NAME=VALUE",
      defaultValue = "app.kubernetes.io/name=signet",
      description = "The label of its pods; default ${DEFAULT-VALUE}.")
  String label = "";

  @Option(
      names = "--operator-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Where they serve metrics; default ${DEFAULT-VALUE}.")
  int port;

  @Option(
      names = "--metrics",
      paramLabel = "URL",
      description = "Read the operator's metrics there instead.")
  Optional<String> metrics = Optional.empty();

  /** A store; of a directory with the number of keys that came from it, and when. */
  private record Row(
      Ref store,
      String provider,
      String ready,
      String reason,
      String message,
      Optional<StoreTraffic> traffic,
      long keys,
      Optional<Instant> last) {}

  /** What a generator made that lasts. */
  private record Lease(
      Ref note, String generator, String owner, Optional<Instant> ends, Optional<Instant> gone) {}

  /** What was seen, and what could not be. */
  private static final class Seen {
    final List<Row> rows = new ArrayList<>();
    final List<Lease> leases = new ArrayList<>();
    final List<String> unseen = new ArrayList<>();
    boolean failed;

    void unseen(String why) {
      unseen.add(why);
      failed = true;
    }
  }

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    if (allNamespaces && namespace.isPresent()) {
      throw CommandFailure.usage("-n and -A exclude each other", "use one of them");
    }
    if (label.indexOf('=') <= 0) {
      throw CommandFailure.usage("--operator-label " + label + " is no label", "use NAME=VALUE");
    }
    cluster.only(state.place.folder.isPresent(), "--state", /* onCluster= */ false);
    cluster.only(metrics.isPresent(), "--metrics", /* onCluster= */ true);
    return cluster.chosen() ? ofCluster(surroundings) : ofDirectory(surroundings);
  }

  private int ofDirectory(Surroundings surroundings) throws CommandFailure {
    Seen seen = new Seen();
    try (State remembered = Projects.of(surroundings, state).read()) {
      Directory plain = Projects.remembered(surroundings, remembered);
      Manifests manifests =
          Manifests.read(plain.remembered().stream().map(Path::of).toList(), "default");
      Directory directory =
          new Directory(remembered, manifests, surroundings.clock(), surroundings.random());
      Map<String, Long> keys = new TreeMap<>();
      Map<String, Instant> last = new TreeMap<>();
      for (Delivery each : directory.deliveries()) {
        for (Origin origin : each.origins().values()) {
          keys.merge(origin.source(), 1L, Long::sum);
          last.merge(origin.source(), each.at(), (one, other) -> one.isAfter(other) ? one : other);
        }
      }
      for (Map.Entry<Ref, Fields> each : directory.statuses().entrySet()) {
        Ref ref = each.getKey();
        boolean wanted =
            namespace.isEmpty()
                || ref.namespace().isEmpty()
                || ref.namespace().equals(namespace.get());
        if (isStore(ref) && wanted) {
          String source = ref.kind().kind() + "/" + ref.path();
          KubeObject object =
              new KubeObject(ref, "", Map.of("status", conditions(each.getValue())));
          Row row =
              row(
                  object,
                  directory.get(ref).map(StoresCommand::provider).orElse(""),
                  Optional.empty());
          seen.rows.add(
              new Row(
                  ref,
                  row.provider(),
                  row.ready(),
                  row.reason(),
                  row.message(),
                  Optional.empty(),
                  keys.getOrDefault(source, 0L),
                  Optional.ofNullable(last.get(source))));
        }
      }
    } catch (StateException | MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
    return print(surroundings, seen, Map.of());
  }

  private static Map<String, Object> conditions(Fields status) throws MalformedObjectException {
    List<?> conditions = status.list("conditions");
    return Map.of("conditions", conditions);
  }

  private static boolean isStore(Ref ref) {
    return ref.kind().equals(Kinds.SECRET_STORES.kind())
        || ref.kind().equals(Kinds.CLUSTER_SECRET_STORES.kind());
  }

  private int ofCluster(Surroundings surroundings) throws CommandFailure {
    Connection connection = cluster.connect(surroundings);
    Optional<String> where =
        allNamespaces ? Optional.empty() : namespace.or(() -> Optional.of(connection.namespace()));
    Seen seen = new Seen();
    try (Cluster open =
        new Cluster(
            connection,
            List.of(Kinds.SECRET_STORES, Kinds.CLUSTER_SECRET_STORES, Diagnostics.PODS),
            dev.signet.kube.Options.defaults().withUserAgent("signet/" + Version.text()))) {
      Inspection inspection = open.inspection();
      List<KubeObject> stores = new ArrayList<>();
      for (Resource resource : List.of(Kinds.SECRET_STORES, Kinds.CLUSTER_SECRET_STORES)) {
        stores.addAll(listed(inspection, resource, where, seen));
      }
      Optional<Map<Ref, StoreTraffic>> traffic = traffic(open.diagnostics(), seen);
      for (KubeObject each : stores) {
        // Of a store that it never asked an operator has counted nothing.
        seen.rows.add(
            row(
                each,
                provider(each),
                traffic.map(all -> all.getOrDefault(each.ref(), StoreTraffic.NONE))));
      }
      for (KubeObject each : listed(inspection, Kinds.GENERATOR_STATES, where, seen)) {
        seen.leases.add(lease(each));
      }
    }
    return print(surroundings, seen, ClusterChoice.tree(connection));
  }

  private static List<KubeObject> listed(
      Inspection inspection, Resource resource, Optional<String> namespace, Seen seen) {
    try {
      return inspection.serves(resource)
          ? inspection.list(resource, resource.namespaced() ? namespace.orElse("") : "")
          : List.of();
    } catch (ObjectsException e) {
      seen.unseen(e.getMessage());
      return List.of();
    }
  }

  /** Of all pods of the operator together; empty where none could be asked. */
  private Optional<Map<Ref, StoreTraffic>> traffic(Diagnostics diagnostics, Seen seen) {
    Map<Ref, StoreTraffic> all = new TreeMap<>();
    int read = 0;
    try {
      if (metrics.isPresent()) {
        add(served(metrics.get()), all);
        return Optional.of(all);
      }
      int equals = label.indexOf('=');
      List<String> pods =
          diagnostics.pods(operator, label.substring(0, equals), label.substring(equals + 1));
      if (pods.isEmpty()) {
        seen.unseen.add(
            "what an operator counts: no pods with the label "
                + label
                + " in namespace "
                + operator
                + "; name theirs, or use --metrics");
      }
      for (String pod : pods) {
        try {
          add(diagnostics.served(operator, pod, port, "/metrics"), all);
          read++;
        } catch (ObjectsException e) {
          seen.unseen(String.valueOf(e.getMessage()));
        }
      }
    } catch (ObjectsException | IOException e) {
      seen.unseen("what an operator counts: " + e.getMessage());
    }
    return read == 0 ? Optional.empty() : Optional.of(all);
  }

  private static void add(String text, Map<Ref, StoreTraffic> all) {
    StoreTraffic.parse(text).forEach((ref, each) -> all.merge(ref, each, StoreTraffic::and));
  }

  private static String served(String url) throws IOException {
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          throw new IOException(url + " answered " + answer.statusCode());
        }
        return new String(body.readNBytes(MOST), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(url + " is no address such as http://localhost:8080/metrics", e);
    } catch (java.net.ConnectException e) {
      throw new IOException("nobody answers at " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + url + " was read", e);
    }
  }

  private static String provider(KubeObject store) {
    Map<?, ?> provider = map(map(store.tree().get("spec")).get("provider"));
    return provider.size() == 1 ? String.valueOf(provider.keySet().iterator().next()) : "";
  }

  private static Row row(KubeObject store, String provider, Optional<StoreTraffic> traffic) {
    for (Object each : list(map(store.tree().get("status")).get("conditions"))) {
      Map<?, ?> condition = map(each);
      if (text(condition.get("type")).equals("Ready")) {
        return new Row(
            store.ref(),
            provider,
            text(condition.get("status")),
            text(condition.get("reason")),
            text(condition.get("message")),
            traffic,
            0,
            Optional.empty());
      }
    }
    return new Row(
        store.ref(),
        provider,
        "",
        "",
        "no operator has reported on it; is one at work?",
        traffic,
        0,
        Optional.empty());
  }

  private static Lease lease(KubeObject note) {
    Map<?, ?> spec = map(note.tree().get("spec"));
    Map<?, ?> resource = map(spec.get("resource"));
    String owner = "";
    for (Object each : list(map(note.tree().get("metadata")).get("ownerReferences"))) {
      owner = text(map(each).get("kind")) + " " + text(map(each).get("name"));
    }
    return new Lease(
        note.ref(),
        text(resource.get("kind")) + " " + text(map(resource.get("metadata")).get("name")),
        owner,
        time(map(spec.get("state")).get("ends")),
        time(spec.get("garbageCollectionDeadline")));
  }

  private static Optional<Instant> time(@Nullable Object value) {
    try {
      return Optional.of(text(value)).filter(it -> !it.isEmpty()).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private int print(Surroundings surroundings, Seen seen, Map<String, Object> place) {
    output.print(
        surroundings,
        () -> {
          table(surroundings, seen, surroundings.clock().instant());
          surroundings.out().flush();
          seen.unseen.forEach(why -> surroundings.err().println("not shown: " + why));
        },
        () -> tree(seen, place));
    return seen.failed ? ExitCode.FAILED : ExitCode.OK;
  }

  private void table(Surroundings surroundings, Seen seen, Instant now) {
    boolean counted = seen.rows.stream().anyMatch(row -> row.traffic().isPresent());
    List<String> headings = new ArrayList<>(List.of("STORE", "PROVIDER", "READY", "REASON"));
    if (counted) {
      headings.addAll(List.of("CALLS", "FAILED", "THROTTLED", "SHARED", "RATE"));
    } else if (!cluster.chosen()) {
      headings.addAll(List.of("KEYS", "LAST DELIVERY"));
    }
    headings.add("MESSAGE");
    Table table = new Table(headings.toArray(String[]::new));
    for (Row row : seen.rows) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  row.store().toString(),
                  row.provider(),
                  row.ready().isEmpty() ? "Unknown" : row.ready(),
                  row.reason()));
      if (counted) {
        cells.addAll(row.traffic().map(StoresCommand::cells).orElse(List.of("", "", "", "", "")));
      } else if (!cluster.chosen()) {
        cells.add(Long.toString(row.keys()));
        cells.add(row.last().map(Instant::toString).orElse(""));
      }
      cells.add(row.ready().equals("True") ? "" : row.message().replace('\n', ' '));
      table.row(cells.toArray(String[]::new));
    }
    if (table.isEmpty()) {
      surroundings.err().println("no stores" + (cluster.chosen() ? "; -A looks everywhere" : ""));
    } else {
      table.print(surroundings.out());
    }
    if (!seen.leases.isEmpty()) {
      surroundings.out().println();
      Table leases = new Table("LEASE", "OF", "FOR", "ENDS");
      for (Lease each : seen.leases) {
        leases.row(each.note().path(), each.generator(), each.owner(), ends(each, now));
      }
      leases.print(surroundings.out());
    }
  }

  private static List<String> cells(StoreTraffic traffic) {
    return List.of(
        Long.toString(traffic.answered() + traffic.failed()),
        Long.toString(traffic.failed()),
        Long.toString(traffic.throttled()),
        Long.toString(traffic.shared()),
        traffic.parked()
            ? "parked"
            : traffic.perSecond().isPresent()
                ? String.format(Locale.ROOT, "%.3g/s", traffic.perSecond().getAsDouble())
                : "no limit");
  }

  private static String ends(Lease lease, Instant now) {
    if (lease.gone().isPresent()) {
      return "replaced, is taken back " + when(lease.gone().get(), now);
    }
    return lease.ends().map(at -> when(at, now)).orElse("not by itself");
  }

  private static String when(Instant at, Instant now) {
    Duration left = Duration.between(now, at);
    String text =
        left.abs().toString().substring(2).toLowerCase(Locale.ROOT).replaceAll("\\.[0-9]+s", "s");
    return left.isNegative() ? text + " ago" : "in " + text;
  }

  private Object tree(Seen seen, Map<String, Object> place) {
    Map<String, Object> tree = new LinkedHashMap<>();
    if (!place.isEmpty()) {
      tree.put("cluster", place);
    }
    List<Object> rows = new ArrayList<>();
    for (Row row : seen.rows) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("kind", row.store().kind().kind());
      one.put("namespace", row.store().namespace());
      one.put("name", row.store().name());
      one.put("provider", row.provider());
      one.put("ready", row.ready());
      one.put("reason", row.reason());
      one.put("message", row.message());
      row.traffic()
          .ifPresent(
              traffic -> {
                Map<String, Object> counted = new LinkedHashMap<>();
                counted.put("answered", traffic.answered());
                counted.put("failed", traffic.failed());
                counted.put("throttled", traffic.throttled());
                counted.put("shared", traffic.shared());
                traffic.perSecond().ifPresent(rate -> counted.put("perSecond", rate));
                counted.put("parked", traffic.parked());
                one.put("calls", counted);
              });
      if (!cluster.chosen()) {
        one.put("keys", row.keys());
        row.last().ifPresent(at -> one.put("lastDelivery", at.toString()));
      }
      rows.add(one);
    }
    tree.put("stores", rows);
    if (cluster.chosen()) {
      List<Object> leases = new ArrayList<>();
      for (Lease each : seen.leases) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("namespace", each.note().namespace());
        one.put("name", each.note().name());
        one.put("of", each.generator());
        one.put("for", each.owner());
        each.ends().ifPresent(at -> one.put("ends", at.toString()));
        each.gone().ifPresent(at -> one.put("takenBack", at.toString()));
        leases.add(one);
      }
      tree.put("leases", leases);
      tree.put("unseen", seen.unseen);
    }
    return tree;
  }
}
