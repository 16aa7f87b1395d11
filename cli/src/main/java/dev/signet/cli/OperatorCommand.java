package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.kube.Connection;
import dev.signet.kube.Leadership;
import dev.signet.operator.Logs;
import dev.signet.operator.Operator;
import dev.signet.operator.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Runs in a cluster, or beside one: opens SealedSecrets and fetches ExternalSecrets whenever",
      "something changes, and restores Secrets that somebody edits or deletes."
    },
    footer = {
      "",
      "Examples:",
      "  signet operator",
      "  signet operator --namespaces production,staging --log-format text",
      "  signet operator --leader-election=false   within the roles of the sealed-secrets chart",
      "  signet operator --escrow-recipient age1... --escrow-folder /escrow",
      "",
      "Of several that share a Lease one leads and the others stand by. /healthz, /readyz and",
      "/metrics are at the address of --http. SIGTERM lets what is under way end; exit code 0."
    })
final class OperatorCommand implements Command {

  /** A process that is told to end while it starts waits so long for itself. */
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(5);

  @Mixin Options options = new Options();

  @Option(
      names = "--namespaces",
      paramLabel = "NAME,...",
      split = ",",
      description = "Only these namespaces; default: all.")
  List<String> namespaces = List.of();

  @Option(
      names = "--label-selector",
      paramLabel = "SELECTOR",
      defaultValue = "",
      description = "Only SealedSecrets and ExternalSecrets with these labels.")
  String labelSelector = "";

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--key-namespace",
      paramLabel = "NAME",
      description = "Where the sealing keys are; default: POD_NAMESPACE, the pod's, kube-system.")
  Optional<String> keyNamespace = Optional.empty();

  @Option(
      names = "--make-key",
      paramLabel = "true|false",
      arity = "1",
      defaultValue = "true",
      description = "Make a sealing key when there is none; default ${DEFAULT-VALUE}.")
  boolean makeKey = true;

  @Option(
      names = "--key-size",
      paramLabel = "BITS",
      defaultValue = "4096",
      description = "The size of keys that are made; default ${DEFAULT-VALUE}.")
  int keySize;

  @Option(
      names = "--leader-election",
      paramLabel = "true|false",
      arity = "1",
      defaultValue = "true",
      description = "Whether a Lease decides which of several leads; default ${DEFAULT-VALUE}.")
  boolean leaderElection = true;

  @Option(
      names = "--lease-name",
      paramLabel = "NAME",
      defaultValue = "signet-operator",
      description = "That Lease, in the namespace of the keys; default ${DEFAULT-VALUE}.")
  String leaseName = "";

  @Option(
      names = "--workers",
      paramLabel = "COUNT",
      defaultValue = "8",
      description = "How many objects are looked at at once; default ${DEFAULT-VALUE}.")
  int workers;

  @Option(
      names = "--http",
      paramLabel = "[ADDRESS]:PORT",
      defaultValue = ":8080",
      description = "Where health and metrics are served; default ${DEFAULT-VALUE}.")
  String http = "";

  @Option(
      names = "--resync",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "When to look again though nothing changed; default ${DEFAULT-VALUE}.")
  int resync;

  @Option(
      names = "--qps",
      paramLabel = "RATE",
      defaultValue = "50",
      description = {
        "Requests a second to an API server that does not pace its clients itself;",
        "default ${DEFAULT-VALUE}."
      })
  int qps;

  @Option(
      names = "--burst",
      paramLabel = "COUNT",
      defaultValue = "100",
      description = "How many of those may come at once; default ${DEFAULT-VALUE}.")
  int burst;

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Logs.Format logFormat = Logs.Format.json;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "One of ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Logs.Threshold logLevel = Logs.Threshold.info;

  @Mixin EscrowOptions escrow = new EscrowOptions();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Settings settings = settings(surroundings);
    Logs.to(surroundings.out(), logFormat, logLevel);
    // From the first moment on: the endpoints answer before all of it has started.
    BlockingQueue<Operator> running = new ArrayBlockingQueue<>(1);
    Thread stop = new Thread(() -> stop(running), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      Operator operator = start(surroundings, settings);
      running.add(operator);
      operator.await();
      return ExitCode.OK;
    } catch (CommandFailure | RuntimeException e) {
      Runtime.getRuntime().removeShutdownHook(stop);
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCode.FAILED;
    }
  }

  private Operator start(Surroundings surroundings, Settings settings) throws CommandFailure {
    Connection connection = cluster.connection(surroundings);
    try {
      return Operator.start(
          settings,
          escrow.plan(surroundings),
          connection,
          surroundings.clock(),
          surroundings.random());
    } catch (IOException e) {
      throw CommandFailure.of(
          "cannot listen at " + http + ": " + e.getMessage(), "use another address with --http");
    }
  }

  /** In the thread that ends the process: what it waits for is all that is waited for. */
  private static void stop(BlockingQueue<Operator> running) {
    int code = ExitCode.OK;
    try {
      Operator operator = running.poll(STARTS_WITHIN.toSeconds(), TimeUnit.SECONDS);
      if (operator != null) {
        // What was interrupted begins again in the process that leads next.
        var _ = operator.stop(Operator.GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      code = ExitCode.FAILED;
    }
    // Without this the JVM would end with the number of the signal.
    Runtime.getRuntime().halt(code);
  }

  Settings settings(Surroundings surroundings) throws CommandFailure, IOException {
    String keys = keyNamespace(surroundings);
    String identity =
        surroundings
                .variable("POD_NAME")
                .or(() -> surroundings.variable("HOSTNAME"))
                .orElse("signet")
            + "_"
            + Long.toHexString(surroundings.random().nextLong());
    try {
      return new Settings(
          namespaces,
          labelSelector,
          keys,
          makeKey,
          keySize,
          leaderElection
              ? Optional.of(new Settings.Election(keys, leaseName, Leadership.Terms.USUAL))
              : Optional.empty(),
          identity,
          workers,
          address(http),
          qps,
          burst,
          Duration.ofSeconds(resync),
          Version.text());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), "see `signet operator --help`");
    }
  }

  private String keyNamespace(Surroundings surroundings) throws IOException {
    Optional<String> told = keyNamespace.or(() -> surroundings.variable("POD_NAMESPACE"));
    if (told.isPresent()) {
      return told.get();
    }
    Path mounted = Connection.SERVICE_ACCOUNT.resolve("namespace");
    return Files.exists(mounted) ? Files.readString(mounted).strip() : SealingKeys.NAMESPACE;
  }

  private static InetSocketAddress address(String text) throws CommandFailure {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = colon <= 0 ? "" : text.substring(0, colon);
      if (colon < 0) {
        throw new IllegalArgumentException("no port");
      }
      return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "--http " + text + " is no address", "use :8080, or 127.0.0.1:8080");
    }
  }
}
