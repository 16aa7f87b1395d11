package dev.signet.cli;

import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * As much of the kubeconfig as sealing needs: which namespace it says, and whether it says enough
 * to reach a cluster at all, in client-go's order and words (v0.37, tools/clientcmd). Connecting is
 * not done here, so that sealing with a certificate at hand loads no client for clusters.
 *
 * <p>Of several files in {@code KUBECONFIG} the first that names something wins; those that do not
 * exist are passed over, but for the one of {@code --kubeconfig}.
 */
final class KubesealKubeconfig {

  static final String NOTHING =
      "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER"
          + " environment variable";

  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private record Context(String cluster, String user, String namespace) {
    static final Context NONE = new Context("", "", "");
  }

  private final Surroundings surroundings;
  private final KubesealArguments arguments;
  private final Map<String, Context> contexts = new HashMap<>();
  private final Map<String, String> servers = new HashMap<>();
  private final Map<String, Boolean> users = new HashMap<>();
  private String current = "";

  private KubesealKubeconfig(Surroundings surroundings, KubesealArguments arguments) {
    this.surroundings = surroundings;
    this.arguments = arguments;
  }

  static KubesealKubeconfig read(Surroundings surroundings, KubesealArguments arguments)
      throws CommandFailure {
    KubesealKubeconfig config = new KubesealKubeconfig(surroundings, arguments);
    String explicit = arguments.text(KubesealFlag.KUBECONFIG);
    if (!explicit.isEmpty()) {
      if (!Files.exists(surroundings.path(explicit))) {
        throw CommandFailure.of("stat " + explicit + ": no such file or directory");
      }
      config.add(explicit);
    } else {
      for (String name : config.usual()) {
        if (!name.isEmpty() && Files.exists(surroundings.path(name))) {
          config.add(name);
        }
      }
    }
    return config;
  }

  private String[] usual() {
    Optional<String> named = surroundings.variable("KUBECONFIG");
    return named.isPresent()
        ? named.get().split(File.pathSeparator, -1)
        : new String[] {surroundings.variable("HOME").orElse("") + "/.kube/config"};
  }

  private void add(String name) throws CommandFailure {
    byte[] content = KubesealFile.read(surroundings, name);
    List<Document> documents;
    try {
      documents = Documents.read(content, name, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.of(
          "error loading config file " + KubesealText.quoted(name) + ": " + e.getMessage());
    }
    if (documents.isEmpty()) {
      return;
    }
    Map<String, ?> tree = documents.getFirst().tree();
    if (current.isEmpty()) {
      current = text(tree, "current-context");
    }
    for (Map<?, ?> each : named(tree, "contexts")) {
      Map<?, ?> context = inner(each, "context");
      contexts.putIfAbsent(
          text(each, "name"),
          new Context(text(context, "cluster"), text(context, "user"), text(context, "namespace")));
    }
    for (Map<?, ?> each : named(tree, "clusters")) {
      servers.putIfAbsent(text(each, "name"), text(inner(each, "cluster"), "server"));
    }
    for (Map<?, ?> each : named(tree, "users")) {
      users.putIfAbsent(text(each, "name"), true);
    }
  }

  private static List<Map<?, ?>> named(Map<?, ?> tree, String field) {
    List<Map<?, ?>> result = new ArrayList<>();
    if (tree.get(field) instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map) {
          result.add(map);
        }
      }
    }
    return result;
  }

  private static Map<?, ?> inner(Map<?, ?> tree, String field) {
    return tree.get(field) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(Map<?, ?> tree, String field) {
    return Documents.coerced(tree.get(field)) instanceof String text ? text : "";
  }

  /** The namespace for what does not say its own. */
  String namespace() throws CommandFailure {
    List<String> problems = problems();
    if (!problems.isEmpty() && !isNothing(problems)) {
      throw invalid(problems);
    }
    String own = context().namespace();
    if (!own.isEmpty() && problems.isEmpty()) {
      return own;
    }
    if (inCluster()) {
      return ofPod();
    }
    if (!problems.isEmpty()) {
      throw invalid(problems);
    }
    return "default";
  }

  /** Fails unless there is a cluster to connect to. */
  void check() throws CommandFailure {
    required(KubesealFlag.USER, "auth info", users.containsKey(flag(KubesealFlag.USER)));
    required(KubesealFlag.CONTEXT, "context", contexts.containsKey(flag(KubesealFlag.CONTEXT)));
    required(KubesealFlag.CLUSTER, "cluster", servers.containsKey(flag(KubesealFlag.CLUSTER)));
    List<String> problems = problems();
    boolean uid = !flag(KubesealFlag.AS_UID).isEmpty();
    if (flag(KubesealFlag.AS).isEmpty()
        && (uid || !arguments.list(KubesealFlag.AS_GROUP).isEmpty())) {
      String user = flag(KubesealFlag.USER).isEmpty() ? context().user() : flag(KubesealFlag.USER);
      throw CommandFailure.of(
          "invalid configuration: requesting uid, groups or user-extra for "
              + user
              + " without impersonating a user");
    }
    if (!problems.isEmpty() && !(isNothing(problems) && inCluster())) {
      throw invalid(problems);
    }
  }

  private void required(KubesealFlag flag, String what, boolean exists) throws CommandFailure {
    if (!flag(flag).isEmpty() && !exists) {
      throw CommandFailure.of(what + " " + KubesealText.quoted(flag(flag)) + " does not exist");
    }
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    String name = contextName();
    if (!name.isEmpty() && !contexts.containsKey(name)) {
      problems.add("context was not found for specified context: " + name);
    }
    if (flag(KubesealFlag.SERVER).isEmpty()) {
      String cluster = flag(KubesealFlag.CLUSTER);
      String named = cluster.isEmpty() ? context().cluster() : cluster;
      if (servers.getOrDefault(named, "").isEmpty()) {
        problems.add(
            cluster.isEmpty() && !servers.containsKey(named)
                ? "cluster has no server defined"
                : "no server found for cluster " + KubesealText.quoted(named));
      }
    }
    return problems;
  }

  private static boolean isNothing(List<String> problems) {
    return problems.equals(List.of("cluster has no server defined"));
  }

  private static CommandFailure invalid(List<String> problems) {
    if (isNothing(problems)) {
      return CommandFailure.of(NOTHING);
    }
    return CommandFailure.of(
        "invalid configuration: "
            + (problems.size() == 1
                ? problems.getFirst()
                : "[" + String.join(", ", problems) + "]"));
  }

  private String contextName() {
    String wanted = flag(KubesealFlag.CONTEXT);
    return wanted.isEmpty() ? current : wanted;
  }

  private Context context() {
    return contexts.getOrDefault(contextName(), Context.NONE);
  }

  private String flag(KubesealFlag flag) {
    return arguments.text(flag);
  }

  private boolean inCluster() {
    return surroundings.variable("KUBERNETES_SERVICE_HOST").isPresent()
        && surroundings.variable("KUBERNETES_SERVICE_PORT").isPresent()
        && Files.isRegularFile(SERVICE_ACCOUNT.resolve("token"));
  }

  private String ofPod() throws CommandFailure {
    Optional<String> told = surroundings.variable("POD_NAMESPACE");
    Path file = SERVICE_ACCOUNT.resolve("namespace");
    if (told.isPresent() || !Files.exists(file)) {
      return told.orElse("default");
    }
    byte[] content = KubesealFile.read(surroundings, file.toString());
    String text = new String(content, java.nio.charset.StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "default" : text;
  }
}
