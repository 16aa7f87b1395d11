package dev.signet.stores.google;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a push says besides: {@code PushSecretMetadata} of {@code
 * kubernetes.external-secrets.io/v1alpha1}.
 *
 * @param given whether it says anything; where it does not, labels and annotations stay
 * @param merges whether labels and annotations of others stay
 * @param topics where Secret Manager tells of changes; used for a new secret only
 * @param key of the customer that encrypts, empty for Google's
 * @param locations where a new secret is kept, empty for everywhere
 */
record PushMetadata(
    boolean given,
    boolean merges,
    Map<String, String> ownLabels,
    Map<String, String> ownAnnotations,
    List<String> topics,
    String key,
    List<String> locations) {

  private static final String API_VERSION = "kubernetes.external-secrets.io/v1alpha1";
  private static final String KIND = "PushSecretMetadata";

  static PushMetadata of(Map<String, @Nullable Object> metadata) throws StoreException {
    if (metadata.isEmpty()) {
      return new PushMetadata(false, true, Map.of(), Map.of(), List.of(), "", List.of());
    }
    try {
      Fields fields = Fields.of(metadata, "metadata");
      if (!fields.string("apiVersion").orElse("").equals(API_VERSION)
          || !fields.string("kind").orElse("").equals(KIND)) {
        throw new MalformedObjectException("metadata must be a " + KIND + " of " + API_VERSION);
      }
      Fields spec = fields.object("spec").orElse(Fields.of(Map.of(), "metadata.spec"));
      String policy = spec.string("mergePolicy").filter(it -> !it.isEmpty()).orElse("Replace");
      if (!List.of("Replace", "Merge").contains(policy)) {
        throw new MalformedObjectException(
            "metadata.spec.mergePolicy must be one of [Replace, Merge]");
      }
      Optional<String> single = spec.string("replicationLocation").filter(it -> !it.isEmpty());
      List<String> locations = spec.strings("replicationLocations");
      PushMetadata read =
          new PushMetadata(
              true,
              policy.equals("Merge"),
              spec.stringMap("labels"),
              spec.stringMap("annotations"),
              spec.strings("topics"),
              spec.string("cmekKeyName").orElse(""),
              locations.isEmpty() ? single.map(List::of).orElse(List.of()) : locations);
      fields.refuseUnread();
      return read;
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(), "failed to parse PushSecret metadata: " + e.getMessage());
    }
  }

  /** Labels as they are to be. */
  Map<String, String> labels(Map<String, String> there) {
    Map<String, String> labels = merged(there, ownLabels);
    labels.put(Pushing.MANAGED_BY, Pushing.MANAGER);
    return labels;
  }

  /** Annotations as they are to be. */
  Map<String, String> annotations(Map<String, String> there) {
    return merged(there, ownAnnotations);
  }

  private Map<String, String> merged(Map<String, String> there, Map<String, String> own) {
    Map<String, String> merged = new TreeMap<>(!given || merges ? there : Map.of());
    merged.putAll(own);
    return merged;
  }

  /** As Secret Manager reads it. */
  Map<String, Object> replication() {
    Map<String, Object> encryption =
        key.isEmpty() ? Map.of() : Map.of("customerManagedEncryption", Map.of("kmsKeyName", key));
    if (locations.isEmpty()) {
      return Map.of("automatic", encryption);
    }
    return Map.of(
        "userManaged",
        Map.of(
            "replicas",
            locations.stream()
                .map(
                    location -> {
                      Map<String, Object> replica = new TreeMap<>(encryption);
                      replica.put("location", location);
                      return replica;
                    })
                .toList()));
  }
}
