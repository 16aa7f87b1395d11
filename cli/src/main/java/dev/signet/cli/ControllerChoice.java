package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.kube.Connection;
import dev.signet.kube.Services;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a command asks a controller instead of having private keys, and which one. */
final class ControllerChoice {

  private static final String NAME = "sealed-secrets-controller";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Option(
      names = "--controller",
      description = {
        "Ask the controller of the cluster that kubectl talks to, Signet's or upstream's, as"
            + " kubeseal",
        "does; the options below say this too."
      })
  boolean controller;

  @Option(
      names = "--controller-name",
      paramLabel = "NAME",
      description =
          "Its Service; default: SEALED_SECRETS_CONTROLLER_NAME, sealed-secrets-controller.")
  Optional<String> name = Optional.empty();

  @Option(
      names = "--controller-namespace",
      paramLabel = "NAMESPACE",
      description = "Where that is; default: SEALED_SECRETS_CONTROLLER_NAMESPACE, kube-system.")
  Optional<String> namespace = Optional.empty();

  @Option(
      names = "--controller-url",
      paramLabel = "URL",
      description = "Ask at this address, for instance where kubectl port-forward listens.")
  Optional<String> url = Optional.empty();

  @Mixin ClusterOptions cluster = new ClusterOptions();

  boolean chosen() {
    return controller
        || name.isPresent()
        || namespace.isPresent()
        || url.isPresent()
        || cluster.kubeconfig.isPresent()
        || cluster.context.isPresent();
  }

  /** Finds it, and says on standard error which one it is. */
  SealingService connect(Surroundings surroundings) throws CommandFailure {
    SealingService service =
        url.isPresent() ? at(surroundings, url.get()) : behindTheApiServer(surroundings);
    surroundings.err().println("controller: " + service.where());
    surroundings.err().flush();
    return service;
  }

  private static SealingService at(Surroundings surroundings, String text) throws CommandFailure {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return SealingService.at(surroundings, uri, PATIENCE);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw CommandFailure.usage(
        "--controller-url " + text + " is no address", "use http://127.0.0.1:8080 or the like");
  }

  private SealingService behindTheApiServer(Surroundings surroundings) throws CommandFailure {
    String service =
        name.or(() -> surroundings.variable("SEALED_SECRETS_CONTROLLER_NAME")).orElse(NAME);
    String place =
        namespace
            .or(() -> surroundings.variable("SEALED_SECRETS_CONTROLLER_NAMESPACE"))
            .orElse(SealingKeys.NAMESPACE);
    Connection connection = cluster.connection(surroundings);
    Services services = new Services(connection, "signet/" + Version.text(), Optional.of(PATIENCE));
    try {
      return SealingService.behind(services, connection.server(), place, service);
    } catch (CommandFailure e) {
      services.close();
      throw e;
    } catch (ObjectsException e) {
      services.close();
      throw CommandFailure.because(e);
    }
  }
}
