package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import dev.signet.dialects.sealedsecrets.SealedSecretReport;
import dev.signet.kube.Inspection;
import dev.signet.kube.Resource;
import dev.signet.operator.Kinds;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Waits until an operator has reported on objects as they are now: until all are delivered, or have
 * been failing the same way for a while, or time is up. A failure is not believed at once, because
 * what is applied together comes about one after the other: a store is not ready yet, and the
 * ExternalSecret is tried again.
 */
final class ClusterWait {

  private static final Duration STANDS = Duration.ofSeconds(5);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** What is awaited, and since when it has been failing like that. */
  private static final class Awaited {
    private final Ref ref;
    private final Resource resource;
    private Standing standing = new Standing.Unseen();
    private long since = System.nanoTime();

    private Awaited(Ref ref, Resource resource) {
      this.ref = ref;
      this.resource = resource;
    }

    private void is(Standing now) {
      if (!now.equals(standing)) {
        standing = now;
        since = System.nanoTime();
      }
    }

    private boolean over() {
      return switch (standing) {
        case Standing.Unseen _ -> false;
        case Standing.Delivered _ -> true;
        case Standing.Failing _ -> System.nanoTime() - since > STANDS.toNanos();
      };
    }
  }

  private final Surroundings surroundings;
  private final Inspection inspection;
  private final Duration limit;
  private final Map<Ref, Awaited> all = new LinkedHashMap<>();
  private final Map<Ref, String> failures = new HashMap<>();

  ClusterWait(Surroundings surroundings, Inspection inspection, Duration limit) {
    this.surroundings = surroundings;
    this.inspection = inspection;
    this.limit = limit;
  }

  /** Waits for those among the rows that an operator reports on, and says how each ended. */
  void run(Map<Ref, ApplyReport.Row> rows) {
    rows.values().stream()
        .filter(row -> row.reason().isEmpty())
        .forEach(
            row ->
                resource(row.ref().kind())
                    .ifPresent(found -> all.put(row.ref(), new Awaited(row.ref(), found))));
    if (all.isEmpty() || limit.isZero()) {
      return;
    }
    await();
    all.values().forEach(each -> rows.computeIfPresent(each.ref, (_, row) -> ended(row, each)));
  }

  private static Optional<Resource> resource(GroupKind kind) {
    return Stream.concat(Kinds.ALL.stream(), Kinds.FURTHER.stream())
        .filter(each -> each.kind().equals(kind))
        .findFirst();
  }

  private void await() {
    surroundings
        .err()
        .println(
            "waiting up to "
                + limit.toSeconds()
                + " s for an operator to deliver "
                + (all.size() == 1 ? "1 resource" : all.size() + " resources"));
    surroundings.err().flush();
    ProgressBar bar = new ProgressBar(surroundings, "delivering");
    Map<Ref, Awaited> pending = new LinkedHashMap<>(all);
    long end = System.nanoTime() + limit.toNanos();
    Duration pause = SHORTEST_PAUSE;
    do {
      for (Iterator<Awaited> each = pending.values().iterator(); each.hasNext(); ) {
        Awaited awaited = each.next();
        if (look(awaited) || awaited.over()) {
          each.remove();
        }
      }
      bar.at(all.size() - pending.size(), all.size());
      pause = pause.multipliedBy(2);
    } while (!pending.isEmpty()
        && System.nanoTime() < end
        && sleep(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause));
    bar.end();
  }

  /** Whether no other look can help. */
  private boolean look(Awaited awaited) {
    failures.remove(awaited.ref);
    try {
      Optional<KubeObject> object =
          inspection.get(awaited.resource, awaited.ref.namespace(), awaited.ref.name());
      if (object.isEmpty()) {
        failures.put(awaited.ref, "somebody deleted it meanwhile");
        return true;
      }
      awaited.is(
          awaited.resource.equals(Kinds.SEALED_SECRETS)
              ? SealedSecretReport.standing(object.get())
              : ExternalSecretReport.standing(object.get()));
      return false;
    } catch (ObjectsException e) {
      failures.put(awaited.ref, e.getMessage());
      return e.problem() instanceof Problem.Denied;
    }
  }

  private static boolean sleep(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ApplyReport.Row ended(ApplyReport.Row row, Awaited awaited) {
    Ref ref = row.ref();
    String failure = failures.get(ref);
    if (failure != null) {
      return ApplyReport.Row.failed(
          ref,
          row.file(),
          "unknown",
          "Unseen",
          "applied, but what became of it is unknown: " + failure);
    }
    return switch (awaited.standing) {
      case Standing.Delivered _ ->
          ApplyReport.Row.delivered(ref, row.file(), ApplyReport.Row.good(ref));
      case Standing.Failing(String reason, String message) ->
          ApplyReport.Row.failed(
              ref,
              row.file(),
              "failed",
              reason,
              message.replace('\n', ' ')
                  + "; more with `signet get events --cluster"
                  + (ref.namespace().isEmpty() ? " -A" : " -n " + ref.namespace())
                  + "`");
      case Standing.Unseen _ ->
          ApplyReport.Row.failed(
              ref,
              row.file(),
              "waiting",
              "NobodyReports",
              "applied, but no operator has reported on it within "
                  + limit.toSeconds()
                  + " s; is one at work here, and do its namespaces and label selector include this?"
                  + " `signet operator --help` says how to start one");
    };
  }
}
