import java.util.Locale;
import java.util.Map;

/** The results as tables in Markdown. */
final class Report {

  private Report() {}

  static void print(Map<String, Object> results) {
    line(results.get("machine") + "; " + results.get("sizes"));
    results.forEach((name, result) -> {
      if (name.startsWith("cold") || name.startsWith("restart") || name.startsWith("refreshed")) {
        work(name, rows(result));
      }
    });
    results.forEach((name, result) -> {
      if (name.startsWith("bulk")) {
        bulk(name, rows(result));
      }
    });
    if (results.containsKey("start")) {
      line("");
      line("| start to first Secret, median | wall | CPU |");
      line("|---|---|---|");
      rows(results.get("start")).forEach(
          (who, row) -> line("| %s | %.2f s | %.2f s |", who, row.get("seconds"), row.get("cpu")));
    }
    line("");
    line("| memory, MiB | RSS | peak | live heap | CPU so far |");
    line("|---|---|---|---|---|");
    rows(results.get("memory")).forEach((who, moments) -> moments.forEach((when, moment) -> {
      Map<String, Object> row = rows(Map.of("row", moment)).get("row");
      line("| %s, %s | %.0f | %.0f | %s | %.1f s |", who, when, row.get("rss"), row.get("peak"),
          row.containsKey("liveHeap") ? text("%.1f", row.get("liveHeap")) : "", row.get("cpu"));
    }));
  }

  private static void work(String name, Map<String, Map<String, Object>> rows) {
    line("");
    boolean servers = rows.values().stream().anyMatch(row -> row.containsKey("serversPerObject"));
    line("| " + name + " | objects seen | objects/s | all of them | CPU an object | requests an object | Secrets written |"
        + (servers ? " CPU of API server and etcd an object |" : ""));
    line("|---|---|---|---|---|---|---|" + (servers ? "---|" : ""));
    rows.forEach((who, row) -> line(text("| %s | %d | %.1f | %s | %.1f ms | %.2f | %d |", who, row.get("objects"), row.get("rate"),
        took(row),
        (double) row.get("cpuPerObject") * 1000, row.get("requestsPerObject"), row.get("secretWrites"))
        + (!servers ? "" : row.containsKey("serversPerObject") ? text(" %.1f ms |", (double) row.get("serversPerObject") * 1000) : "  |")));
  }

  private static String took(Map<String, Object> row) {
    if (row.containsKey("ended")) {
      return "ended by itself";
    }
    String calls = row.containsKey("storeCalls")
        ? text(", %d answers of the store, %d refusals", row.get("storeCalls"), row.get("throttled"))
        : "";
    return (row.containsKey("seconds")
        ? text("%.1f s", row.get("seconds"))
        : text("%.0f s by the rate", row.get("extrapolated"))) + calls;
  }

  private static void bulk(String name, Map<String, Map<String, Object>> rows) {
    line("");
    line("| " + name + " | documents | documents/s | all of them | CPU a document |");
    line("|---|---|---|---|---|");
    rows.forEach((who, row) -> line("| %s | %d | %.1f | %.2f s | %.1f ms |", who, row.get("documents"), row.get("rate"),
        row.get("seconds"), (double) row.get("cpuPerDocument") * 1000));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> rows(Object result) {
    return (Map<String, Map<String, Object>>) result;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static void line(String format, Object... values) {
    System.out.println(values.length == 0 ? format : text(format, values));
  }
}
