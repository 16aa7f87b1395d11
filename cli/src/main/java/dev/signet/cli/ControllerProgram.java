package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.kube.Connection;
import dev.signet.operator.Logs;
import dev.signet.operator.Operator;
import dev.signet.operator.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program {@code controller}, in place of the Sealed Secrets controller 0.40.0: its flags,
 * environment, output and exit codes. It runs in a pod: no kubeconfig is read. Copies of keys in
 * escrow, which upstream does not have, are asked for by environment variables of ours.
 */
final class ControllerProgram {

  /** Upstream ends in a panic when it cannot start. */
  private static final int PANIC = 2;

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.controller");

  private ControllerProgram() {}

  static int run(String[] args, Surroundings surroundings) {
    return run(args, surroundings, Connection.SERVICE_ACCOUNT);
  }

  /**
   * @param account the folder with the service account's token
   */
  static int run(String[] args, Surroundings surroundings, Path account) {
    PrintStream err = surroundings.err();
    ControllerArguments arguments;
    try {
      arguments = ControllerArguments.parse(args, surroundings.environment());
    } catch (ControllerArguments.MisuseException e) {
      err.print(ControllerFlag.usage());
      err.println(e.getMessage());
      return ExitCode.USAGE;
    }
    err.print(arguments.notes());
    if (arguments.help()) {
      err.print(ControllerFlag.usage());
      return ExitCode.OK;
    }
    if (arguments.is(ControllerFlag.VERSION)) {
      surroundings.out().println("controller version: " + Version.text());
      return ExitCode.OK;
    }
    Logs.asGo(
        arguments.is(ControllerFlag.LOG_INFO_STDOUT) ? surroundings.out() : err,
        err,
        arguments.text(ControllerFlag.LOG_FORMAT).equals("json")
            ? Logs.Format.json
            : Logs.Format.text,
        arguments.text(ControllerFlag.LOG_LEVEL));
    return serve(arguments, surroundings, account);
  }

  private static int serve(ControllerArguments arguments, Surroundings surroundings, Path account) {
    LOG.atInfo().addKeyValue("version", Version.text()).log("Starting sealed-secrets controller");
    try {
      Optional<EscrowPlan> escrow = EscrowOptions.ofEnvironment(surroundings).plan(surroundings);
      Connection connection = connection(surroundings, account);
      var controller = new ControllerSettings(arguments, namespace(surroundings, account));
      if (controller.order().isEmpty()) {
        LOG.atError()
            .addKeyValue("keyOrderPriority", arguments.text(ControllerFlag.KEY_ORDER_PRIORITY))
            .log("Invalid keyOrderPriority. Use CertNotBefore or SecretCreationTimestamp");
      }
      Settings settings =
          controller.settings(OperatorCommand.identity(surroundings), Version.text());
      return Serving.until(
          () ->
              Operator.start(
                  settings,
                  escrow,
                  connection,
                  FastRsa.ofService(),
                  surroundings.clock(),
                  surroundings.random()));
    } catch (CommandFailure e) {
      surroundings
          .err()
          .println("panic: " + e.getMessage() + e.hint().map(hint -> "; " + hint).orElse(""));
      return PANIC;
    } catch (ObjectsException | IllegalArgumentException | IOException e) {
      surroundings.err().println("panic: " + e.getMessage());
      return PANIC;
    }
  }

  private static Connection connection(Surroundings surroundings, Path account)
      throws ObjectsException {
    if (surroundings.variable("KUBERNETES_SERVICE_HOST").isEmpty()
        || surroundings.variable("KUBERNETES_SERVICE_PORT").isEmpty()) {
      throw new IllegalArgumentException(
          "unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and"
              + " KUBERNETES_SERVICE_PORT must be defined");
    }
    return Connection.inCluster(surroundings.environment(), account, surroundings.clock());
  }

  private static String namespace(Surroundings surroundings, Path account) throws IOException {
    Optional<String> told = surroundings.variable("POD_NAMESPACE");
    Path mounted = account.resolve("namespace");
    if (told.isEmpty() && Files.exists(mounted)) {
      told = Optional.of(Files.readString(mounted).strip()).filter(name -> !name.isEmpty());
    }
    return told.orElse("default");
  }
}
