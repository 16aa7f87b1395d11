package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Connection;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which cluster a command means. */
final class ClusterOptions {

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the cluster; default: KUBECONFIG, ~/.kube/config, or the pod's.")
  Optional<String> kubeconfig = Optional.empty();

  @Option(names = "--context", paramLabel = "NAME", description = "A context of the kubeconfig.")
  Optional<String> context = Optional.empty();

  Connection connection(Surroundings surroundings) throws CommandFailure {
    try {
      return Connection.find(
          surroundings.environment(),
          Path.of(surroundings.variable("HOME").orElse("/")),
          kubeconfig.map(surroundings::path),
          context,
          surroundings.clock());
    } catch (ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }
}
