import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.OpeningKey;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Run by bench/run with: java, the folder of an image, upstream's kubeseal or nothing, and what to measure.
 *
 * Programs are run in turns, so that a busy machine hurts all of them alike, and the medians of CPU (user and
 * system, of the process and what it started, in steps of 10 ms) and wall time are printed with their ratios.
 */
final class Bench {

  private static final int ROUNDS = Integer.parseInt(System.getenv().getOrDefault("SIGNET_BENCH_ROUNDS", "15"));

  private final String java;
  private final Path image;
  private final String upstream;
  private final Path work;

  private Bench(String java, Path image, String upstream, Path work) {
    this.java = java;
    this.image = image;
    this.upstream = upstream;
    this.work = work;
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("signet-bench");
    try {
      Bench bench = new Bench(args[0], Path.of(args[1]), args[2], work);
      List<String> chosen = List.of(args).subList(3, args.length);
      boolean all = chosen.isEmpty();
      System.out.println(
          Runtime.getRuntime().availableProcessors() + " cores " + System.getProperty("os.arch") + ", "
              + System.getProperty("os.name") + ", Java " + System.getProperty("java.version") + ", load "
              + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      bench.prepare();
      if (all || chosen.contains("start")) {
        bench.start();
      }
      if (all || chosen.contains("documents")) {
        bench.documents(1_000, 5);
        bench.documents(10_000, 3);
      }
      if (all || chosen.contains("open")) {
        bench.open();
      }
      if (all || chosen.contains("quickstart")) {
        bench.quickstart();
      }
      if (all || chosen.contains("templates")) {
        bench.templates();
      }
    } finally {
      try (Stream<Path> files = Files.walk(work)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void prepare() throws Exception {
    Files.writeString(work.resolve("Nothing.java"), "class Nothing { public static void main(String[] a) {} }");
    run(java.replaceAll("java$", "javac"), "-d", work.toString(), work.resolve("Nothing.java").toString());
    for (int bits : new int[] {2048, 4096}) {
      SealingKey key = key(bits);
      Files.write(work.resolve(bits + ".pem"), key.certificate().toPem());
    }
    write("one.yaml", 1);
  }

  private static SealingKey key(int bits) throws Exception {
    return SealingKey.generate("bench", bits, Duration.ofDays(3650), "", Clock.systemUTC(), new SecureRandom());
  }

  private void write(String name, int documents) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      String password = Base64.getEncoder().encodeToString(("password-" + i + "-of-this-app").getBytes(StandardCharsets.UTF_8));
      text.append("apiVersion: v1\ndata:\n  password: " + password + "\nkind: Secret\nmetadata:\n  name: app-" + i
          + "\n  namespace: team-" + i % 50 + "\ntype: Opaque\n---\n");
    }
    Files.writeString(work.resolve(name), text);
  }

  private List<String> bare() {
    return List.of(java, "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp", work.toString(), "Nothing");
  }

  private List<String> seal(String program, int bits, String input) {
    return List.of(program, "--cert", work.resolve(bits + ".pem").toString(), "-o", "yaml", "-f", work.resolve(input).toString());
  }

  private String ours() {
    return image.resolve("bin/kubeseal").toString();
  }

  private void start() throws Exception {
    Map<String, List<String>> programs = new LinkedHashMap<>();
    programs.put("bare JVM start", bare());
    programs.put("kubeseal --version", List.of(ours(), "--version"));
    programs.put("kubeseal, one Secret, RSA 4096", seal(ours(), 4096, "one.yaml"));
    String unpacked = System.getenv("SIGNET_BENCH_UNPACKED");
    if (unpacked != null) {
      programs.put("kubeseal of the archive, one Secret, RSA 4096", seal(unpacked + "/bin/kubeseal", 4096, "one.yaml"));
    }
    if (!upstream.isEmpty()) {
      programs.put("upstream --version", List.of(upstream, "--version"));
      programs.put("upstream, one Secret, RSA 4096", seal(upstream, 4096, "one.yaml"));
    }
    compare("Start", programs, ROUNDS, "bare JVM start");
  }

  private void documents(int count, int rounds) throws Exception {
    String input = count + ".yaml";
    write(input, count);
    for (int bits : new int[] {4096, 2048}) {
      Map<String, List<String>> programs = new LinkedHashMap<>();
      if (!upstream.isEmpty()) {
        programs.put("upstream", seal(upstream, bits, input));
      }
      programs.put("kubeseal", seal(ours(), bits, input));
      compare(count + " documents in one call, RSA " + bits, programs, rounds, upstream.isEmpty() ? "kubeseal" : "upstream");
    }
  }

  private void quickstart() throws Exception {
    Path folder = Files.createDirectory(work.resolve("quickstart"));
    List<String> again = List.of("env", "XDG_CONFIG_HOME=" + work.resolve("home"), "sh", "-c",
        "cd \"$1\" && exec \"$2\" quickstart", "sh", folder.toString(), image.resolve("bin/signet").toString());
    run(again.toArray(String[]::new));
    Map<String, List<String>> programs = new LinkedHashMap<>();
    programs.put("bare JVM start", bare());
    programs.put("signet quickstart, second run", again);
    compare("Quickstart", programs, ROUNDS, "bare JVM start");
  }

  /** Rendering.java and main.go in bench/templates, on the same templates and data. */
  private void templates() throws Exception {
    Path sources = Path.of(System.getProperty("bench.templates"));
    String go = System.getProperty("bench.gotemplates", "");
    String classPath = System.getProperty("java.class.path");
    Path classes = Files.createDirectory(work.resolve("rendering"));
    Path jar = work.resolve("rendering.jar");
    Path cache = work.resolve("rendering.aot");
    run(java.replaceAll("java$", "javac"), "-proc:none", "-cp", classPath, "-d", classes.toString(), sources.resolve("Rendering.java").toString());
    run(java.replaceAll("java$", "jar"), "-cf", jar.toString(), "-C", classes.toString(), ".");
    List<String> jvm = List.of(java, "-XX:+UseSerialGC", "-XX:-UsePerfData");
    List<String> main = List.of("-cp", jar + ":" + classPath, "Rendering");
    for (String name : new String[] {"app.conf", "keys.env"}) {
      String template = sources.resolve(name + ".tmpl").toString();
      String data = sources.resolve(name + ".json").toString();
      run(joined(jvm, List.of("-XX:AOTCacheOutput=" + cache), main, List.of(template)).toArray(String[]::new));
      Map<String, List<String>> programs = new LinkedHashMap<>();
      programs.put("bare JVM start", bare());
      programs.put("first render, class path", joined(jvm, main, List.of(template)));
      programs.put("first render, start-up cache", joined(jvm, List.of("-XX:AOTCache=" + cache), main, List.of(template)));
      if (!go.isEmpty()) {
        programs.put("Go, first render", List.of(go, template, data));
      }
      compare("First render of " + name, programs, ROUNDS, "bare JVM start");
      System.out.println();
      System.out.println("| Warm, " + name + ", median of 5 | parsed and executed | executed only |");
      System.out.println("|---|---|---|");
      Map<String, List<String>> warm = new LinkedHashMap<>();
      warm.put("ours", joined(jvm, main, List.of(template, "5000")));
      if (!go.isEmpty()) {
        warm.put("Go", List.of(go, template, data, "1000"));
      }
      Map<String, List<String>> times = new LinkedHashMap<>();
      for (int round = 0; round < 5; round++) {
        for (Map.Entry<String, List<String>> program : warm.entrySet()) {
          times.computeIfAbsent(program.getKey(), key -> new ArrayList<>()).add(output(program.getValue()));
        }
      }
      times.forEach((program, all) -> System.out.printf("| %s | %.1f µs | %.1f µs |%n", program,
          Cost.middle(all.stream().map(line -> Double.valueOf(line.split(" ")[0])).toList()) / 1000,
          Cost.middle(all.stream().map(line -> Double.valueOf(line.split(" ")[1])).toList()) / 1000));
    }
  }

  @SafeVarargs
  private static List<String> joined(List<String>... parts) {
    return Stream.of(parts).flatMap(List::stream).toList();
  }

  private static String output(List<String> program) throws Exception {
    Process process = new ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + program);
    }
    return text;
  }

  private void compare(String title, Map<String, List<String>> programs, int rounds, String reference) throws Exception {
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> program : programs.entrySet()) {
      costs.put(program.getKey(), new ArrayList<>());
      Cost.of(program.getValue());
    }
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, List<String>> program : programs.entrySet()) {
        costs.get(program.getKey()).add(Cost.of(program.getValue()));
      }
    }
    Cost base = Cost.median(costs.get(reference));
    System.out.println();
    System.out.println("| " + title + ", median of " + rounds + " | CPU | wall | CPU ratio | wall ratio |");
    System.out.println("|---|---|---|---|---|");
    costs.forEach((name, all) -> {
      Cost cost = Cost.median(all);
      System.out.printf("| %s | %.0f ms | %.0f ms | %.2f | %.2f |%n", name, cost.cpu() * 1000, cost.wall() * 1000,
          cost.cpu() / base.cpu(), cost.wall() / base.wall());
    });
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + List.of(command));
    }
  }

  /** On one thread, in its CPU time, after a second of warming up. */
  private void open() throws Exception {
    System.out.println();
    System.out.println("| Opening one item, one thread, memory of keys | operations per CPU second | CPU an operation |");
    System.out.println("|---|---|---|");
    for (int bits : new int[] {2048, 4096}) {
      List<OpeningKey> keys = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        keys.add(key(bits).openingKey());
      }
      openWith(bits, keys.subList(0, 1));
      openWith(bits, keys);
    }
  }

  private static void openWith(int bits, List<OpeningKey> keys) throws Exception {
    // The oldest key, which a ring without memory would try last.
    Sealer sealer = new Sealer(keys.getLast().publicKey(), new SecureRandom());
    byte[] label = "production/db-credentials".getBytes(StandardCharsets.UTF_8);
    KeyRing ring = KeyRing.ofOpeningKeys(keys);
    List<byte[]> sealed = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      sealed.add(sealer.seal(SecretBytes.wrap(("password-" + i).getBytes(StandardCharsets.UTF_8)), label));
    }
    for (byte[] one : sealed) {
      ring.open(one, label, Hint.NONE).value().close();
    }
    long warm = System.nanoTime() + 1_500_000_000L;
    int next = 0;
    while (System.nanoTime() < warm) {
      ring.open(sealed.get(next++ % sealed.size()), label, Hint.NONE).value().close();
    }
    int count = bits == 2048 ? 1500 : 300;
    var threads = ManagementFactory.getThreadMXBean();
    List<Double> each = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        ring.open(sealed.get(i % sealed.size()), label, Hint.NONE).value().close();
      }
      each.add((threads.getCurrentThreadCpuTime() - before) / 1e9 / count);
    }
    System.out.printf("| RSA %d, ring of %d | %.0f | %.2f ms |%n", bits, keys.size(), 1 / Cost.middle(each), Cost.middle(each) * 1000);
  }
}
