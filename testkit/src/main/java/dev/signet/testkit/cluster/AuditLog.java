package dev.signet.testkit.cluster;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The audit log of an API server: one entry for each request, written when it ended. */
public final class AuditLog {

  private final Path file;

  AuditLog(Path file) {
    this.file = file;
  }

  /**
   * A request that ended. What it has not is empty: a list has no name, a health check no resource.
   *
   * @param verb get, list, watch, create, update, patch, delete, deletecollection
   * @param status the HTTP status of the answer
   */
  public record Entry(
      String user,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name,
      String uri,
      int status) {}

  /** All entries so far, oldest first. A watch is in it once it has ended. */
  public List<Entry> entries() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    // The last line may be half written.
    return Jsonl.rows(text.substring(0, text.lastIndexOf('\n') + 1)).stream()
        .filter(row -> row.text("stage").equals("ResponseComplete"))
        .map(AuditLog::entry)
        .toList();
  }

  /** How many of them. */
  public long count(Predicate<Entry> which) throws IOException {
    return entries().stream().filter(which).count();
  }

  private static Entry entry(Jsonl.Row row) {
    Optional<Jsonl.Row> object =
        row.has("objectRef") ? Optional.of(row.row("objectRef")) : Optional.empty();
    return new Entry(
        row.row("user").optionalText("username").orElse(""),
        row.text("verb"),
        field(object, "apiGroup"),
        field(object, "resource"),
        field(object, "subresource"),
        field(object, "namespace"),
        field(object, "name"),
        row.text("requestURI"),
        row.has("responseStatus") && row.row("responseStatus").has("code")
            ? row.row("responseStatus").integer("code")
            : 0);
  }

  private static String field(Optional<Jsonl.Row> object, String field) {
    return object.flatMap(row -> row.optionalText(field)).orElse("");
  }
}
