import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A controller as a process of this machine that believes to be in a pod: in a mount namespace of its own, with a service
 * account at the usual place and, for ours, the program where its image has it. It is read from outside only: its
 * metrics, and what the kernel says of the process. Linux, as root.
 */
final class Program implements AutoCloseable {

  /** Enters the place: $1 the service account, $2 what is to be at /opt/signet or nothing. */
  private static final String ENTER = """
      mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io && [ /var/run/secrets -ef /run/secrets ] || exit
      cp -R "$1" /run/secrets/kubernetes.io/serviceaccount || exit
      if [ -n "$2" ]; then mount -t tmpfs tmpfs /opt && mkdir /opt/signet && mount --bind "$2" /opt/signet || exit; fi
      shift 2
      exec "$@"
      """;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final double TICKS = 100;

  private final Process process;
  private final int port;
  private final String counted;
  private final Path log;
  final Instant started;

  private Program(Process process, int port, String counted, Path log, Instant started) {
    this.process = process;
    this.port = port;
    this.counted = counted;
    this.log = log;
    this.started = started;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** The kernel kills it when the calling thread ends. Metrics that start with {@code counted} are its looks at objects. */
  static Program start(Path account, String home, Map<String, String> environment, List<String> command, int port,
      String counted, Path log) throws IOException {
    List<String> whole = new ArrayList<>(
        List.of("setpriv", "--pdeathsig", "KILL", "--", "unshare", "-m", "sh", "-c", ENTER, "sh", account.toString(), home));
    whole.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(true)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Instant started = Instant.now();
    return new Program(builder.start(), port, counted, log, started);
  }

  long pid() {
    return process.pid();
  }

  /** How many looks it says it has taken at objects since its start; 0 as long as it does not answer. */
  int looks() throws IOException, InterruptedException {
    orFail();
    try {
      String metrics = HTTP.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).timeout(Duration.ofSeconds(10)).build(),
          HttpResponse.BodyHandlers.ofString()).body();
      return metrics.lines().filter(line -> line.startsWith(counted))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
    } catch (IOException notYet) {
      return 0;
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void orFail() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("the program has ended, see " + log);
    }
  }

  /** User and system time so far, in steps of 10 ms. */
  double cpuSeconds() throws IOException {
    return cpuSeconds(pid());
  }

  /** The same of any process. */
  static double cpuSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
  }

  double residentMiB() throws IOException {
    return status("VmRSS:");
  }

  double peakMiB() throws IOException {
    return status("VmHWM:");
  }

  private double status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream().filter(line -> line.startsWith(field))
        .mapToDouble(line -> Double.parseDouble(line.substring(field.length()).replace("kB", "").strip()) / 1024)
        .findFirst().orElseThrow();
  }

  /** What is left in the heap of a JVM after a full collection. */
  double liveHeapMiB(Path jcmd) throws IOException, InterruptedException {
    output(jcmd.toString(), Long.toString(pid()), "GC.run");
    String info = output(jcmd.toString(), Long.toString(pid()), "GC.heap_info");
    double kilobytes = 0;
    for (String line : info.lines().toList()) {
      int used = line.indexOf(" used ");
      // The generations of the serial collector; metaspace says "used" first.
      if (used > 0 && line.contains(" total ") && line.indexOf(" total ") < used) {
        kilobytes += Double.parseDouble(line.substring(used + 6).split("K", 2)[0]);
      }
    }
    return kilobytes / 1024;
  }

  static String output(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + List.of(command) + ": " + text);
    }
    return text;
  }

  /** As kubelet ends it. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the program does not end, see " + log);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
