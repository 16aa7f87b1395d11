package dev.signet.dialects.externalsecrets;

import com.google.re2j.Pattern;
import dev.signet.delivery.GoDuration;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Writable.Remote;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A PushSecret, typed. A field that is not understood makes reading fail with its path. */
record PushSecret(
    Metadata metadata,
    Duration refreshInterval,
    List<StoreChoice> stores,
    UpdatePolicy updatePolicy,
    DeletionPolicy deletionPolicy,
    Source source,
    List<Entry> data,
    List<Many> dataTo,
    Optional<TargetTemplate> template) {

  static final GroupKind KIND = new GroupKind(ExternalSecret.GROUP, "PushSecret");
  private static final String API_VERSION = ExternalSecret.GROUP + "/v1alpha1";

  enum UpdatePolicy {
    Replace,
    IfNotExists
  }

  enum DeletionPolicy {
    None,
    Delete
  }

  enum Conversion {
    None,
    ReverseUnicode
  }

  private enum StoreKind {
    SecretStore,
    ClusterSecretStore
  }

  /** Stores by name, or by label. */
  record StoreChoice(boolean clusterWide, String name, Optional<LabelSelector> labels) {

    boolean chooses(Ref store, Map<String, String> labelsOfStore) {
      return clusterWide == store.namespace().isEmpty()
          && (name.isEmpty()
              ? labels.filter(each -> each.matches(labelsOfStore)).isPresent()
              : name.equals(store.name()));
    }
  }

  /** What is pushed. */
  sealed interface Source {
    record Named(String secret) implements Source {}

    record Labelled(LabelSelector labels) implements Source {}

    record Generated(GeneratorRef generator) implements Source {}
  }

  /**
   * One key and where it goes.
   *
   * @param secretKey empty for the whole Secret
   */
  record Entry(
      String secretKey,
      Remote remote,
      Map<String, @Nullable Object> metadata,
      Conversion conversion) {

    /** As the status has it. */
    Map<String, @Nullable Object> tree() {
      Map<String, @Nullable Object> ref = new LinkedHashMap<>();
      ref.put("remoteKey", remote.key());
      if (!remote.property().isEmpty()) {
        ref.put("property", remote.property());
      }
      Map<String, @Nullable Object> match = new LinkedHashMap<>();
      if (!secretKey.isEmpty()) {
        match.put("secretKey", secretKey);
      }
      match.put("remoteRef", ref);
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("match", match);
      if (!metadata.isEmpty()) {
        tree.put("metadata", metadata);
      }
      tree.put("conversionStrategy", conversion.name());
      return tree;
    }
  }

  /**
   * Many keys at once.
   *
   * @param remoteKey where all go as one JSON object; empty when each goes to a place of its own
   */
  record Many(
      StoreChoice store,
      String remoteKey,
      Optional<Pattern> match,
      List<Rewrite> rewrites,
      Map<String, @Nullable Object> metadata,
      Conversion conversion) {}

  static PushSecret of(KubeObject object) throws MalformedObjectException {
    return of(object, /* strict= */ true);
  }

  /**
   * @param strict whether a field that is not understood makes reading fail
   */
  static PushSecret of(KubeObject object, boolean strict) throws MalformedObjectException {
    if (!object.apiVersion().equals(API_VERSION)) {
      throw new MalformedObjectException(
          "apiVersion " + object.apiVersion() + " is not served; use " + API_VERSION);
    }
    Fields whole = object.fields();
    List.of("apiVersion", "kind", "metadata", "status").forEach(whole::raw);
    Fields spec = whole.requiredObject("spec");
    List<StoreChoice> stores = new ArrayList<>();
    for (Fields each : spec.objects("secretStoreRefs")) {
      stores.add(store(each));
    }
    List<Entry> data = new ArrayList<>();
    for (Fields each : spec.objects("data")) {
      data.add(entry(each));
    }
    List<Many> dataTo = new ArrayList<>();
    for (Fields each : spec.objects("dataTo")) {
      dataTo.add(many(each, stores, dataTo.size()));
    }
    String interval = spec.string("refreshInterval").orElse("1h");
    PushSecret result =
        new PushSecret(
            object.metadata().with("namespace", object.ref().namespace()),
            GoDuration.parse(interval)
                .orElseThrow(
                    () ->
                        new MalformedObjectException(
                            "spec.refreshInterval is not a duration such as 1h, 15m or 30s")),
            stores,
            Choices.of(spec, "updatePolicy", UpdatePolicy.Replace),
            Choices.of(spec, "deletionPolicy", DeletionPolicy.None),
            source(spec.requiredObject("selector")),
            data,
            dataTo,
            TargetTemplate.of(spec));
    if (strict) {
      whole.refuseUnread();
    }
    if (stores.isEmpty()) {
      throw new MalformedObjectException("spec.secretStoreRefs is required");
    }
    if (result.template().isPresent()) {
      result.template().get().checkForSecret();
    }
    return result;
  }

  /** Says of {@code dataTo} by labels that it would go nowhere, if it would. */
  Optional<String> unusedLabels(Map<Ref, KubeObject> stores) throws MalformedObjectException {
    for (int i = 0; i < dataTo.size(); i++) {
      StoreChoice choice = dataTo.get(i).store();
      boolean used = !choice.name().isEmpty();
      for (Map.Entry<Ref, KubeObject> each : stores.entrySet()) {
        used = used || choice.chooses(each.getKey(), each.getValue().metadata().labels());
      }
      if (!used) {
        return Optional.of(
            "dataTo[" + i + "]: labelSelector does not match any store in secretStoreRefs");
      }
    }
    return Optional.empty();
  }

  private static StoreChoice store(Fields ref) throws MalformedObjectException {
    Optional<Fields> selector = ref.object("labelSelector");
    String name = ref.string("name").orElse("");
    if (name.isEmpty() && selector.isEmpty()) {
      throw new MalformedObjectException(ref.path() + " must have name or labelSelector");
    }
    return new StoreChoice(
        Choices.of(ref, "kind", StoreKind.SecretStore) == StoreKind.ClusterSecretStore,
        name,
        selector.isPresent() ? Optional.of(LabelSelector.of(selector.get())) : Optional.empty());
  }

  private static Source source(Fields selector) throws MalformedObjectException {
    Optional<Fields> secret = selector.object("secret");
    Optional<GeneratorRef> generator = GeneratorRef.optional(selector);
    if (secret.isPresent() == generator.isPresent()) {
      throw new MalformedObjectException(
          selector.path() + " must have exactly one of secret and generatorRef");
    }
    if (generator.isPresent()) {
      return new Source.Generated(generator.get());
    }
    String name = secret.get().string("name").orElse("");
    Optional<Fields> labels = secret.get().object("selector");
    if (name.isEmpty() != labels.isPresent()) {
      throw new MalformedObjectException(
          secret.get().path() + " must have exactly one of name and selector");
    }
    if (!name.isEmpty()) {
      return new Source.Named(name);
    }
    LabelSelector chosen = LabelSelector.of(labels.get());
    if (chosen.labels().isEmpty()) {
      // The namespace is all that would bound it.
      throw new MalformedObjectException(
          labels.get().path() + ".matchLabels must name at least one label");
    }
    return new Source.Labelled(chosen);
  }

  private static Entry entry(Fields entry) throws MalformedObjectException {
    Fields match = entry.requiredObject("match");
    Fields ref = match.requiredObject("remoteRef");
    return new Entry(
        match.string("secretKey").orElse(""),
        new Remote(ref.requiredString("remoteKey"), ref.string("property").orElse("")),
        metadata(entry),
        Choices.of(entry, "conversionStrategy", Conversion.None));
  }

  private static Many many(Fields many, List<StoreChoice> stores, int index)
      throws MalformedObjectException {
    String where = "dataTo[" + index + "]: ";
    Optional<Fields> ref = many.object("storeRef");
    if (ref.isEmpty()) {
      throw new MalformedObjectException(where + "storeRef is required");
    }
    StoreChoice store = store(ref.get());
    boolean known =
        stores.stream()
            .anyMatch(
                each ->
                    each.clusterWide() == store.clusterWide() && each.name().equals(store.name()));
    if (!store.name().isEmpty() && !known) {
      throw new MalformedObjectException(
          where + "storeRef \"" + store.name() + "\" not found in secretStoreRefs");
    }
    Optional<Fields> match = many.object("match");
    String expression = match.isPresent() ? match.get().string("regexp").orElse("") : "";
    List<Rewrite> rewrites = Rewrite.of(many);
    String remoteKey = many.string("remoteKey").orElse("");
    if (!remoteKey.isEmpty() && !rewrites.isEmpty()) {
      throw new MalformedObjectException(
          where
              + "remoteKey and rewrite are mutually exclusive: rewrite is only supported in per-key"
              + " mode (without remoteKey)");
    }
    if (rewrites.stream().anyMatch(Rewrite.Merge.class::isInstance)) {
      throw new MalformedObjectException(where + "rewrite can be regexp or transform only");
    }
    return new Many(
        store,
        remoteKey,
        expression.isEmpty()
            ? Optional.empty()
            : Optional.of(Rewrite.pattern(expression, many.path() + ".match.regexp")),
        rewrites,
        metadata(many),
        Choices.of(many, "conversionStrategy", Conversion.None));
  }

  private static Map<String, @Nullable Object> metadata(Fields entry)
      throws MalformedObjectException {
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    switch (entry.raw("metadata")) {
      case null -> {}
      case Map<?, ?> map -> map.forEach((key, value) -> metadata.put((String) key, value));
      default -> throw new MalformedObjectException(entry.path() + ".metadata must be an object");
    }
    return metadata;
  }
}
