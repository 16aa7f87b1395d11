package dev.signet.cli;

import java.util.Locale;
import java.util.Optional;

/**
 * The flags of the Sealed Secrets controller 0.40.0 in the order in which its help lists them, with
 * the texts of their defaults, and two that only Signet has ({@link #NEVER_STAND_BACK}, {@link
 * #SHADOW}); the explanations are ours.
 */
enum ControllerFlag {
  ACCEPT_DEPRECATED_V1_DATA(Type.BOOL, "true", "open the field spec.data of 2017"),
  ADDITIONAL_NAMESPACES(
      Type.TEXT, "", "further namespaces, separated by commas; with it, all-namespaces is off"),
  ALL_NAMESPACES(Type.BOOL, "true", "work in all namespaces, not only in the controller's own"),
  KEY_CUTOFF_TIME(
      Type.TEXT, "", "make a key at start if the newest is older, as date -R prints times"),
  KEY_ORDER_PRIORITY(
      Type.TEXT,
      "CertNotBefore",
      "what makes a key the newest: CertNotBefore or SecretCreationTimestamp"),
  KEY_PREFIX(Type.TEXT, "sealed-secrets-key", "how the names of key Secrets begin"),
  KEY_RENEW_PERIOD(Type.DURATION, "720h0m0s", "how often a key is made; 0 for never"),
  KEY_SIZE(Type.INT, "4096", "bits of keys that are made"),
  KEY_TTL(Type.DURATION, "87600h0m0s", "how long the certificates of these are valid"),
  KUBECLIENT_BURST(Type.INT, "10", "requests at once; see --kubeclient-qps"),
  KUBECLIENT_QPS(
      Type.FLOAT,
      "5",
      "requests a second if it is given, negative for any number; else the API server decides"),
  LABEL_SELECTOR(Type.TEXT, "", "only SealedSecrets with these labels"),
  LISTEN_ADDR(Type.TEXT, ":8080", "where health is told and kubeseal asks"),
  LISTEN_METRICS_ADDR(Type.TEXT, ":8081", "where metrics are told"),
  LOG_FORMAT(Type.TEXT, "text", "text or json"),
  LOG_INFO_STDOUT(Type.BOOL, "true", "log up to INFO to standard output, not to standard error"),
  LOG_LEVEL(Type.TEXT, "INFO", "the least that is logged: DEBUG, INFO, WARN or ERROR"),
  MAX_UNSEAL_RETRIES(
      Type.INT, "5", "how many retries come within milliseconds; later ones come slower, for ever"),
  METRICS_OMIT_SECRET_LABELS(Type.BOOL, "false", "no names of SealedSecrets in metrics"),
  MY_CN(Type.TEXT, "", "common name in certificates that are made"),
  NEVER_STAND_BACK(
      Type.BOOL, "false", "write although another controller writes statuses of SealedSecrets"),
  OLD_GC_BEHAVIOR(
      Type.BOOL, "false", "delete the Secret of a SealedSecret that is gone, whoever owns it"),
  PRIVATEKEY_ANNOTATIONS(Type.TEXT, "", "annotations of new key Secrets: k=v,k=v"),
  PRIVATEKEY_LABELS(Type.TEXT, "", "labels of new key Secrets: k=v,k=v"),
  RATE_LIMIT(Type.INT, "2", "requests a second and client to /v1/verify and /v1/rotate"),
  RATE_LIMIT_BURST(Type.INT, "2", "how many more of them may come at once"),
  READ_TIMEOUT(Type.DURATION, "2m0s", "how long a request may take to arrive"),
  ROTATE_PERIOD(Type.DURATION, "720h0m0s", ""),
  SHADOW(Type.BOOL, "false", "write nothing, and tell at /shadow what would have been written"),
  SKIP_RECREATE(Type.BOOL, "false", "do not watch the Secrets that are delivered"),
  UPDATE_STATUS(Type.BOOL, "true", "write the status of SealedSecrets"),
  VERSION(Type.BOOL, "false", "print the version and exit"),
  WATCH_FOR_SECRETS(
      Type.BOOL, "true", "notice keys that others add, change or delete while this runs"),
  WRITE_TIMEOUT(Type.DURATION, "2m0s", "how long an answer may take to leave");

  /** What a flag takes, by Go's name for it. */
  enum Type {
    BOOL(""),
    TEXT("string"),
    INT("int"),
    FLOAT("float32"),
    DURATION("duration");

    private final String text;

    Type(String text) {
      this.text = text;
    }
  }

  final Type type;
  final String initial;
  private final String help;

  ControllerFlag(Type type, String initial, String help) {
    this.type = type;
    this.initial = initial;
    this.help = help;
  }

  /** Without the dashes. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String variable() {
    return "SEALED_SECRETS_" + name();
  }

  static Optional<ControllerFlag> named(String text) {
    for (ControllerFlag flag : values()) {
      if (flag.text().equals(text)) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  /** What {@code --help} prints, in the layout of pflag. */
  static String usage() {
    StringBuilder text = new StringBuilder("Usage of controller:\n");
    for (ControllerFlag flag : values()) {
      if (flag == ROTATE_PERIOD) {
        continue;
      }
      String left = "      --" + flag.text() + (flag.type == Type.BOOL ? "" : " " + flag.type.text);
      text.append(left).append(" ".repeat(Math.max(1, 40 - left.length()))).append(flag.help);
      switch (flag.type) {
        case BOOL -> text.append(flag.initial.equals("true") ? " (default true)" : "");
        case TEXT ->
            text.append(flag.initial.isEmpty() ? "" : " (default \"" + flag.initial + "\")");
        case INT, FLOAT, DURATION -> text.append(" (default ").append(flag.initial).append(')');
      }
      text.append('\n');
    }
    return text.toString();
  }
}
