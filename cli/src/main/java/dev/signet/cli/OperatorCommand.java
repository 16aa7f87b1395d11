package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.SentSecrets;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.kube.Connection;
import dev.signet.kube.Rate;
import dev.signet.operator.Beside;
import dev.signet.operator.Kinds;
import dev.signet.operator.Logs;
import dev.signet.operator.Operator;
import dev.signet.operator.Removals;
import dev.signet.operator.SealedSecretsSettings;
import dev.signet.operator.SealingEndpoints;
import dev.signet.operator.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
      "  signet operator --shadow                  beside another controller, to compare",
      "",
      "Of several that share a Lease one leads and the others stand by. /healthz, /readyz,",
      "/metrics and kubeseal's /v1/cert.pem, /v1/verify and /v1/rotate are at the address of",
      "--http, on all of them. SIGTERM lets what is under way end; exit code 0."
    })
final class OperatorCommand implements Command {

  @Mixin Options options = new Options();

  @Option(
      names = "--namespaces",
      paramLabel = "NAME,...",
      split = ",",
      hideParamSyntax = true,
      description = "Only these namespaces; default: all.")
  List<String> namespaces = List.of();

  @Option(
      names = "--label-selector",
      paramLabel = "SELECTOR",
      defaultValue = "",
      description = "Only SealedSecrets and ExternalSecrets with these labels.")
  String labelSelector = "";

  @Option(
      names = "--without",
      paramLabel = "KIND,...",
      split = ",",
      hideParamSyntax = true,
      description = {
        "Kinds that are left to others, such as SealedSecret or ClusterExternalSecret; without",
        "SealedSecret no sealing key is made."
      })
  List<String> without = List.of();

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--unsafe-allow-generic-targets",
      description = "Let ExternalSecrets write into objects that are not Secrets.")
  boolean genericTargets;

  @Option(
      names = "--economy",
      description = {
        "Remember the time of a refresh that changed nothing instead of writing it: one request",
        "less for each. After a restart all that was refreshed since is fetched again."
      })
  boolean economy;

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

  @Mixin LeaseOptions lease = new LeaseOptions();

  @Mixin WebhookOptions webhook = new WebhookOptions();

  @Option(
      names = "--workers",
      paramLabel = "COUNT",
      defaultValue = "16",
      description = "How many objects are looked at at once; default ${DEFAULT-VALUE}.")
  int workers;

  @Option(
      names = "--max-removals",
      paramLabel = "PERCENT%/DURATION",
      defaultValue = "25%/1h",
      description = {
        "The share of ExternalSecrets' Secrets that may be deleted or emptied within that time,",
        "ten in any case; 100%% for no limit; default 25%%/1h."
      })
  String maxRemovals = "";

  @Option(
      names = "--http",
      paramLabel = "[ADDRESS]:PORT",
      defaultValue = ":8080",
      description = {
        "Where health and metrics are served, and where kubeseal asks; default ${DEFAULT-VALUE}."
      })
  String http = "";

  @Option(
      names = "--metrics",
      paramLabel = "[ADDRESS]:PORT",
      description = "Where metrics are served instead.")
  Optional<String> metrics = Optional.empty();

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
      names = "--rate-limit",
      paramLabel = "RATE",
      defaultValue = "2",
      description = {
        "Requests of kubeseal a second from one client that are verified or rotated;",
        "default ${DEFAULT-VALUE}."
      })
  int rateLimit;

  @Option(
      names = "--rate-limit-burst",
      paramLabel = "COUNT",
      defaultValue = "2",
      description = "How many more of those may come at once; default ${DEFAULT-VALUE}.")
  int rateLimitBurst;

  @Option(
      names = "--rotate",
      paramLabel = "HOW",
      defaultValue = "keep",
      description = {
        "What kubeseal --re-encrypt gets: keep leaves what is on the newest key and the template",
        "as they are, upstream does as its controller; default ${DEFAULT-VALUE}."
      })
  Rotate rotate = Rotate.keep;

  /** The values of {@code --rotate}. */
  enum Rotate {
    keep(SentSecrets.Rotation.KEEP),
    upstream(SentSecrets.Rotation.UPSTREAM);

    private final SentSecrets.Rotation rotation;

    Rotate(SentSecrets.Rotation rotation) {
      this.rotation = rotation;
    }
  }

  @Option(
      names = "--shadow",
      description = {
        "Write nothing. Compare every SealedSecret with its Secret and status beside another",
        "controller, and tell at /shadow, in metrics and in the log what would have been written."
      })
  boolean shadow;

  @Option(
      names = "--never-stand-back",
      description = {
        "Write although another controller writes statuses of SealedSecrets; default: nothing is",
        "written for them until it has written none for 30 s."
      })
  boolean neverStandBack;

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

  @Mixin SopsOptions sops = new SopsOptions();

  @Mixin EscrowOptions escrow = new EscrowOptions();

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    Settings settings = settings(surroundings);
    Logs.to(surroundings.out(), logFormat, logLevel);
    Connection connection = cluster.connection(surroundings);
    Optional<EscrowPlan> plan = escrow.plan(surroundings);
    if (shadow && plan.isPresent()) {
      throw CommandFailure.usage(
          "--shadow writes nothing, copies of keys included", "leave out the flags of escrow");
    }
    try {
      return Serving.until(
          () ->
              Operator.start(
                  settings,
                  plan,
                  connection,
                  FastRsa.ofService(),
                  surroundings.clock(),
                  surroundings.random()));
    } catch (IOException e) {
      throw CommandFailure.of(
          "cannot listen at " + http + ": " + e.getMessage(), "use another address with --http");
    }
  }

  Settings settings(Surroundings surroundings) throws CommandFailure, IOException {
    String keys = keyNamespace(surroundings);
    Set<String> kinds = Kinds.kinds();
    for (String kind : without) {
      if (!kinds.contains(kind)) {
        throw CommandFailure.usage(
            "--without " + kind + " is no kind of this operator",
            "it has " + String.join(", ", new TreeSet<>(kinds)));
      }
    }
    try {
      if (keySize < 2048) {
        throw new IllegalArgumentException("keys of 2048 bits and more are safe; others are not");
      }
      SealedSecretsSettings sealed =
          SealedSecretsSettings.DEFAULT
              .withKeys(KeyRules.DEFAULT.withNamespace(keys).withBits(keySize))
              .withRenewal(
                  makeKey && !without.contains("SealedSecret")
                      ? SealedSecretsSettings.Renewal.FIRST
                      : SealedSecretsSettings.Renewal.NEVER)
              .withSealing(sealing());
      return new Settings(
          new Settings.Area(namespaces, List.of(), labelSelector),
          new Settings.Dialects(
              sealed,
              /* externalSecrets= */ true,
              Set.copyOf(without),
              genericTargets,
              Removals.Limit.parse(maxRemovals),
              sops.settings(surroundings),
              economy),
          leaderElection ? Optional.of(lease.election(keys, leaseName)) : Optional.empty(),
          identity(surroundings),
          workers,
          Settings.Http.at(address("--http", http))
              .withMetrics(
                  metrics.isPresent()
                      ? Optional.of(address("--metrics", metrics.get()))
                      : Optional.empty())
              .withWebhook(webhook.settings()),
          Rate.polite(qps, burst),
          Settings.Looks.every(Duration.ofSeconds(resync)),
          Version.text(),
          Beside.DEFAULT.with(Beside.conduct(shadow, neverStandBack)));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), "see `signet operator --help`");
    }
  }

  /** What no other process has: the pod's name, and something drawn. */
  static String identity(Surroundings surroundings) {
    return surroundings
            .variable("POD_NAME")
            .or(() -> surroundings.variable("HOSTNAME"))
            .orElse("signet")
        + "_"
        + Long.toHexString(surroundings.random().nextLong());
  }

  private SealingEndpoints.Terms sealing() {
    SentSecrets usual = SealingEndpoints.Terms.DEFAULT.sent();
    return SealingEndpoints.Terms.DEFAULT
        .withRate(rateLimit, rateLimitBurst)
        .withSent(new SentSecrets(rotate.rotation, usual.acceptDeprecated(), usual.operations()));
  }

  private String keyNamespace(Surroundings surroundings) throws IOException {
    Optional<String> told = keyNamespace.or(() -> surroundings.variable("POD_NAMESPACE"));
    if (told.isPresent()) {
      return told.get();
    }
    Path mounted = Connection.SERVICE_ACCOUNT.resolve("namespace");
    return Files.exists(mounted) ? Files.readString(mounted).strip() : SealingKeys.NAMESPACE;
  }

  static InetSocketAddress address(String option, String text) throws CommandFailure {
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
          option + " " + text + " is no address", "use :8080, or 127.0.0.1:8080");
    }
  }
}
