import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Our operator beside upstream's External Secrets, each run on a control plane of its own, with the same objects: an
 * ExternalSecret of two values from a ClusterSecretStore. Run by bench/run with the folder that is to be /opt/signet,
 * upstream's program, and sizes as NAME=VALUE.
 *
 * Upstream is measured as it comes and tuned: `--concurrent=16 --client-qps=1000`. One after the other; while one works
 * nothing else does. What is counted comes from the audit log, times of requests too; CPU and memory come from the
 * kernel and are of the controller alone.
 */
final class ExternalBench {

  private static final String EXTERNAL_SECRETS = "/apis/external-secrets.io/v1";
  private static final String STATUS = " externalsecrets/status";
  private static final String LIMIT = "-XX:MaxRAM=256m";
  private static final Duration SETTLED = Duration.ofSeconds(10);

  /** It rests when it takes less than this of a core. */
  private static final double RESTING = 0.05;

  private static final Duration LOOK = Duration.ofSeconds(2);

  /** What may be asked for alone; with "ours" upstream is left out. */
  private static final List<String> PARTS = List.of("cold", "refreshed", "many", "slow", "ours");

  private final List<String> chosen = new ArrayList<>();
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final Random random = new Random(1);
  private final Path home;
  private final Path upstream;
  private final Path work;
  private final long began = System.nanoTime();

  private ExternalBench(Path home, Path upstream, Path work, List<String> options) {
    this.home = home;
    this.upstream = upstream;
    this.work = work;
    boolean quick = options.contains("quick");
    sizes.put("objects", quick ? 50 : 1_000); // cold, and restarted
    sizes.put("many", quick ? 100 : 10_000); // cold, and when memory is looked at
    sizes.put("foreign", quick ? 200 : 10_000); // Secrets of 3 KB of others
    sizes.put("window", quick ? 10 : 60); // seconds for what would take too long as a whole
    sizes.put("refreshed", quick ? 20 : 200); // objects that are refreshed
    sizes.put("interval", quick ? 5 : 30); // seconds between their refreshes
    sizes.put("slow", quick ? 20 : 500); // objects of a slow store
    for (String option : options) {
      String[] parts = option.split("=", 2);
      if (PARTS.contains(option)) {
        chosen.add(option);
      } else if (parts.length == 2 && sizes.containsKey(parts[0])) {
        sizes.put(parts[0], Integer.valueOf(parts[1]));
      } else if (!option.equals("quick")) {
        throw new IllegalArgumentException("no such size or part: " + option + "; there are quick, " + PARTS + " and " + sizes);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("signet-bench");
    boolean well = false;
    try {
      new ExternalBench(Path.of(args[0]), Path.of(args[1]), work, List.of(args).subList(2, args.length)).run();
      well = true;
    } finally {
      if (well || System.getenv("SIGNET_BENCH_KEEP") == null) {
        try (Stream<Path> files = Files.walk(work)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
    }
    // The clients of the control planes have threads that would keep this process.
    System.exit(0);
  }

  private void run() throws Exception {
    results.put("machine", Runtime.getRuntime().availableProcessors() + " cores " + System.getProperty("os.arch") + ", "
        + System.getProperty("os.name") + ", Java " + System.getProperty("java.version") + ", load "
        + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    results.put("sizes", sizes);
    List<Who> converging = Stream.of(Who.values()).filter(who -> who != Who.ECONOMY).toList();
    part("cold", converging, this::cold);
    part("refreshed", List.of(Who.OURS, Who.ECONOMY, Who.UPSTREAM), this::refreshed);
    part("many", List.of(Who.OURS, Who.TUNED), this::many);
    part("slow", converging, this::slow);
    progress("done");
    Report.print(results);
    System.out.println();
    System.out.println(Side.json(results));
  }

  private interface Part {
    void measure(Who who) throws Exception;
  }

  private void part(String name, List<Who> all, Part part) throws Exception {
    boolean some = chosen.stream().anyMatch(each -> !each.equals("ours"));
    if (some && !chosen.contains(name)) {
      return;
    }
    for (Who who : all) {
      if (!chosen.contains("ours") || who.ours()) {
        try {
          part.measure(who);
        } catch (Exception e) {
          System.out.println("what was measured before this failed: " + Side.json(results));
          throw e;
        }
      }
    }
  }

  private enum Who {
    OURS("ours", "fake"),
    ECONOMY("ours, --economy", "fake"),
    UPSTREAM("upstream, default", "fake"),
    TUNED("upstream, tuned", "fake"),
    /** Many at once make upstream's fake store end the process, so that there is a second comparison. */
    OURS_KUBERNETES("ours, store kubernetes", "kubernetes"),
    TUNED_KUBERNETES("upstream, tuned, store kubernetes", "kubernetes");

    final String label;
    final String store;

    Who(String label, String store) {
      this.label = label;
      this.store = store;
    }

    boolean ours() {
      return this == OURS || this == ECONOMY || this == OURS_KUBERNETES;
    }

    boolean tuned() {
      return this == TUNED || this == TUNED_KUBERNETES;
    }
  }

  private void progress(String what) {
    System.err.printf("%5d s  %s%n", (System.nanoTime() - began) / 1_000_000_000, what);
  }

  private int size(String name) {
    return sizes.get(name);
  }

  private Map<String, Object> result(String name) {
    return rows(results.computeIfAbsent(name, _ -> new LinkedHashMap<String, Object>()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> rows(Object result) {
    return (Map<String, Object>) result;
  }

  private Side side(Who who, String scene) throws IOException {
    progress(scene + ": " + who.label);
    return new Side(who.label, work.resolve(scene.replace(' ', '-') + "-" + who), new Side.Launch() {
      @Override
      public String home() {
        return who.ours() ? home.toString() : "";
      }

      @Override
      public String counted() {
        return "externalsecret_sync_calls_total{";
      }

      @Override
      public List<String> command(int port, boolean limited) {
        // The image forbids to attach; jcmd must be able to.
        return who.ours()
            ? Stream.concat(
                Stream.of("/opt/signet/runtime/bin/java", "@/opt/signet/jvm.args", "-XX:-DisableAttachMechanism", LIMIT,
                    "dev.signet.cli.Main", "operator", "--http=127.0.0.1:" + port),
                who == Who.ECONOMY ? Stream.of("--economy") : Stream.empty())
                .toList()
            : Stream.concat(
                Stream.of(upstream.toString(), "--metrics-addr=127.0.0.1:" + port, "--live-addr=127.0.0.1:0"),
                limited ? Stream.empty() : Stream.of("--concurrent=16", "--client-qps=1000", "--client-burst=2000"))
                .toList();
      }
    });
  }

  private static Map<String, Object> fake() {
    return Map.of("fake", Map.of("data", List.of(
        Map.of("key", "database", "value", "{\"user\": \"app\", \"password\": \"not a secret\"}"))));
  }

  private static Map<String, Object> kubernetes(Side side) {
    return Map.of("kubernetes", Map.of(
        "remoteNamespace", Side.HOME,
        "server", Map.of("url", side.url(), "caBundle", side.authority()),
        "auth", Map.of("token", Map.of("bearerToken", Map.of("name", "reader", "key", "token", "namespace", Side.HOME)))));
  }

  private static void store(Side side, Map<String, Object> provider) throws IOException {
    side.api().post(EXTERNAL_SECRETS + "/clustersecretstores", Side.json(Map.of(
        "apiVersion", "external-secrets.io/v1", "kind", "ClusterSecretStore",
        "metadata", Map.of("name", "store"), "spec", Map.of("provider", provider)))).orFail();
  }

  /** The store that somebody measures with, and what it reads. */
  private void store(Side side, Who who) throws IOException {
    if (who.store.equals("fake")) {
      store(side, fake());
      return;
    }
    side.secret("reader", Map.of("token", side.token()));
    side.secret("database", Map.of("user", "app", "password", "not a secret"));
    store(side, kubernetes(side));
  }

  private static List<Side.Posted> objects(int count, String interval) {
    List<Side.Posted> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String namespace = "team-" + i % Side.NAMESPACES;
      all.add(new Side.Posted(EXTERNAL_SECRETS + "/namespaces/" + namespace + "/externalsecrets", Side.json(Map.of(
          "apiVersion", "external-secrets.io/v1", "kind", "ExternalSecret",
          "metadata", Map.of("name", "app-" + i, "namespace", namespace),
          "spec", Map.of(
              "refreshInterval", interval,
              "secretStoreRef", Map.of("kind", "ClusterSecretStore", "name", "store"),
              "data", List.of(item("user"), item("password")))))));
    }
    return all;
  }

  private static Map<String, Object> item(String property) {
    return Map.of("secretKey", property, "remoteRef", Map.of("key", "database", "property", property));
  }

  /** A thousand from nothing, and the same after a restart. */
  private void cold(Who who) throws Exception {
    int objects = size("objects");
    try (Side side = side(who, "cold")) {
      store(side, who);
      side.create(objects(objects, "24h"));
      Map<String, Object> cold = deliver(side, who, objects, who == Who.UPSTREAM);
      result("cold, " + objects + " objects").put(who.label, cold);
      if (cold.containsKey("ended") || who == Who.UPSTREAM) {
        return;
      }
      progress("restart: " + who.label);
      Audit audit = side.audit();
      try (Program program = side.start(!who.tuned())) {
        Instant rested = rest(program);
        Map<String, Object> again = row(audit, program.cpuSeconds(), objects);
        again.put("seconds", seconds(program.started, rested));
        again.put("rate", objects / seconds(program.started, rested));
        result("restart, " + objects + " objects").put(who.label, again);
      }
    }
  }

  /** Starts it and waits until all are delivered, or for a window; it may end by itself. */
  private Map<String, Object> deliver(Side side, Who who, int objects, boolean window) throws Exception {
    Audit audit = side.audit();
    double servers = side.serversCpu();
    try (Program program = side.start(!who.tuned())) {
      Instant end = program.started.plusSeconds(window ? size("window") : 3600);
      List<Instant> created = audit.times("create secrets");
      while (program.isAlive() && created.size() < objects && Instant.now().isBefore(end)) {
        Thread.sleep(500);
        created = audit.times("create secrets");
      }
      if (!program.isAlive()) {
        progress("it has ended by itself after " + created.size() + " objects: " + who.label);
        Map<String, Object> result = row(audit, Double.NaN, Math.max(1, created.size()));
        result.put("rate", rate(created));
        result.put("ended", true);
        result.put("extrapolated", Double.NaN);
        return result;
      }
      double cpu = program.cpuSeconds();
      if (!window) {
        // Statuses and events are written beside the work.
        rest(program);
        cpu = program.cpuSeconds();
      }
      Map<String, Object> result = row(audit, cpu, created.size());
      result.put("rate", rate(created));
      result.put("serversPerObject", (side.serversCpu() - servers) / created.size());
      if (created.size() < objects) {
        result.put("extrapolated", objects / rate(created));
      } else {
        result.put("seconds", seconds(program.started, created.getLast()));
      }
      return result;
    }
  }

  private static double rate(List<Instant> times) {
    return times.size() < 2 ? Double.NaN : (times.size() - 1) / seconds(times.getFirst(), times.getLast());
  }

  /** Since when it has nothing to do. */
  private static Instant rest(Program program) throws Exception {
    double before = program.cpuSeconds();
    Instant since = Instant.now();
    while (true) {
      Thread.sleep(LOOK);
      program.orFail();
      double now = program.cpuSeconds();
      if (now - before < RESTING * LOOK.toSeconds() && now > 0) {
        return since;
      }
      before = now;
      since = Instant.now();
    }
  }

  private static Map<String, Object> row(Audit audit, double cpu, int objects) throws IOException {
    Map<String, Integer> counts = audit.counts();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("objects", objects);
    result.put("cpu", cpu);
    result.put("cpuPerObject", cpu / objects);
    int requests = counts.entrySet().stream()
        .filter(entry -> !entry.getKey().contains("leases") && !entry.getKey().contains("reviews")
            && !entry.getKey().contains("secretstores"))
        .mapToInt(Map.Entry::getValue).sum();
    result.put("requestsPerObject", (double) requests / objects);
    result.put("secretWrites", counts.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(" secrets") && entry.getKey().matches("(create|update|patch) .*"))
        .mapToInt(Map.Entry::getValue).sum());
    result.put("requests", counts);
    return result;
  }

  /** What refreshes cost where nothing has changed. */
  private void refreshed(Who who) throws Exception {
    int objects = size("refreshed");
    int interval = size("interval");
    try (Side side = side(who, "refreshes")) {
      store(side, who);
      side.create(objects(objects, interval + "s"));
      Audit first = side.audit();
      try (Program program = side.start(!who.tuned())) {
        while (statuses(first) < objects) {
          Thread.sleep(200);
          program.orFail();
        }
        // The first round has its own costs: compiling, and queues that are not yet spread.
        Thread.sleep(Duration.ofSeconds(interval));
        Audit audit = side.audit();
        double cpu = program.cpuSeconds();
        Thread.sleep(Duration.ofSeconds(3L * interval));
        // In economy a refresh that changed nothing shows by its look at the Secret alone.
        int refreshes = Math.max(1, who == Who.ECONOMY ? audit.times("get secrets").size() : statuses(audit));
        Map<String, Object> row = row(audit, program.cpuSeconds() - cpu, refreshes);
        row.put("rate", refreshes / (3.0 * interval));
        row.put("seconds", 3.0 * interval);
        result("refreshed, " + objects + " objects every " + interval + " s").put(who.label, row);
      }
    }
  }

  private static int statuses(Audit audit) throws IOException {
    return audit.times("update" + STATUS).size() + audit.times("patch" + STATUS).size();
  }

  private void many(Who asked) throws Exception {
    int objects = size("many");
    Who who = asked == Who.TUNED ? Who.TUNED_KUBERNETES : asked;
    try (Side side = side(who, "many")) {
      store(side, who);
      side.create(objects(objects, "24h"));
      result("cold, " + objects + " objects").put(who.label, deliver(side, who, objects, /* window= */ false));
      progress("memory: " + who.label);
      Map<String, Object> memory = rows(result("memory").computeIfAbsent(who.label, _ -> new LinkedHashMap<String, Object>()));
      try (Program program = side.start(!who.tuned())) {
        rest(program);
        Thread.sleep(SETTLED);
        memory.put(objects + " objects", memory(program, who));
        side.create(foreign());
        rest(program);
        Thread.sleep(SETTLED);
        memory.put("and " + size("foreign") + " foreign Secrets", memory(program, who));
      }
    }
  }

  private static Map<String, Object> memory(Program program, Who who) throws Exception {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("rss", program.residentMiB());
    row.put("peak", program.peakMiB());
    row.put("cpu", program.cpuSeconds());
    if (who.ours()) {
      row.put("liveHeap", program.liveHeapMiB(Path.of(System.getProperty("java.home"), "bin/jcmd")));
    }
    return row;
  }

  private List<Side.Posted> foreign() {
    List<Side.Posted> all = new ArrayList<>();
    byte[] value = new byte[3000];
    for (int i = 0; i < size("foreign"); i++) {
      random.nextBytes(value);
      all.add(new Side.Posted("/api/v1/namespaces/foreign/secrets", Side.json(Map.of(
          "metadata", Map.of("name", "release-" + i, "labels", Map.of("owner", "somebody")),
          "data", Map.of("value", Base64.getEncoder().encodeToString(value))))));
    }
    return all;
  }

  /** A store that takes 100 ms and bears 50 requests a second; what is too much it refuses, with a time to wait. */
  private void slow(Who who) throws Exception {
    if (who.store.equals("kubernetes")) {
      return;
    }
    int objects = size("slow");
    try (SlowStore slow = new SlowStore(); Side side = side(who, "slow store")) {
      store(side, Map.of("webhook", Map.of(
          "url", slow.url() + "/{{ .remoteRef.key }}", "result", Map.of("jsonPath", "$.{{ .remoteRef.property }}"))));
      side.create(objects(objects, "24h"));
      Map<String, Object> row = deliver(side, who, objects, /* window= */ false);
      row.put("storeCalls", slow.answered.get());
      row.put("throttled", slow.throttled.get());
      result("cold, slow store, " + objects + " objects").put(who.label, row);
    }
  }

  private static final class SlowStore implements AutoCloseable {

    private static final int A_SECOND = 50;

    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger throttled = new AtomicInteger();
    private final HttpServer server;
    private final long began = System.nanoTime();
    private double spent;

    SlowStore() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext("/", exchange -> {
        try (exchange) {
          if (!admits()) {
            throttled.incrementAndGet();
            exchange.getResponseHeaders().set("Retry-After", "1");
            exchange.sendResponseHeaders(429, -1);
            return;
          }
          Thread.sleep(90 + ThreadLocalRandom.current().nextInt(20));
          byte[] body = "{\"user\": \"app\", \"password\": \"not a secret\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          answered.incrementAndGet();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      server.start();
    }

    /** A second's worth may come at once. */
    private synchronized boolean admits() {
      double granted = (System.nanoTime() - began) / 1e9 * A_SECOND;
      spent = Math.max(spent, granted - A_SECOND);
      if (spent + 1 > granted) {
        return false;
      }
      spent++;
      return true;
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
