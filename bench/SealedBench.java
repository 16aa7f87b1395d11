import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Ours beside upstream's controller, each on a control plane of its own, with the same objects: SealedSecrets of three
 * values, RSA 4096. Run by bench/run with who ours is (`operator` or `controller`), the folder that is to be /opt/signet,
 * upstream's controller, and sizes as NAME=VALUE; for `controller` also {@link Bulk}, by the programs in two more folders.
 *
 * They take turns; while one works the other one's servers idle. What is counted comes from the audit log, times of
 * requests too; CPU and memory come from the kernel and are of the controller alone.
 */
final class SealedBench {

  static final int ITEMS = 3;

  /** The memory limit of the chart, by which the JVM chooses the sizes of its heap. */
  private static final String LIMIT = "-XX:MaxRAM=256m";

  /** More options for our JVM, to compare with; separated by blanks. */
  private static final List<String> JVM_OPTIONS = Stream.of(System.getenv().getOrDefault("SIGNET_BENCH_JVM", "").split(" "))
      .filter(option -> !option.isEmpty()).toList();

  /** Requests of the first seconds are the burst that upstream's limit lets through. */
  private static final Duration BURST = Duration.ofSeconds(4);

  private static final Duration EVENTS = Duration.ofSeconds(2);
  private static final String SYNCED = "update sealedsecrets/status";

  /** What both count. */
  static final String LOOKS = "sealed_secrets_controller_unseal_requests_total ";
  private static final Duration SETTLED = Duration.ofSeconds(10);

  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final boolean controller;
  private final Path home;
  private final Path upstream;
  private final Path work;
  private final Map<String, Object> results = new LinkedHashMap<>();
  private final Random random = new Random(1);
  private final long began = System.nanoTime();

  private SealedBench(String ours, Path home, Path upstream, Path work, List<String> options) {
    this.controller = ours.equals("controller");
    this.home = home;
    this.upstream = upstream;
    this.work = work;
    boolean quick = options.contains("quick");
    sizes.put("objects", quick ? 60 : 2_000); // cold, and restarted
    sizes.put("memory", quick ? 100 : 5_000); // when memory is looked at
    sizes.put("foreign", quick ? 200 : 10_000); // Secrets of 3 KB of others
    sizes.put("keys", quick ? 4 : 24);
    sizes.put("each", quick ? 20 : 10); // objects for each of these keys
    sizes.put("window", quick ? 10 : 45); // seconds for what would take too long as a whole
    sizes.put("starts", quick ? 1 : 5);
    if (controller) {
      sizes.put("documents", quick ? 50 : 1_000); // sealed in one call, and re-encrypted
      sizes.put("single", quick ? 5 : 50); // the same with a process for each
      sizes.put("rounds", quick ? 1 : 3); // of bulk work
    }
    for (String option : options) {
      String[] parts = option.split("=", 2);
      if (parts.length == 2 && sizes.containsKey(parts[0])) {
        sizes.put(parts[0], Integer.valueOf(parts[1]));
      } else if (!option.equals("quick")) {
        throw new IllegalArgumentException("no such size: " + option + "; there are quick and " + sizes);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("signet-bench");
    boolean well = false;
    try {
      SealedBench bench =
          new SealedBench(args[0], Path.of(args[1]), Path.of(args[2]), work, List.of(args).subList(5, args.length));
      bench.run(Path.of(args[3]), Path.of(args[4]));
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

  int size(String name) {
    return sizes.get(name);
  }

  void progress(String what) {
    System.err.printf("%5d s  %s%n", (System.nanoTime() - began) / 1_000_000_000, what);
  }

  private void run(Path ourPrograms, Path theirKubeseal) throws Exception {
    results.put("machine", Runtime.getRuntime().availableProcessors() + " cores " + System.getProperty("os.arch") + ", "
        + System.getProperty("os.name") + ", Java " + System.getProperty("java.version") + ", load "
        + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    results.put("sizes", sizes);
    try (Side ours = ours("one-key"); Side theirs = theirs("one-key")) {
      oneKey(List.of(ours, theirs), key("sealed-secrets-key-0"));
    }
    try (Side ours = ours("many-keys"); Side theirs = theirs("many-keys")) {
      manyKeys(ours, theirs);
    }
    if (controller) {
      try (Bulk bulk = new Bulk(this, work.resolve("bulk"), ourPrograms, theirKubeseal, upstream)) {
        bulk.seal(result("bulk seal"));
        bulk.reencrypt(result("bulk re-encrypt"));
      }
    }
    progress("done");
    Report.print(results);
    System.out.println();
    System.out.println(Side.json(results));
  }

  private Side ours(String scene) throws IOException {
    progress("starting a control plane for ours, " + scene);
    return new Side("ours", work.resolve(scene + "-ours"), new Side.Launch() {
      @Override
      public String home() {
        return home.toString();
      }

      @Override
      public String counted() {
        return LOOKS;
      }

      @Override
      public List<String> command(int port, boolean limited) {
        // The image forbids to attach; jcmd must be able to.
        List<String> command = new ArrayList<>(List.of(
            "/opt/signet/runtime/bin/java", "@/opt/signet/jvm.args", "-XX:-DisableAttachMechanism", LIMIT));
        command.addAll(JVM_OPTIONS);
        command.addAll(controller
            ? List.of("-Dsignet.program=controller", "dev.signet.cli.Main", "--listen-addr=127.0.0.1:0",
                "--listen-metrics-addr=127.0.0.1:" + port)
            : List.of("dev.signet.cli.Main", "operator", "--http=127.0.0.1:" + port));
        return command;
      }
    });
  }

  private Side theirs(String scene) throws IOException {
    progress("starting a control plane for upstream, " + scene);
    return new Side("upstream", work.resolve(scene + "-upstream"), new Side.Launch() {
      @Override
      public String home() {
        return "";
      }

      @Override
      public String counted() {
        return LOOKS;
      }

      @Override
      public List<String> command(int port, boolean limited) {
        List<String> command = new ArrayList<>(List.of(upstream.toString(), "--listen-addr=127.0.0.1:0",
            "--listen-metrics-addr=127.0.0.1:" + port));
        if (!limited) {
          command.add("--kubeclient-qps=-1");
        }
        return command;
      }
    });
  }

  static Side.Posted sealed(int number, String batch, SealingKey key) {
    String name = "app-" + batch + "-" + number;
    String namespace = "team-" + number % Side.NAMESPACES;
    Sealer sealer = new Sealer(key.certificate().publicKey(), new SecureRandom());
    byte[] label = (namespace + "/" + name).getBytes(StandardCharsets.UTF_8);
    Map<String, Object> encrypted = new LinkedHashMap<>();
    for (int i = 0; i < ITEMS; i++) {
      encrypted.put("value-" + i,
          sealer.sealToBase64(SecretBytes.wrap(("a value of " + name + ", " + i).getBytes(StandardCharsets.UTF_8)), label));
    }
    return new Side.Posted(Side.SEALED_SECRETS + "/namespaces/" + namespace + "/sealedsecrets", Side.json(Map.of(
        "apiVersion", "bitnami.com/v1alpha1", "kind", "SealedSecret",
        "metadata", Map.of("name", name, "namespace", namespace),
        "spec", Map.of("encryptedData", encrypted,
            "template", Map.of("metadata", Map.of("name", name, "namespace", namespace))))));
  }

  static List<Side.Posted> sealed(int from, int to, String batch, SealingKey key) {
    List<Side.Posted> all = new ArrayList<>();
    for (int i = from; i < to; i++) {
      all.add(sealed(i, batch, key));
    }
    return all;
  }

  private void oneKey(List<Side> sides, SealingKey key) throws Exception {
    Side ours = sides.getFirst();
    Side theirs = sides.getLast();
    for (Side side : sides) {
      side.store(key);
    }
    starts(sides, key);
    for (Side side : sides) {
      side.clear();
    }
    int objects = size("objects");
    cold("1 key", ours, theirs, sealed(0, objects, "all", key));

    progress("restart: ours");
    Map<String, Object> restart = result("restart, " + objects + " objects");
    Audit audit = ours.audit();
    Program ourProgram = ours.start(true);
    restart.put("ours", again(audit, ourProgram, objects));
    progress("restart: upstream, default limits, " + size("window") + " s");
    restart.put("upstream, default", window(theirs, true, "update secrets", objects));
    progress("restart: upstream, limits off");
    audit = theirs.audit();
    Program theirProgram = theirs.start(false);
    restart.put("upstream, limits off", again(audit, theirProgram, objects));
    memory(ours, theirs, ourProgram, theirProgram, key);
  }

  private Map<String, Object> result(String name) {
    Map<String, Object> result = new LinkedHashMap<>();
    results.put(name, result);
    return result;
  }

  /** From the start of the process to the Secret, by the clock of the API server, which is this machine's. */
  private void starts(List<Side> sides, SealingKey key) throws Exception {
    Map<String, List<Double>> times = new LinkedHashMap<>();
    Map<String, List<Double>> cpu = new LinkedHashMap<>();
    for (int round = 0; round < size("starts"); round++) {
      for (Side side : sides) {
        progress("start: " + side.name);
        side.clear();
        side.create(List.of(sealed(round, "start", key)));
        Audit audit = side.audit();
        try (Program program = side.start(true)) {
          while (audit.times("create secrets").isEmpty()) {
            Thread.sleep(50);
          }
          cpu.computeIfAbsent(side.name, _ -> new ArrayList<>()).add(program.cpuSeconds());
          times.computeIfAbsent(side.name, _ -> new ArrayList<>())
              .add(seconds(program.started, audit.times("create secrets").getFirst()));
        }
      }
    }
    Map<String, Object> result = result("start");
    for (Side side : sides) {
      result.put(side.name, Map.of("seconds", Cost.middle(times.get(side.name)), "cpu", Cost.middle(cpu.get(side.name))));
    }
  }

  /** The objects of ours may be there already. */
  private void cold(String what, Side ours, Side theirs, List<Side.Posted> all) throws Exception {
    Map<String, Object> cold = result("cold, " + what);
    if (!what.endsWith("keys")) {
      progress("creating " + all.size() + " SealedSecrets");
      ours.create(all);
    }
    progress("cold, " + what + ": ours");
    Audit audit = ours.audit();
    try (Program program = ours.start(true)) {
      cold.put("ours", cold(audit, program, all.size()));
    }
    progress("cold, " + what + ": upstream, default limits, " + size("window") + " s");
    theirs.create(all.subList(0, Math.min(all.size(), 3 * size("window"))));
    cold.put("upstream, default", window(theirs, true, SYNCED, all.size()));
    // What was delivered once costs less the next time.
    theirs.clear();
    progress("creating " + all.size() + " SealedSecrets");
    theirs.create(all);
    progress("cold, " + what + ": upstream, limits off");
    if (what.endsWith("keys")) {
      cold.put("upstream, limits off", window(theirs, false, SYNCED, all.size()));
    } else {
      audit = theirs.audit();
      try (Program program = theirs.start(false)) {
        cold.put("upstream, limits off", cold(audit, program, all.size()));
      }
    }
  }

  /** Waits until the program has delivered all of them and said so. */
  private static Map<String, Object> cold(Audit audit, Program program, int objects) throws Exception {
    awaitSynced(audit, program, objects);
    double cpu = program.cpuSeconds();
    List<Instant> created = audit.times("create secrets");
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("objects", objects);
    result.put("seconds", seconds(program.started, audit.times(SYNCED).getLast()));
    result.put("rate", (created.size() - 1) / seconds(created.getFirst(), created.getLast()));
    // Events are posted beside the work.
    Thread.sleep(EVENTS);
    finish(result, audit, cpu, objects);
    return result;
  }

  /** Waits until the program has looked at all of them; whether it asks anything for that is its matter. */
  private static Map<String, Object> again(Audit audit, Program program, int objects) throws Exception {
    awaitLooks(program, objects);
    double seconds = seconds(program.started, Instant.now());
    double cpu = program.cpuSeconds();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("objects", objects);
    result.put("seconds", seconds);
    result.put("rate", objects / seconds);
    // Events are posted beside the work.
    Thread.sleep(EVENTS);
    finish(result, audit, cpu, objects);
    return result;
  }

  private static void awaitSynced(Audit audit, Program program, int objects) throws Exception {
    while (audit.times(SYNCED).size() < objects) {
      Thread.sleep(200);
      program.orFail();
    }
  }

  private static void awaitLooks(Program program, int looks) throws Exception {
    while (program.looks() < looks) {
      Thread.sleep(200);
    }
  }

  /** Lets it work for a while and takes its rate after the burst by one sort of request. */
  private Map<String, Object> window(Side side, boolean limited, String counted, int objects) throws Exception {
    Audit audit = side.audit();
    try (Program program = side.start(limited)) {
      Instant end = program.started.plusSeconds(size("window"));
      Instant from = program.started.plus(BURST);
      while (Instant.now().isBefore(end) && program.looks() < objects) {
        Thread.sleep(500);
      }
      double cpu = program.cpuSeconds();
      List<Instant> times = audit.times(counted);
      List<Instant> paced = times.stream().filter(from::isBefore).toList();
      int done = times.size();
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("objects", done);
      if (paced.size() < 2) {
        // It was done with few objects while they were a burst.
        paced = times;
      }
      double rate = (paced.size() - 1) / seconds(paced.getFirst(), paced.getLast());
      result.put("rate", rate);
      result.put("extrapolated", objects / rate);
      finish(result, audit, cpu, done);
      return result;
    }
  }

  private static void finish(Map<String, Object> result, Audit audit, double cpu, int objects) throws IOException {
    Map<String, Integer> counts = audit.counts();
    result.put("cpu", cpu);
    result.put("cpuPerObject", cpu / objects);
    // What belongs to an object; lists, Leases and the like are of the process.
    int requests = counts.entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("list") && !entry.getKey().contains("leases")
            && !entry.getKey().contains("reviews"))
        .mapToInt(Map.Entry::getValue).sum();
    result.put("requestsPerObject", (double) requests / objects);
    result.put("secretWrites", counts.getOrDefault("create secrets", 0) + counts.getOrDefault("update secrets", 0));
    result.put("requests", counts);
  }

  private void memory(Side ours, Side theirs, Program ourProgram, Program theirProgram, SealingKey key) throws Exception {
    int before = size("objects");
    int objects = Math.max(before, size("memory"));
    Path jcmd = Path.of(System.getProperty("java.home"), "bin/jcmd");
    Map<String, Object> ourMemory = new LinkedHashMap<>();
    Map<String, Object> theirMemory = new LinkedHashMap<>();
    Map<String, Object> memory = result("memory");
    memory.put("ours", ourMemory);
    memory.put("upstream", theirMemory);
    try (Program ourFirst = ourProgram; Program theirFirst = theirProgram) {
      progress("memory: " + objects + " SealedSecrets, both at once");
      List<Side.Posted> more = sealed(before, objects, "all", key);
      Audit ourAudit = ours.audit();
      Audit theirAudit = theirs.audit();
      ours.create(more);
      theirs.create(more);
      awaitSynced(ourAudit, ourFirst, more.size());
      awaitSynced(theirAudit, theirFirst, more.size());
      Thread.sleep(SETTLED);
      note("with objects", ourFirst, ourMemory, theirFirst, theirMemory, jcmd);
      progress("memory: " + size("foreign") + " Secrets of others");
      List<Side.Posted> foreign = foreign();
      ours.create(foreign);
      theirs.create(foreign);
      Thread.sleep(SETTLED);
      note("with foreign Secrets", ourFirst, ourMemory, theirFirst, theirMemory, jcmd);
    }
    progress("memory: restart with all of it");
    try (Program ourSecond = ours.start(true); Program theirSecond = theirs.start(false)) {
      awaitLooks(ourSecond, objects);
      awaitLooks(theirSecond, Math.min(objects, 500));
      Thread.sleep(SETTLED);
      note("restarted with all", ourSecond, ourMemory, theirSecond, theirMemory, jcmd);
    }
  }

  private static void note(
      String when, Program ours, Map<String, Object> ourMemory, Program theirs, Map<String, Object> theirMemory, Path jcmd)
      throws Exception {
    Map<String, Object> our = new LinkedHashMap<>();
    our.put("rss", ours.residentMiB());
    our.put("peak", ours.peakMiB());
    our.put("cpu", ours.cpuSeconds());
    our.put("liveHeap", ours.liveHeapMiB(jcmd));
    ourMemory.put(when, our);
    theirMemory.put(when, Map.of("rss", theirs.residentMiB(), "peak", theirs.peakMiB(), "cpu", theirs.cpuSeconds()));
  }

  /** Three kilobytes each, with the owner and the annotations that such Secrets often have. */
  private List<Side.Posted> foreign() {
    List<Side.Posted> all = new ArrayList<>();
    byte[] value = new byte[1000];
    for (int i = 0; i < size("foreign"); i++) {
      Map<String, Object> data = new LinkedHashMap<>();
      for (int j = 0; j < 3; j++) {
        random.nextBytes(value);
        data.put("part-" + j, Base64.getEncoder().encodeToString(value));
      }
      all.add(new Side.Posted("/api/v1/namespaces/foreign/secrets", Side.json(Map.of(
          "metadata", Map.of("name", "release-" + i, "labels", Map.of("owner", "somebody", "number", Integer.toString(i))),
          "data", data))));
    }
    return all;
  }

  /**
   * A key after the other, and with each the objects that are sealed with it, as over two years. Another batch is of the
   * same keys, but made when all of them were there, as when a cluster is restored: when an object was made says nothing
   * about its key then.
   */
  private void manyKeys(Side ours, Side theirs) throws Exception {
    int each = size("each");
    int objects = each * size("keys");
    List<Side.Posted> followed = new ArrayList<>();
    List<Side.Posted> restored = new ArrayList<>();
    for (int i = 0; i < size("keys"); i++) {
      progress("key " + (i + 1) + " of " + size("keys") + ", with " + each + " SealedSecrets");
      // Certificates and objects are dated in whole seconds.
      Thread.sleep(1000);
      SealingKey key = key("sealed-secrets-key-" + i);
      List<Side.Posted> sealed = sealed(i * each, (i + 1) * each, "followed", key);
      ours.store(key);
      theirs.store(key);
      ours.create(sealed);
      followed.addAll(sealed);
      restored.addAll(sealed(i * each, (i + 1) * each, "restored", key));
    }
    // Upstream takes what comes first, which must not be all of one key.
    Collections.shuffle(followed, random);
    cold(size("keys") + " keys", ours, theirs, followed);
    Collections.shuffle(restored, random);
    ours.clear();
    ours.create(restored);
    progress("cold, " + size("keys") + " keys, restored: ours");
    Audit audit = ours.audit();
    try (Program program = ours.start(true)) {
      result("cold, " + size("keys") + " keys, restored").put("ours", cold(audit, program, objects));
    }
  }

  static SealingKey key(String name) {
    return SealingKey.generate(name, 4096, Duration.ofDays(3650), "", Clock.systemUTC(), new SecureRandom());
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
