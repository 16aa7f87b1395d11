import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The requests of one user in an audit log, from a place in it on; read as it grows. */
final class Audit {

  /**
   * A request that ended well.
   *
   * @param what such as "get secrets" or "update sealedsecrets/status"
   */
  record Request(String what, String name, Instant at) {}

  private final Path log;
  private final String user;
  private final List<Request> requests = new ArrayList<>();
  private long read;

  private Audit(Path log, String user, long from) {
    this.log = log;
    this.user = user;
    this.read = from;
  }

  /** What that user asks from now on. */
  static Audit of(Path log, String user) throws IOException {
    return new Audit(log, user, Files.exists(log) ? Files.size(log) : 0);
  }

  /** All so far, oldest first; watches, and what concerns no resource, aside. */
  List<Request> requests() throws IOException {
    byte[] more;
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(read);
      more = new byte[(int) (file.length() - read)];
      file.readFully(more);
    }
    int end = more.length;
    while (end > 0 && more[end - 1] != '\n') {
      end--;
    }
    read += end;
    new String(more, 0, end, StandardCharsets.UTF_8).lines()
        .filter(line -> line.contains(user) && line.contains("\"objectRef\"") && !line.contains("\"verb\":\"watch\""))
        .forEach(this::add);
    return requests;
  }

  private void add(String line) {
    Jsonl.Row row = Jsonl.row(line);
    if (row.row("user").optionalText("username").filter(user::equals).isPresent()
        && row.text("stage").equals("ResponseComplete")) {
      Jsonl.Row object = row.row("objectRef");
      requests.add(new Request(
          row.text("verb") + " " + object.text("resource") + object.optionalText("subresource").map("/"::concat).orElse(""),
          object.optionalText("name").orElse(""),
          Instant.parse(row.text("stageTimestamp"))));
    }
  }

  List<Instant> times(String what) throws IOException {
    return requests().stream().filter(request -> request.what().equals(what)).map(Request::at).sorted().toList();
  }

  /** How many of each. */
  Map<String, Integer> counts() throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    requests().forEach(request -> counts.merge(request.what(), 1, Integer::sum));
    return counts;
  }
}
