package dev.signet.stores.aws;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import dev.signet.yaml.GoJson;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a push says besides: {@code PushSecretMetadata} of {@code
 * kubernetes.external-secrets.io/v1alpha1}, whose {@code spec} each service reads in its own way.
 */
final class PushMetadata {

  static final String MANAGED_BY = "managed-by";
  static final String MANAGER = "external-secrets";

  private static final String API_VERSION = "kubernetes.external-secrets.io/v1alpha1";
  private static final String KIND = "PushSecretMetadata";
  private static final String DESCRIPTION = "secret '" + MANAGED_BY + ":" + MANAGER + "'";

  /**
   * Of Secrets Manager.
   *
   * @param tags those that are named, without the one that says whose it is
   * @param text whether the value is written as text
   * @param policy what is to be the resource's policy
   * @param regions where it is to be copied to; empty for whatever is
   */
  record OfSecret(
      Map<String, String> tags,
      String description,
      boolean text,
      String kmsKey,
      Optional<Policy> policy,
      Optional<List<String>> regions) {}

  /**
   * A resource's policy.
   *
   * @param source where its text is: a {@code {type, name, key}}
   */
  record Policy(Fields source, Optional<Boolean> blockPublic) {}

  /**
   * Of Parameter Store.
   *
   * @param type empty where nothing is said
   * @param tier empty for AWS's own choice
   * @param policies JSON, empty for none
   * @param decoded whether a whole Secret is written with its values as they are
   */
  record OfParameter(
      Map<String, String> tags,
      String description,
      String type,
      String kmsKey,
      String tier,
      String policies,
      boolean decoded) {}

  private PushMetadata() {}

  private interface Reading<T> {
    T of(Fields spec) throws MalformedObjectException;
  }

  private static <T> T read(Map<String, @Nullable Object> metadata, Reading<T> reading)
      throws StoreException {
    try {
      Fields fields = Fields.of(metadata, "metadata");
      if (!metadata.isEmpty()
          && (!fields.string("apiVersion").orElse("").equals(API_VERSION)
              || !fields.string("kind").orElse("").equals(KIND))) {
        throw new MalformedObjectException("metadata must be a " + KIND + " of " + API_VERSION);
      }
      T read = reading.of(fields.object("spec").orElse(Fields.of(Map.of(), "metadata.spec")));
      fields.refuseUnread();
      return read;
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(), "failed to parse metadata: " + e.getMessage());
    }
  }

  static OfSecret ofSecret(Map<String, @Nullable Object> metadata) throws StoreException {
    return read(
        metadata,
        spec ->
            new OfSecret(
                tags(spec),
                text(spec, "description", DESCRIPTION),
                choice(spec, "secretPushFormat", List.of("binary", "string")).equals("string"),
                text(spec, "kmsKeyId", "alias/aws/secretsmanager"),
                policy(spec.object("resourcePolicy")),
                spec.has("replicationLocations")
                    ? Optional.of(spec.strings("replicationLocations"))
                    : Optional.empty()));
  }

  private static Optional<Policy> policy(Optional<Fields> fields) throws MalformedObjectException {
    if (fields.isEmpty() || !fields.get().has("policySourceRef")) {
      return Optional.empty();
    }
    Fields source = fields.get().requiredObject("policySourceRef");
    String kind = source.requiredString("kind");
    if (!List.of("ConfigMap", "Secret").contains(kind)) {
      throw new MalformedObjectException(
          "unsupported PolicySourceRef kind: " + kind + " (must be ConfigMap or Secret)");
    }
    return Optional.of(
        new Policy(
            Fields.of(
                Map.of(
                    "type",
                    kind,
                    "name",
                    source.requiredString("name"),
                    "key",
                    source.requiredString("key")),
                source.path()),
            fields.get().bool("blockPublicPolicy")));
  }

  static OfParameter ofParameter(Map<String, @Nullable Object> metadata) throws StoreException {
    return read(
        metadata,
        spec -> {
          Optional<Fields> tier = spec.object("tier");
          String type = tier.isPresent() ? tier.get().string("type").orElse("") : "";
          Object policies = tier.isPresent() ? tier.get().raw("policies") : null;
          return new OfParameter(
              tags(spec),
              text(spec, "description", DESCRIPTION),
              choice(spec, "secretType", List.of("", "String", "SecureString", "StringList")),
              text(spec, "kmsKeyID", "alias/aws/ssm"),
              type.equals("Standard") ? "" : type,
              policies == null
                  ? ""
                  : GoJson.write(policies, GoJson.Layout.COMPACT, GoJson.Keys.SORTED),
              spec.bool("encodeAsDecoded").orElse(false));
        });
  }

  private static Map<String, String> tags(Fields spec) throws MalformedObjectException {
    Map<String, String> tags = new TreeMap<>(spec.stringMap("tags"));
    if (tags.containsKey(MANAGED_BY)) {
      throw new MalformedObjectException(
          "error parsing tags in metadata: Cannot specify a '" + MANAGED_BY + "' tag");
    }
    return tags;
  }

  /** With the one that says whose it is. */
  static Map<String, String> all(Map<String, String> tags) {
    Map<String, String> all = new TreeMap<>(tags);
    all.put(MANAGED_BY, MANAGER);
    return all;
  }

  static boolean managed(Map<String, String> tags) {
    return MANAGER.equals(tags.get(MANAGED_BY));
  }

  private static String text(Fields spec, String name, String usual)
      throws MalformedObjectException {
    return spec.string(name).filter(it -> !it.isEmpty()).orElse(usual);
  }

  private static String choice(Fields spec, String name, List<String> words)
      throws MalformedObjectException {
    String given = text(spec, name, words.getFirst());
    if (!words.contains(given)) {
      throw new MalformedObjectException(
          spec.path()
              + "."
              + name
              + " must be one of "
              + words.stream().filter(it -> !it.isEmpty()).toList());
    }
    return given;
  }
}
