import dev.signet.core.sealing.SealingKey;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Work on many documents at once: sealing them, and bringing them from an old key to a new one. Upstream does the latter a
 * document at a time, by a request to its controller through the API server; `signet reseal` does it with the keys at hand.
 */
final class Bulk implements AutoCloseable {

  private static final String SERVICE = "controller";

  private final SealedBench bench;
  private final Path folder;
  private final Path ours;
  private final String upstream;
  private final Path controller;
  private final SealingKey old = SealedBench.key("sealed-secrets-key-old");
  private final SealingKey current;

  /**
   * @param programs the folder with our programs
   * @param upstream its kubeseal
   * @param controller upstream's
   */
  Bulk(SealedBench bench, Path folder, Path programs, Path upstream, Path controller) throws Exception {
    this.bench = bench;
    this.folder = Files.createDirectories(folder);
    this.ours = programs;
    this.upstream = upstream.toString();
    this.controller = controller;
    // Certificates are dated in whole seconds.
    Thread.sleep(1000);
    this.current = SealedBench.key("sealed-secrets-key-new");
    Files.write(folder.resolve("cert.pem"), current.certificate().toPem());
  }

  void seal(Map<String, Object> result) throws Exception {
    int documents = bench.size("documents");
    Path many = folder.resolve("many.yaml");
    Path one = folder.resolve("one.yaml");
    Files.writeString(many, secrets(documents));
    Files.writeString(one, secrets(1));
    Map<String, String> programs = new LinkedHashMap<>();
    programs.put("ours", ours.resolve("kubeseal").toString());
    programs.put("upstream", upstream);
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    for (int round = 0; round <= bench.size("rounds"); round++) {
      for (Map.Entry<String, String> program : programs.entrySet()) {
        bench.progress("sealing " + documents + " documents in one call: " + program.getKey());
        Cost cost = Cost.of(kubeseal(program.getValue(), many));
        if (round > 0) {
          costs.computeIfAbsent(program.getKey(), _ -> new ArrayList<>()).add(cost);
        }
      }
    }
    costs.forEach((program, all) -> result.put(program + ", one call", row(Cost.median(all), documents)));
    int single = bench.size("single");
    for (Map.Entry<String, String> program : programs.entrySet()) {
      bench.progress("sealing " + single + " documents, a process for each: " + program.getKey());
      List<Cost> each = new ArrayList<>();
      for (int i = 0; i < single; i++) {
        each.add(Cost.of(kubeseal(program.getValue(), one)));
      }
      result.put(program.getKey() + ", a process for each", row(sum(each), single));
    }
  }

  private List<String> kubeseal(String program, Path input) {
    return List.of(program, "--cert", folder.resolve("cert.pem").toString(), "-o", "yaml", "-f", input.toString());
  }

  private static String secrets(int documents) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      text.append("---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: app-" + i + "\n  namespace: team-" + i % 50 + "\ndata:\n");
      for (int item = 0; item < SealedBench.ITEMS; item++) {
        String value = "a value of app-" + i + ", " + item;
        text.append("  value-" + item + ": " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) + "\n");
      }
    }
    return text.toString();
  }

  void reencrypt(Map<String, Object> result) throws Exception {
    int documents = bench.size("documents");
    Files.writeString(folder.resolve("keys.json"), Side.json(Map.of("apiVersion", "v1", "kind", "List", "items",
        List.of(Side.secret(old), Side.secret(current)))));
    List<Side.Posted> sealed = SealedBench.sealed(0, documents, "old", old);
    List<Cost> costs = new ArrayList<>();
    for (int round = 0; round < bench.size("rounds"); round++) {
      Path tree = tree("ours-" + round, sealed);
      bench.progress("re-encrypting " + documents + " documents: ours");
      costs.add(Cost.of(List.of(ours.resolve("signet").toString(), "reseal", "-R", tree.toString(), "--keys",
          folder.resolve("keys.json").toString())));
    }
    result.put("`signet reseal`, all in one call, keys at hand", row(Cost.median(costs), documents));
    Optional<InetAddress> address = address();
    if (address.isEmpty()) {
      bench.progress("upstream is skipped: an API server reaches no controller on a machine without a network");
      return;
    }
    int port = Program.freePort();
    try (Side side = new Side("upstream", folder.resolve("plane"), new Side.Launch() {
      @Override
      public String home() {
        return "";
      }

      @Override
      public String counted() {
        return SealedBench.LOOKS;
      }

      @Override
      public List<String> command(int metrics, boolean limited) {
        List<String> command = new ArrayList<>(List.of(controller.toString(), "--listen-addr=0.0.0.0:" + port,
            "--listen-metrics-addr=127.0.0.1:" + metrics, "--kubeclient-qps=-1"));
        if (!limited) {
          command.addAll(List.of("--rate-limit=10000", "--rate-limit-burst=10000"));
        }
        return command;
      }
    })) {
      side.store(old);
      side.store(current);
      side.service(SERVICE, address.get().getHostAddress(), port);
      int single = Math.min(documents, bench.size("single"));
      for (boolean limited : new boolean[] {true, false}) {
        bench.progress("re-encrypting " + single + " documents: upstream" + (limited ? "" : ", limits off"));
        Path tree = tree("upstream-" + limited, sealed.subList(0, single));
        try (Program program = side.start(limited)) {
          await(program, side, tree.resolve("0.json"));
          Files.writeString(tree.resolve("0.json"), sealed.getFirst().json());
          result.put("upstream, a request for each" + (limited ? "" : ", limits off"), loop(program, side, tree, single));
        }
      }
    }
  }

  /** Of one after the other, as a shell's loop; what its limit refuses is asked for again. CPU is of both processes. */
  private Map<String, Object> loop(Program program, Side side, Path tree, int single) throws Exception {
    double before = program.cpuSeconds();
    long began = System.nanoTime();
    double cpu = 0;
    for (int i = 0; i < single; i++) {
      Optional<Cost> cost = Optional.empty();
      while (cost.isEmpty()) {
        cost = once(side, tree.resolve(i + ".json"));
        cpu += cost.map(Cost::cpu).orElse(0.0);
        if (cost.isEmpty()) {
          program.orFail();
          Thread.sleep(100);
        }
      }
    }
    return row(new Cost(cpu + program.cpuSeconds() - before, (System.nanoTime() - began) / 1e9), single);
  }

  private void await(Program program, Side side, Path file) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (once(side, file).isEmpty()) {
      program.orFail();
      if (System.nanoTime() > deadline) {
        throw new IOException("upstream's controller re-encrypts nothing");
      }
      Thread.sleep(200);
    }
  }

  private Optional<Cost> once(Side side, Path file) throws InterruptedException {
    try {
      return Optional.of(Cost.of(List.of("sh", "-c", "exec \"$@\" 2>/dev/null", "sh", upstream, "--re-encrypt", "--kubeconfig",
          side.kubeconfig().toString(), "--controller-namespace", Side.HOME, "--controller-name", SERVICE, "-f",
          file.toString(), "-w", file.toString())));
    } catch (IOException refused) {
      return Optional.empty();
    }
  }

  private Path tree(String name, List<Side.Posted> objects) throws IOException {
    Path tree = Files.createDirectories(folder.resolve(name));
    int number = 0;
    for (Side.Posted each : objects) {
      Files.writeString(tree.resolve(number++ + ".json"), each.json());
    }
    return tree;
  }

  /** One that an API server takes for an endpoint: it takes none of loopback. */
  private static Optional<InetAddress> address() throws IOException {
    return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress() && !each.isLinkLocalAddress()).findFirst();
  }

  private static Cost sum(List<Cost> costs) {
    return new Cost(costs.stream().mapToDouble(Cost::cpu).sum(), costs.stream().mapToDouble(Cost::wall).sum());
  }

  private static Map<String, Object> row(Cost cost, int documents) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("documents", documents);
    row.put("seconds", cost.wall());
    row.put("rate", documents / cost.wall());
    row.put("cpuPerDocument", cost.cpu() / documents);
    return row;
  }

  @Override
  public void close() {
    Stream.of(old, current).forEach(SealingKey::close);
  }
}
