package dev.signet.cli;

import dev.signet.kube.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Whether a command that works in directories is meant to work on a cluster: only when it is told
 * so. That a kubeconfig lies about chooses nothing.
 */
final class ClusterChoice {

  @Option(
      names = "--cluster",
      description =
          "Work on the cluster that kubectl talks to, not in a directory; --context and --kubeconfig say this too.")
  boolean cluster;

  @Mixin ClusterOptions which = new ClusterOptions();

  boolean chosen() {
    return cluster || which.kubeconfig.isPresent() || which.context.isPresent();
  }

  /** Finds it, and says on standard error which one it is before anything is asked or written. */
  Connection connect(Surroundings surroundings) throws CommandFailure {
    Connection connection;
    try {
      connection = which.connection(surroundings);
    } catch (CommandFailure e) {
      throw CommandFailure.of(
          e.getMessage(),
          "name a kubeconfig with --kubeconfig, or one of its contexts with --context");
    }
    surroundings.err().println("cluster: " + name(connection));
    surroundings.err().flush();
    return connection;
  }

  private static String name(Connection connection) {
    return connection.server();
  }

  /** The same for programs. */
  static Map<String, Object> tree(Connection connection) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("server", connection.server());
    return tree;
  }

  /** Refuses an option that means nothing here. */
  void only(boolean given, String option, boolean onCluster) throws CommandFailure {
    if (given && onCluster != chosen()) {
      throw CommandFailure.usage(
          option + (onCluster ? " is for clusters" : " is for directories"),
          onCluster
              ? "choose one with --cluster, --context or --kubeconfig"
              : "leave out --cluster, --context and --kubeconfig, or " + option);
    }
  }
}
