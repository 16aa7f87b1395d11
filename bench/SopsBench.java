import dev.signet.core.age.AgeFile;
import dev.signet.core.age.X25519Identity;
import dev.signet.core.SecretBytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Run by bench/sops with: java, the folder of an image, upstream's sops or nothing, age or nothing, and what to measure.
 *
 * Programs are run in turns, so that a busy machine hurts all of them alike; medians of CPU and wall time.
 */
final class SopsBench {

  private static final int ROUNDS = Integer.parseInt(System.getenv().getOrDefault("SIGNET_BENCH_ROUNDS", "9"));
  private static final int LEAVES = 10_000;
  private static final int FILES = 1_000;
  private static final int MEGABYTES = 100;

  private final String java;
  private final Path image;
  private final String upstream;
  private final String age;
  private final Path work;
  private final X25519Identity identity = X25519Identity.generate(new SecureRandom());

  private SopsBench(String java, Path image, String upstream, String age, Path work) {
    this.java = java;
    this.image = image;
    this.upstream = upstream;
    this.age = age;
    this.work = work;
  }

  public static void main(String[] args) throws Exception {
    Path work = Files.createTempDirectory("signet-bench");
    try {
      SopsBench bench = new SopsBench(args[0], Path.of(args[1]), args[2], args[3], work);
      List<String> chosen = List.of(args).subList(4, args.length);
      System.out.println(
          Runtime.getRuntime().availableProcessors() + " cores " + System.getProperty("os.arch") + ", "
              + System.getProperty("os.name") + ", Java " + System.getProperty("java.version") + ", load "
              + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
      bench.prepare();
      if (chosen.isEmpty() || chosen.contains("small")) {
        bench.small();
      }
      if (chosen.isEmpty() || chosen.contains("leaves")) {
        bench.leaves();
      }
      if (chosen.isEmpty() || chosen.contains("files")) {
        bench.files();
      }
      if (chosen.isEmpty() || chosen.contains("age")) {
        bench.age();
      }
    } finally {
      try (Stream<Path> files = Files.walk(work)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void prepare() throws Exception {
    Files.writeString(work.resolve("Nothing.java"), "class Nothing { public static void main(String[] a) {} }");
    run(List.of(Path.of(java).resolveSibling("javac").toString(), "-d", work.toString(), work.resolve("Nothing.java").toString()));
    try (SecretBytes text = identity.text()) {
      Files.write(work.resolve("key.txt"), text.<byte[], RuntimeException>with(byte[]::clone));
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
      throw new IOException("failed: " + command);
    }
  }

  private List<String> with(String... command) {
    List<String> all = new ArrayList<>(List.of("env", "SOPS_AGE_KEY_FILE=" + work.resolve("key.txt")));
    all.addAll(List.of(command));
    return all;
  }

  private String ours(String program) {
    return image.resolve("bin").resolve(program).toString();
  }

  private Path encrypted(String name, String plain) throws Exception {
    Path file = Files.writeString(work.resolve(name), plain);
    run(with(ours("sops"), "encrypt", "--age", identity.recipient().toString(), "-i", file.toString()));
    return file;
  }

  private void small() throws Exception {
    Path file = encrypted("small.yaml", "user: admin\npassword: hunter2\nport: 5432\n");
    Map<String, List<String>> programs = new LinkedHashMap<>();
    programs.put("bare JVM", List.of(java, "-XX:-UsePerfData", "-cp", work.toString(), "Nothing"));
    programs.put("Signet", with(ours("sops"), "decrypt", file.toString()));
    if (!upstream.isEmpty()) {
      programs.put("upstream", with(upstream, "decrypt", file.toString()));
    }
    table("start and decrypt a file of 3 values", ROUNDS * 3, programs);
  }

  private void leaves() throws Exception {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < LEAVES; i++) {
      plain.append("key").append(i).append(": value number ").append(i).append('\n');
    }
    Path file = encrypted("leaves.yaml", plain.toString());
    Map<String, List<String>> decrypt = new LinkedHashMap<>();
    decrypt.put("Signet", with(ours("sops"), "decrypt", file.toString()));
    Map<String, List<String>> set = new LinkedHashMap<>();
    set.put("Signet", with(ours("sops"), "set", file.toString(), "[\"key7\"]", "\"x\""));
    if (!upstream.isEmpty()) {
      decrypt.put("upstream", with(upstream, "decrypt", file.toString()));
      set.put("upstream", with(upstream, "set", file.toString(), "[\"key7\"]", "\"x\""));
    }
    table("decrypt a YAML of " + LEAVES + " values", ROUNDS, decrypt);
    table("change one of " + LEAVES + " values", ROUNDS, set);
  }

  private void files() throws Exception {
    Path folder = Files.createDirectory(work.resolve("tree"));
    Path one = encrypted("one.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n    name: s\nstringData:\n    user: admin\n    password: hunter2\n");
    for (int i = 0; i < FILES; i++) {
      Files.copy(one, folder.resolve("secret-" + i + ".yaml"));
    }
    Map<String, List<String>> programs = new LinkedHashMap<>();
    programs.put("Signet, one call of `signet render`", with(ours("signet"), "render", "-f", folder.toString()));
    table("decrypt " + FILES + " files", ROUNDS, programs);
    if (!upstream.isEmpty()) {
      Map<String, List<String>> loop = new LinkedHashMap<>();
      loop.put("upstream, a loop",
          with("sh", "-c", "for file in \"$1\"/*; do \"$0\" decrypt \"$file\" || exit; done", upstream, folder.toString()));
      table("decrypt " + FILES + " files", 1, loop);
    }
  }

  private static void table(String what, int rounds, Map<String, List<String>> programs) throws Exception {
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    for (int i = 0; i < rounds; i++) {
      for (Map.Entry<String, List<String>> each : programs.entrySet()) {
        costs.computeIfAbsent(each.getKey(), _ -> new ArrayList<>()).add(Cost.of(each.getValue()));
      }
    }
    System.out.println("\n| " + what + " | CPU | wall |\n|---|---|---|");
    costs.forEach((who, all) -> {
      Cost median = Cost.median(all);
      System.out.printf(Locale.ROOT, "| %s | %.3f s | %.3f s |%n", who, median.cpu(), median.wall());
    });
  }

  /** Ours within a warm JVM, from file to file; the program started anew each time, which costs it little. */
  private void age() throws Exception {
    Path plain = work.resolve("plain");
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(plain))) {
      byte[] block = new byte[1_000_000];
      for (int i = 0; i < MEGABYTES; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    Path sealed = work.resolve("sealed");
    Path opened = work.resolve("opened");
    List<Double> encrypting = new ArrayList<>();
    List<Double> decrypting = new ArrayList<>();
    List<Double> theirEncrypting = new ArrayList<>();
    List<Double> theirDecrypting = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      long began = System.nanoTime();
      try (InputStream in = Files.newInputStream(plain);
          OutputStream out = AgeFile.encrypt(new BufferedOutputStream(Files.newOutputStream(sealed), 1 << 16),
              List.of(identity.recipient()), AgeFile.Form.BINARY, new SecureRandom())) {
        in.transferTo(out);
      }
      encrypting.add((System.nanoTime() - began) / 1e9);
      began = System.nanoTime();
      try (InputStream in = AgeFile.decrypt(Files.newInputStream(sealed), AgeFile.Form.BINARY, List.of(identity));
          OutputStream out = Files.newOutputStream(opened)) {
        in.transferTo(out);
      }
      decrypting.add((System.nanoTime() - began) / 1e9);
      if (Files.mismatch(plain, opened) >= 0) {
        throw new IOException("what came out is not what went in");
      }
      if (!age.isEmpty()) {
        theirEncrypting.add(
            Cost.of(List.of(age, "-r", identity.recipient().toString(), "-o", sealed.toString(), plain.toString())).wall());
        theirDecrypting.add(
            Cost.of(List.of(age, "-d", "-i", work.resolve("key.txt").toString(), "-o", opened.toString(), sealed.toString()))
                .wall());
      }
    }
    System.out.println("\n| age, " + MEGABYTES + " MB from file to file | encrypt | decrypt |\n|---|---|---|");
    row("Signet, first time in a JVM", encrypting.getFirst(), decrypting.getFirst());
    row("Signet, median", Cost.middle(encrypting), Cost.middle(decrypting));
    if (!age.isEmpty()) {
      String version = new String(
          new ProcessBuilder(age, "--version").start().getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      row("age " + version + ", median", Cost.middle(theirEncrypting), Cost.middle(theirDecrypting));
    }
  }

  private static void row(String who, double encrypting, double decrypting) {
    System.out.printf(Locale.ROOT, "| %s | %.0f MB/s | %.0f MB/s |%n", who, MEGABYTES / encrypting, MEGABYTES / decrypting);
  }
}
