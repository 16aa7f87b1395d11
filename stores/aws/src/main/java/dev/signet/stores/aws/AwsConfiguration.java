package dev.signet.stores.aws;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** {@code spec.provider.aws}, understood whole before anything is asked. */
record AwsConfiguration(Service service, Who who, String prefix, Deletion deletion)
    implements AutoCloseable {

  enum Service {
    SecretsManager,
    ParameterStore
  }

  /**
   * How Secrets Manager is told to delete.
   *
   * @param days of its recovery window, zero for its own choice
   */
  record Deletion(boolean force, int days) {}

  private static final List<String> RESERVED_TAGS =
      List.of("esoNamespace", "esoStoreName", "esoStoreKind");

  @Override
  public void close() {
    who.close();
  }

  /**
   * Whether who asks depends on who uses the store: one of the whole cluster that leaves out where
   * its credentials are, or whose sessions carry the namespace.
   */
  static boolean dependsOnUser(Fields configuration) throws MalformedObjectException {
    if (!policy(configuration).equals("None")) {
      return true;
    }
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isEmpty()) {
      return false;
    }
    Optional<Fields> jwt = auth.get().object("jwt");
    if (jwt.isPresent()) {
      return withoutNamespace(jwt.get(), "serviceAccountRef");
    }
    Optional<Fields> keys = auth.get().object("secretRef");
    return keys.isPresent()
        && (withoutNamespace(keys.get(), "accessKeyIDSecretRef")
            || withoutNamespace(keys.get(), "secretAccessKeySecretRef")
            || withoutNamespace(keys.get(), "sessionTokenSecretRef"));
  }

  private static boolean withoutNamespace(Fields fields, String selector)
      throws MalformedObjectException {
    Optional<Fields> found = fields.object(selector);
    return found.isPresent() && found.get().string("namespace").orElse("").isEmpty();
  }

  /** Of one that is only looked at: what it means is said when somebody uses it. */
  static void passOver(Fields unused) throws MalformedObjectException {
    for (String name : unused.names()) {
      if (unused.raw(name) instanceof Map<?, ?>) {
        passOver(unused.requiredObject(name));
      }
    }
  }

  static Service service(Fields configuration) throws MalformedObjectException {
    String service = configuration.requiredString("service");
    return switch (service) {
      case "SecretsManager" -> Service.SecretsManager;
      case "ParameterStore" -> Service.ParameterStore;
      case "CertificateManager" ->
          throw new MalformedObjectException(
              configuration.path() + ".service CertificateManager is not in this version");
      default -> throw new MalformedObjectException("unknown AWS Provider Service: " + service);
    };
  }

  /**
   * The caller closes it.
   *
   * @param identity the store's name, {@code SecretStore/namespace/name} or {@code
   *     ClusterSecretStore/name}
   */
  static AwsConfiguration of(String identity, Fields configuration, References references)
      throws MalformedObjectException, StoreException {
    Service service = service(configuration);
    String prefix = configuration.string("prefix").orElse("");
    List<String> additional = configuration.strings("additionalRoles");
    Optional<Who.Role> role = role(identity, configuration, references);
    Deletion deletion = deletion(configuration.object("secretsManager"));
    String user =
        references.clusterWide() && dependsOnUser(configuration)
            ? references.asUser().orElse("")
            : "";
    Who who = Who.of(identity, configuration, additional, role, user, references);
    boolean complete = false;
    try {
      configuration.refuseUnread();
      complete = true;
      return new AwsConfiguration(service, who, prefix, deletion);
    } finally {
      if (!complete) {
        who.close();
      }
    }
  }

  private static String policy(Fields configuration) throws MalformedObjectException {
    String policy =
        configuration.string("sessionTagsPolicy").filter(it -> !it.isEmpty()).orElse("None");
    if (!List.of("None", "Simple", "Custom").contains(policy)) {
      throw new MalformedObjectException(
          configuration.path() + ".sessionTagsPolicy must be one of None, Simple, Custom");
    }
    return policy;
  }

  private static Optional<Who.Role> role(
      String identity, Fields configuration, References references)
      throws MalformedObjectException {
    String arn = configuration.string("role").orElse("");
    String externalId = configuration.string("externalID").orElse("");
    List<String> transitive = configuration.strings("transitiveTagKeys");
    Map<String, String> tags = tags(identity, configuration, references);
    return arn.isEmpty()
        ? Optional.empty()
        : Optional.of(new Who.Role(arn, externalId, tags, transitive));
  }

  private static Map<String, String> tags(
      String identity, Fields configuration, References references)
      throws MalformedObjectException {
    String policy = policy(configuration);
    Map<String, String> own = new LinkedHashMap<>();
    for (Fields tag : configuration.objects("sessionTags")) {
      own.put(tag.requiredString("key"), tag.requiredString("value"));
    }
    Map<String, String> custom = configuration.stringMap("customSessionTags");
    for (String reserved : RESERVED_TAGS) {
      if (custom.containsKey(reserved)) {
        throw new MalformedObjectException(
            "customSessionTags cannot contain automatically injected reserved keys: "
                + String.join(", ", RESERVED_TAGS));
      }
    }
    if (policy.equals("None")) {
      return own;
    }
    Map<String, String> tags = new TreeMap<>();
    if (policy.equals("Custom")) {
      custom.forEach(
          (key, value) -> {
            if (!key.isEmpty() && !value.isEmpty()) {
              tags.put(key, value);
            }
          });
    }
    List<String> parts = List.of(identity.split("/", -1));
    tags.put("esoStoreKind", parts.getFirst());
    tags.put("esoStoreName", parts.getLast());
    tags.put("esoNamespace", references.asUser().orElse(parts.size() == 3 ? parts.get(1) : ""));
    return tags;
  }

  private static Deletion deletion(Optional<Fields> fields) throws MalformedObjectException {
    if (fields.isEmpty()) {
      return new Deletion(false, 0);
    }
    boolean force = fields.get().bool("forceDeleteWithoutRecovery").orElse(false);
    Object days = fields.get().raw("recoveryWindowInDays");
    long window =
        switch (days) {
          case null -> 0;
          case Long number -> number;
          default ->
              throw new MalformedObjectException(
                  fields.get().path() + ".recoveryWindowInDays must be a whole number");
        };
    if (window != 0 && (window < 7 || window > 30)) {
      throw new MalformedObjectException(
          "invalid SecretsManager settings: invalid DeleteSecretInput: RecoveryWindowInDays must be"
              + " between 7 and 30 days");
    }
    if (window != 0 && force) {
      throw new MalformedObjectException(
          "invalid SecretsManager settings: invalid DeleteSecretInput: ForceDeleteWithoutRecovery"
              + " conflicts with RecoveryWindowInDays");
    }
    return new Deletion(force, (int) window);
  }
}
