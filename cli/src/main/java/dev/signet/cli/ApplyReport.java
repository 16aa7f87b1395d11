package dev.signet.cli;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of applied manifests, in a directory or on a cluster.
 *
 * @param unreadable manifests that were passed over, and why
 * @param place what programs are told of the cluster; empty for a directory
 */
record ApplyReport(List<Row> rows, List<Manifests.Failure> unreadable, Map<String, Object> place) {

  ApplyReport {
    rows = List.copyOf(rows);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * What became of one object.
   *
   * @param result for people, a word or two
   * @param delivered empty where nobody looked
   * @param reason why it failed, one word; empty when it did not
   */
  record Row(
      Ref ref,
      String file,
      String result,
      Optional<Boolean> delivered,
      String reason,
      String message) {

    static Row done(Ref ref, String file, String result) {
      return new Row(ref, file, result, Optional.empty(), "", "");
    }

    static Row delivered(Ref ref, String file, String result) {
      return new Row(ref, file, result, Optional.of(true), "", "");
    }

    static Row failed(Ref ref, String file, String how, String reason, String message) {
      return new Row(ref, file, how + ": " + reason, Optional.of(false), reason, message);
    }

    static Row of(Ref ref, String file, Outcome outcome) {
      return switch (outcome) {
        case Outcome.Done _, Outcome.After _ -> delivered(ref, file, good(ref));
        case Outcome.Retry(String reason, String message) ->
            failed(ref, file, "failed", reason, message);
        case Outcome.Stalled(String reason, String message) ->
            failed(ref, file, "refused", reason, message);
      };
    }

    /** The word for a success. */
    static String good(Ref ref) {
      boolean store = ref.kind().kind().endsWith("SecretStore");
      return store ? "ready" : ref.kind().equals(GroupKind.SECRET) ? "applied" : "delivered";
    }
  }

  /** Prints it and returns the exit code. */
  int print(Surroundings surroundings, Options.Output output) {
    output.print(surroundings, () -> table(surroundings), this::tree);
    return good() ? ExitCode.OK : ExitCode.NOT_DELIVERED;
  }

  /** Whether all was read and delivered. */
  boolean good() {
    return unreadable.isEmpty() && rows.stream().allMatch(row -> row.delivered().orElse(true));
  }

  /** What stayed encrypted of those manifests. */
  static List<Row> locked(Manifests manifests) {
    List<Row> rows = new ArrayList<>();
    manifests
        .locked()
        .forEach(
            (ref, failure) ->
                rows.add(
                    Row.failed(
                        ref, failure.where(), "refused", "DecryptionFailed", failure.why())));
    return rows;
  }

  private Map<String, Object> tree() {
    List<Object> resources = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> resource = new LinkedHashMap<>();
      resource.put("kind", row.ref().kind().kind());
      resource.put("namespace", row.ref().namespace());
      resource.put("name", row.ref().name());
      resource.put("file", row.file());
      if (!place.isEmpty()) {
        resource.put("result", row.result());
      }
      row.delivered().ifPresent(delivered -> resource.put("delivered", delivered));
      if (!row.reason().isEmpty()) {
        resource.put("reason", row.reason());
        resource.put("message", row.message());
      }
      resources.add(resource);
    }
    List<Object> failures = new ArrayList<>();
    for (Manifests.Failure failure : unreadable) {
      failures.add(Map.of("file", failure.where(), "message", failure.why()));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    if (!place.isEmpty()) {
      tree.put("cluster", place);
    }
    tree.put("resources", resources);
    tree.put("unreadable", failures);
    return tree;
  }

  private void table(Surroundings surroundings) {
    Table table = new Table("KIND", "NAME", "RESULT", "FILE");
    rows.forEach(
        row -> table.row(row.ref().kind().kind(), row.ref().path(), row.result(), row.file()));
    if (table.isEmpty()) {
      surroundings
          .out()
          .println(
              place.isEmpty()
                  ? "nothing to deliver: no secret resources in these manifests"
                  : "nothing to apply: no objects in these manifests");
    } else {
      table.print(surroundings.out());
    }
    surroundings.out().flush();
    errors(surroundings);
  }

  /** Why each failed that did, for people. */
  void errors(Surroundings surroundings) {
    for (Row row : rows) {
      if (!row.reason().isEmpty()) {
        Signet.error(surroundings, row.ref() + ": " + row.message(), "");
      }
    }
    for (Manifests.Failure failure : unreadable) {
      boolean located = failure.why().startsWith(failure.where());
      Signet.error(
          surroundings, located ? failure.why() : failure.where() + ": " + failure.why(), "");
    }
  }
}
