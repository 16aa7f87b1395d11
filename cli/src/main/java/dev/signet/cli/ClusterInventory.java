package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import dev.signet.dialects.sealedsecrets.SealedSecretReport;
import dev.signet.kube.Cluster;
import dev.signet.kube.Connection;
import dev.signet.kube.Diagnostics;
import dev.signet.kube.Inspection;
import dev.signet.kube.Options;
import dev.signet.kube.Resource;
import dev.signet.kube.SecretOutline;
import dev.signet.operator.Kinds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in a cluster now, read live and with the rights of whoever asks. Delivered Secrets are
 * those that say so themselves: by an owner, a label or an annotation of the kinds known here.
 */
final class ClusterInventory implements Inventory {

  private static final String CUSTOM_RESOURCES =
      "the cluster knows no resources of Sealed Secrets or External Secrets";

  private final Connection connection;
  private final Cluster cluster;
  private final Inspection inspection;

  private ClusterInventory(Connection connection, Cluster cluster) {
    this.connection = connection;
    this.cluster = cluster;
    this.inspection = cluster.inspection();
  }

  static ClusterInventory open(Surroundings surroundings, ClusterChoice choice)
      throws CommandFailure {
    Connection connection = choice.connect(surroundings);
    return new ClusterInventory(
        connection,
        new Cluster(
            connection, Kinds.ALL, Options.defaults().withUserAgent("signet/" + Version.text())));
  }

  @Override
  public Map<String, Object> place() {
    return ClusterChoice.tree(connection);
  }

  @Override
  public Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("keys", "KEYS");
    columns.put("from", "FROM");
    columns.put("created", "CREATED");
    return columns;
  }

  @Override
  public String namespace() {
    return connection.namespace();
  }

  @Override
  public Seen<Listed> secrets(Optional<String> namespace) throws CommandFailure {
    List<Listed> rows = new ArrayList<>();
    try {
      for (SecretOutline outline :
          inspection.secrets(namespace.orElse(""), SealedSecretReport.ANNOTATIONS)) {
        Metadata metadata = outline.metadata();
        Optional<String> from = from(metadata);
        if (from.isPresent()) {
          Map<String, Object> facts = new LinkedHashMap<>();
          facts.put("keys", outline.keys());
          facts.put("from", from.get());
          facts.put("created", text(metadata.tree().get("creationTimestamp")));
          rows.add(new Listed(Ref.secret(metadata.namespace(), metadata.name()), facts));
        }
      }
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
    return Seen.all(rows);
  }

  private static Optional<String> from(Metadata secret) {
    return SealedSecretReport.maker(secret)
        .or(() -> ExternalSecretReport.owner(secret))
        .map(Ref::toString)
        .or(
            () ->
                ExternalSecretReport.manages(secret)
                    ? Optional.of("an ExternalSecret that does not own it")
                    : Optional.empty());
  }

  @Override
  public Opened secret(Ref ref) throws CommandFailure {
    Secret secret;
    try {
      secret =
          cluster
              .secret(ref.namespace(), ref.name())
              .orElseThrow(
                  () ->
                      CommandFailure.of(
                          ref + " does not exist in this cluster",
                          "`signet get secrets --cluster` lists what was delivered; `signet explain "
                              + ref.path()
                              + " --cluster` says what should bring it"));
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
    try {
      ClusterLineage lineage = ClusterLineage.sources(inspection, ref);
      Map<String, Origin> origins = new LinkedHashMap<>();
      for (String key : secret.data().items().keySet()) {
        lineage.key(key).from().stream().findFirst().ifPresent(from -> origins.put(key, from));
      }
      return new Opened(secret, origins);
    } catch (RuntimeException e) {
      secret.close();
      throw e;
    }
  }

  /** Every kind is asked for by itself: who may see some of them sees those. */
  @Override
  public Seen<Condition> resources(Optional<String> namespace) throws CommandFailure {
    List<Condition> rows = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    int missing = 0;
    boolean failed = false;
    Optional<ObjectsException> failure = Optional.empty();
    for (Resource resource : Kinds.ALL) {
      try {
        if (inspection.serves(resource)) {
          inspection
              .list(resource, namespace.orElse(""))
              .forEach(object -> rows.addAll(conditions(object)));
        } else {
          missing++;
          unseen.add("the cluster does not know " + resource.kind());
        }
      } catch (ObjectsException e) {
        failed = true;
        failure = Optional.of(e);
        unseen.add(e.getMessage());
      }
    }
    for (Resource resource :
        Stream.concat(Kinds.FURTHER.stream(), Kinds.GENERATORS.stream()).toList()) {
      try {
        // Not every cluster has these kinds, and none that are missing are no news.
        if (inspection.serves(resource)) {
          inspection
              .list(resource, namespace.orElse(""))
              .forEach(object -> rows.addAll(conditions(object)));
        }
      } catch (ObjectsException e) {
        failed = true;
        failure = Optional.of(e);
        unseen.add(e.getMessage());
      }
    }
    if (missing == Kinds.ALL.size()) {
      throw CommandFailure.of(
          CUSTOM_RESOURCES, "install them: signet crds | kubectl apply --server-side -f -");
    }
    if (rows.isEmpty() && failure.isPresent()) {
      throw CommandFailure.because(failure.get());
    }
    return new Seen<>(rows, unseen, failed);
  }

  private static List<Condition> conditions(KubeObject object) {
    List<Condition> rows = new ArrayList<>();
    for (Object each : list(map(object.tree().get("status")).get("conditions"))) {
      Map<?, ?> condition = map(each);
      rows.add(
          new Condition(
              object.ref(),
              text(condition.get("type")),
              text(condition.get("status")),
              text(condition.get("reason")),
              text(condition.get("message"))));
    }
    if (rows.isEmpty()) {
      boolean generator =
          Kinds.GENERATORS.stream().anyMatch(each -> each.kind().equals(object.ref().kind()));
      rows.add(
          new Condition(
              object.ref(),
              "",
              "",
              "",
              generator
                  ? "a generator has no status; what uses it has"
                  : "no operator has reported on it; is one at work?"));
    }
    return rows;
  }

  @Override
  public Seen<Happened> events(Optional<String> namespace) throws CommandFailure {
    List<Happened> rows = new ArrayList<>();
    try {
      for (KubeObject event : inspection.list(Diagnostics.EVENTS, namespace.orElse(""))) {
        Map<?, ?> tree = event.tree();
        Map<?, ?> about = map(tree.get("involvedObject"));
        boolean ours =
            Stream.concat(Kinds.ALL.stream(), Kinds.FURTHER.stream())
                .map(resource -> resource.kind())
                .anyMatch(
                    kind ->
                        kind.kind().equals(about.get("kind"))
                            && text(about.get("apiVersion")).startsWith(kind.group() + "/"));
        if (ours) {
          String place = text(about.get("namespace"));
          rows.add(
              new Happened(
                  time(tree),
                  "Warning".equals(tree.get("type")),
                  text(about.get("kind"))
                      + " "
                      + (place.isEmpty() ? "" : place + "/")
                      + text(about.get("name")),
                  text(tree.get("reason")),
                  text(tree.get("message")),
                  tree.get("count") instanceof Long count ? count : 1));
        }
      }
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
    rows.sort(Comparator.comparing(Happened::at));
    return Seen.all(rows);
  }

  /** Of an event as either of Kubernetes' two event APIs writes it. */
  private static String time(Map<?, ?> event) {
    for (String field : List.of("lastTimestamp", "eventTime", "firstTimestamp")) {
      if (!text(event.get(field)).isEmpty()) {
        return text(event.get(field));
      }
    }
    return text(map(event.get("metadata")).get("creationTimestamp"));
  }

  @Override
  public Lineage lineage(Ref ref) throws CommandFailure {
    ClusterLineage lineage = ClusterLineage.sources(inspection, ref);
    Optional<SecretOutline> outline = Optional.empty();
    String about;
    try {
      outline = inspection.secret(ref.namespace(), ref.name(), SealedSecretReport.ANNOTATIONS);
      about = outline.map(ClusterInventory::about).orElse("it does not exist");
    } catch (ObjectsException e) {
      lineage.unseen(e.getMessage());
      about = "not seen: the keys are those that its resources name";
    }
    if (outline.isEmpty() && lineage.declared().isEmpty() && lineage.unseen().isEmpty()) {
      throw CommandFailure.of(
          ref + " does not exist in this cluster, and no resource there describes it",
          "`signet get secrets --cluster -A` and `signet get resources --cluster -A` list what there is");
    }
    lineage.findConsumers();
    return lineage.with(outline.map(SecretOutline::keys).orElse(List.of()), about);
  }

  private static String about(SecretOutline outline) {
    return from(outline.metadata())
        .map(maker -> "of " + maker)
        .orElse("not delivered by a resource known here");
  }

  @Override
  public void close() {
    cluster.close();
  }

  static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
