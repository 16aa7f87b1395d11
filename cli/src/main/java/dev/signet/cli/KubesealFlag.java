package dev.signet.cli;

import java.util.Optional;

/**
 * The flags of {@code kubeseal} 0.40.0 in the order in which its help lists them, with the texts of
 * their defaults; the explanations are ours.
 */
enum KubesealFlag {
  ADD_DIR_HEADER("add_dir_header", Type.LOG_BOOL, "ignored, as all flags for logging are"),
  ALLOW_EMPTY_DATA("allow-empty-data", Type.BOOL, "seal a Secret that has no values"),
  ALSOLOGTOSTDERR("alsologtostderr", Type.LOG_BOOL, "ignored"),
  ALSOLOGTOSTDERRTHRESHOLD("alsologtostderrthreshold", Type.LOG_SEVERITY, "ignored"),
  AS("as", Type.TEXT, "user to act as"),
  AS_GROUP("as-group", Type.ARRAY, "group to act as; repeatable"),
  AS_UID("as-uid", Type.TEXT, "uid to act as"),
  CERT("cert", Type.TEXT, "certificate to seal for: a file in PEM, or a URL of one"),
  CERTIFICATE_AUTHORITY("certificate-authority", Type.TEXT, "certificates of the cluster's CA"),
  CLIENT_CERTIFICATE("client-certificate", Type.TEXT, "certificate to show the API server"),
  CLIENT_KEY("client-key", Type.TEXT, "private key of that certificate"),
  CLUSTER("cluster", Type.TEXT, "which cluster of the kubeconfig"),
  CONTEXT("context", Type.TEXT, "which context of the kubeconfig"),
  CONTROLLER_NAME(
      "controller-name",
      Type.TEXT,
      "sealed-secrets-controller",
      "the controller's Service; without effect when a certificate is given"),
  CONTROLLER_NAMESPACE(
      "controller-namespace",
      Type.TEXT,
      "kube-system",
      "the namespace of that Service; without effect when a certificate is given"),
  DISABLE_COMPRESSION(
      "disable-compression", Type.BOOL, "without effect: replies are never compressed"),
  FETCH_CERT(
      "fetch-cert",
      Type.BOOL,
      "print the certificate, the controller's or that of --cert, and stop"),
  FORMAT("format", 'o', Type.TEXT, "json", "json or yaml"),
  FROM_FILE("from-file", Type.LIST, "with --raw: the file that holds the value, or name=file"),
  HELP("help", Type.BOOL, "print this help"),
  INSECURE_SKIP_TLS_VERIFY("insecure-skip-tls-verify", Type.BOOL, "trust any API server"),
  KUBECONFIG("kubeconfig", Type.TEXT, "a kubeconfig file"),
  LEGACY_STDERR_THRESHOLD_BEHAVIOR(
      "legacy_stderr_threshold_behavior", Type.LOG_BOOL, "true", "ignored"),
  LOG_BACKTRACE_AT("log_backtrace_at", Type.LOG_LOCATION, ":0", "ignored"),
  LOG_DIR("log_dir", Type.LOG_TEXT, "ignored"),
  LOG_FILE("log_file", Type.LOG_TEXT, "ignored"),
  LOG_FILE_MAX_SIZE("log_file_max_size", Type.LOG_NUMBER, "1800", "ignored"),
  LOGTOSTDERR("logtostderr", Type.LOG_BOOL, "true", "ignored"),
  MERGE_INTO("merge-into", Type.TEXT, "add the sealed values to this SealedSecret's file"),
  NAME("name", Type.TEXT, "the name to seal for; replaces the one in the input"),
  NAMESPACE(
      "namespace", 'n', Type.NAMESPACE, "", "the namespace of Secrets that do not say theirs"),
  ONE_OUTPUT("one_output", Type.LOG_BOOL, "ignored"),
  PASSWORD("password", Type.TEXT, "password for the API server"),
  PROXY_URL("proxy-url", Type.TEXT, "proxy to reach the API server through"),
  RAW("raw", Type.BOOL, "seal one value from standard input or --from-file, print its ciphertext"),
  RE_ENCRYPT("re-encrypt", Type.BOOL, "have the controller seal again with its newest key"),

  RECOVERY_PRIVATE_KEY(
      "recovery-private-key",
      Type.LIST,
      "with --recovery-unseal: private keys in PEM, or backups of the controller's Secrets;"
          + " a list with commas, and repeatable"),
  RECOVERY_UNSEAL(
      "recovery-unseal", Type.BOOL, "open a SealedSecret with the keys of --recovery-private-key"),
  REQUEST_TIMEOUT("request-timeout", Type.TEXT, "0", "how long to wait for the API server"),
  ROTATE("rotate", Type.BOOL, ""),
  SCOPE(
      "scope",
      Type.SCOPE,
      "strict",
      "what the ciphertext is bound to: strict, namespace-wide or cluster-wide; without it,"
          + " annotations of the input may say so"),
  SEALED_SECRET_FILE(
      "sealed-secret-file", 'w', Type.TEXT, "", "where the result goes, whole or not at all"),
  SECRET_FILE("secret-file", 'f', Type.TEXT, "", "the input; default: standard input"),
  SERVER("server", Type.TEXT, "address of the API server"),
  SKIP_HEADERS("skip_headers", Type.LOG_BOOL, "ignored"),
  SKIP_LOG_HEADERS("skip_log_headers", Type.LOG_BOOL, "ignored"),
  STDERRTHRESHOLD("stderrthreshold", Type.LOG_SEVERITY, "2", "ignored"),
  TLS_SERVER_NAME("tls-server-name", Type.TEXT, "name in the API server's certificate"),
  TOKEN("token", Type.TEXT, "bearer token for the API server"),
  USER("user", Type.TEXT, "which user of the kubeconfig"),
  USERNAME("username", Type.TEXT, "user name for the API server"),
  V("v", 'v', Type.LOG_LEVEL, "", "ignored"),
  VALIDATE("validate", Type.BOOL, "ask the controller whether it can open this"),
  VERSION("version", Type.BOOL, "print the version"),
  VMODULE("vmodule", Type.LOG_MODULES, "ignored");

  /** How a value is read, and what the help calls it. */
  enum Type {
    BOOL(""),
    TEXT("string"),
    /** A prefix such as {@code ns/} is taken off. */
    NAMESPACE("string"),
    SCOPE("string"),
    /** Comma separated, and every further use adds to it. */
    LIST("strings"),
    /** Every further use adds one text, commas and all. */
    ARRAY("stringArray"),
    LOG_BOOL(""),
    LOG_TEXT("string"),
    LOG_NUMBER("uint"),
    LOG_LEVEL("Level"),
    LOG_SEVERITY("severity"),
    LOG_LOCATION("traceLocation"),
    LOG_MODULES("moduleSpec");

    final String help;

    Type(String help) {
      this.help = help;
    }

    /** Flags of upstream's logger: only the command line sets them. */
    boolean isForLogging() {
      return name().startsWith("LOG_");
    }

    /** Whether the flag alone means true. */
    boolean isBoolean() {
      return this == BOOL || this == LOG_BOOL;
    }
  }

  private static final char NONE = 0;
  private static final KubesealFlag[] ALL = values();

  final String text;
  final char shorthand;
  final Type type;
  final String initial;
  final String explanation;

  KubesealFlag(String text, Type type, String explanation) {
    this(text, NONE, type, "", explanation);
  }

  KubesealFlag(String text, Type type, String initial, String explanation) {
    this(text, NONE, type, initial, explanation);
  }

  KubesealFlag(String text, char shorthand, Type type, String initial, String explanation) {
    this.text = text;
    this.shorthand = shorthand;
    this.type = type;
    this.initial = initial;
    this.explanation = explanation;
  }

  static Optional<KubesealFlag> named(String text) {
    for (KubesealFlag flag : ALL) {
      if (flag.text.equals(text)) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  static Optional<KubesealFlag> ofShorthand(char letter) {
    for (KubesealFlag flag : ALL) {
      if (flag.shorthand == letter && letter != NONE) {
        return Optional.of(flag);
      }
    }
    return Optional.empty();
  }

  /** The environment variable that sets it. */
  String variable() {
    return "SEALED_SECRETS_" + name();
  }

  /** The first column of the help. */
  private String left() {
    return (shorthand == NONE ? "      --" : "  -" + shorthand + ", --")
        + text
        + (type.help.isEmpty() ? "" : " " + type.help);
  }

  /** All flags in two columns, as Go's pflag prints them. */
  static String help() {
    int width = 0;
    for (KubesealFlag flag : ALL) {
      width = Math.max(width, flag.left().length());
    }
    StringBuilder help = new StringBuilder(6000);
    for (KubesealFlag flag : ALL) {
      if (flag == ROTATE) {
        continue;
      }
      String name = flag.left();
      help.append(name).repeat(' ', width + 3 - name.length()).append(flag.explanation);
      if (!flag.initial.isEmpty()) {
        String quote = flag.type.help.equals("string") ? "\"" : "";
        help.append(" (default ").append(quote).append(flag.initial).append(quote).append(')');
      }
      help.append('\n');
    }
    return help.toString();
  }
}
