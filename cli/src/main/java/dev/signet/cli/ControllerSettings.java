package dev.signet.cli;

import dev.signet.core.sealing.KeyOrder;
import dev.signet.dialects.sealedsecrets.DeliveryRules;
import dev.signet.dialects.sealedsecrets.KeyRules;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.SentSecrets;
import dev.signet.kube.Rate;
import dev.signet.operator.Beside;
import dev.signet.operator.SealedSecretsSettings;
import dev.signet.operator.SealingEndpoints;
import dev.signet.operator.Settings;
import java.net.InetSocketAddress;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the flags of {@code controller} mean to the operator: the same engine with Sealed Secrets
 * alone, within the rights that upstream's chart grants. There is no Lease, for upstream's role has
 * none: there is one controller, as there always was.
 */
final class ControllerSettings {

  /** Go's time.RFC1123Z: {@code Mon, 02 Jan 2006 15:04:05 -0700}. */
  private static final DateTimeFormatter RFC_1123_Z =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss xx", Locale.ENGLISH);

  private static final Duration STALLED = Duration.ofMinutes(5);

  /** Most of the time a worker waits for the API server; opening takes turns on the cores. */
  private static final int WORKERS_OF_A_CORE = 4;

  /** Until the API server is seen to share its time out by itself. */
  private static final Rate POLITE = Rate.polite(50, 100);

  /** What client-go makes of zero. */
  private static final Rate CLIENT_GO = Rate.strict(5, 10);

  /** Upstream's is "controller", after its program. */
  private static final String WRITER = "signet-controller";

  private final ControllerArguments arguments;
  private final String namespace;

  /**
   * @param namespace the controller's own
   */
  ControllerSettings(ControllerArguments arguments, String namespace) {
    this.arguments = arguments;
    this.namespace = namespace;
  }

  /**
   * @throws IllegalArgumentException for a value that cannot work, in upstream's words where it has
   *     some
   */
  Settings settings(String identity, String version) {
    return new Settings(
        area(),
        new Settings.Dialects(sealedSecrets(), /* externalSecrets= */ false),
        Optional.empty(),
        identity,
        WORKERS_OF_A_CORE * Runtime.getRuntime().availableProcessors(),
        new Settings.Http(
            address(ControllerFlag.LISTEN_ADDR),
            Optional.of(address(ControllerFlag.LISTEN_METRICS_ADDR)),
            arguments.duration(ControllerFlag.READ_TIMEOUT),
            arguments.duration(ControllerFlag.WRITE_TIMEOUT),
            /* required= */ false),
        rate(),
        new Settings.Looks(
            Optional.empty(),
            STALLED,
            Math.max(0, arguments.integer(ControllerFlag.MAX_UNSEAL_RETRIES))),
        version,
        Beside.DEFAULT
            .withWriter(WRITER)
            .with(
                Beside.conduct(
                    arguments.is(ControllerFlag.SHADOW),
                    arguments.is(ControllerFlag.NEVER_STAND_BACK))));
  }

  private Settings.Area area() {
    String selector = arguments.text(ControllerFlag.LABEL_SELECTOR);
    List<String> more =
        Arrays.stream(arguments.text(ControllerFlag.ADDITIONAL_NAMESPACES).split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty() && !name.equals(namespace))
            .toList();
    boolean all =
        arguments.is(ControllerFlag.ALL_NAMESPACES)
            && arguments.text(ControllerFlag.ADDITIONAL_NAMESPACES).isEmpty();
    return new Settings.Area(all ? List.of() : List.of(namespace), more, selector);
  }

  private SealedSecretsSettings sealedSecrets() {
    return new SealedSecretsSettings(
        keys(),
        renewal(),
        delivery(),
        sealing(),
        !arguments.is(ControllerFlag.METRICS_OMIT_SECRET_LABELS));
  }

  private KeyRules keys() {
    return new KeyRules(
        namespace,
        arguments.text(ControllerFlag.KEY_PREFIX),
        order().orElse(KeyOrder.CERTIFICATE_NOT_BEFORE),
        arguments.integer(ControllerFlag.KEY_SIZE),
        arguments.duration(ControllerFlag.KEY_TTL),
        arguments.text(ControllerFlag.MY_CN),
        pairs(ControllerFlag.PRIVATEKEY_LABELS),
        pairs(ControllerFlag.PRIVATEKEY_ANNOTATIONS),
        arguments.is(ControllerFlag.WATCH_FOR_SECRETS));
  }

  /** Empty when the flag's value is none of upstream's. */
  Optional<KeyOrder> order() {
    return switch (arguments.text(ControllerFlag.KEY_ORDER_PRIORITY)) {
      case "CertNotBefore" -> Optional.of(KeyOrder.CERTIFICATE_NOT_BEFORE);
      case "SecretCreationTimestamp" -> Optional.of(KeyOrder.SECRET_CREATION);
      default -> Optional.empty();
    };
  }

  private SealedSecretsSettings.Renewal renewal() {
    Duration period = arguments.duration(ControllerFlag.KEY_RENEW_PERIOD);
    return new SealedSecretsSettings.Renewal(
        /* first= */ true, cutoff(), period.isPositive() ? Optional.of(period) : Optional.empty());
  }

  private Optional<Instant> cutoff() {
    String text = arguments.text(ControllerFlag.KEY_CUTOFF_TIME);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(RFC_1123_Z.parse(text, Instant::from));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "parsing time "
              + KubesealText.quoted(text)
              + " as \"Mon, 02 Jan 2006 15:04:05 -0700\": cannot parse it; use what date -R prints",
          e);
    }
  }

  private DeliveryRules delivery() {
    return new DeliveryRules(
        arguments.is(ControllerFlag.SKIP_RECREATE)
            ? DeliveryRules.Restored.NOTHING
            : DeliveryRules.Restored.DELETED,
        arguments.is(ControllerFlag.ACCEPT_DEPRECATED_V1_DATA),
        arguments.is(ControllerFlag.UPDATE_STATUS),
        arguments.is(ControllerFlag.OLD_GC_BEHAVIOR));
  }

  private SealingEndpoints.Terms sealing() {
    SentSecrets usual = SealingEndpoints.Terms.DEFAULT.sent();
    return SealingEndpoints.Terms.DEFAULT
        .withRate(
            arguments.integer(ControllerFlag.RATE_LIMIT),
            arguments.integer(ControllerFlag.RATE_LIMIT_BURST))
        .withSent(
            new SentSecrets(
                usual.rotation(),
                arguments.is(ControllerFlag.ACCEPT_DEPRECATED_V1_DATA),
                usual.operations()));
  }

  /** Given, it holds whatever the server can bear: that is what it is given for. */
  private Rate rate() {
    if (!arguments.isGiven(ControllerFlag.KUBECLIENT_QPS)
        && !arguments.isGiven(ControllerFlag.KUBECLIENT_BURST)) {
      return POLITE;
    }
    float qps = arguments.number(ControllerFlag.KUBECLIENT_QPS);
    int burst = arguments.integer(ControllerFlag.KUBECLIENT_BURST);
    return Rate.strict(
        qps == 0 ? CLIENT_GO.qps() : qps < 0 ? Double.POSITIVE_INFINITY : qps,
        burst <= 0 ? CLIENT_GO.burst() : burst);
  }

  /** Where upstream ends in a panic, an entry without {@code =} is an error that names the flag. */
  private Map<String, String> pairs(ControllerFlag flag) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : arguments.text(flag).split(",")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      } else if (!pair.isBlank()) {
        throw new IllegalArgumentException(
            "--"
                + flag.text()
                + ": "
                + KubesealText.quoted(pair)
                + " is not of the form key=value");
      }
    }
    pairs.remove(SealingKeys.LABEL);
    return pairs;
  }

  private InetSocketAddress address(ControllerFlag flag) {
    String text = arguments.text(flag);
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, Math.max(0, colon)).replaceAll("[\\[\\]]", "");
      int port = Integer.parseInt(text.substring(colon + 1));
      if (colon >= 0) {
        return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "--" + flag.text() + ": " + KubesealText.quoted(text) + " is no address; use :8080");
  }
}
