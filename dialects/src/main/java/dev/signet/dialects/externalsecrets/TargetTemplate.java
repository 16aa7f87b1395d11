package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Shape;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code template} of an ExternalSecret's target and of a PushSecret, typed.
 *
 * @param type the type of the Secret, empty to leave it as it is
 * @param keepsFetched whether what was fetched is delivered beside what the templates make of it
 * @param data templates by key
 * @param labels templates by label
 * @param annotations templates by annotation
 */
record TargetTemplate(
    String type,
    boolean keepsFetched,
    Map<String, String> data,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> finalizers,
    List<From> from) {

  /** How a template's result is read. */
  enum Scope {
    /** It is the value of the template's key. */
    Values,
    /** It is a YAML map of keys and values. */
    KeysAndValues
  }

  /** Templates that stand elsewhere, and where their results go. */
  record From(Source source, String target, Shape.Decoding decoding) {}

  /** One place with templates. */
  sealed interface Source {

    /** A template in the ExternalSecret itself. */
    record Literal(String text) implements Source {}

    /** Keys of a ConfigMap of the same namespace. */
    record ConfigMap(String name, List<Key> keys) implements Source {}

    /** Keys of a Secret of the same namespace; its templates are secret too. */
    record OfSecret(String name, List<Key> keys) implements Source {}
  }

  record Key(String key, Scope scope) {}

  /** The targets that a Secret has; anything else would be a path into it. */
  private static final Set<String> SECRET_TARGETS = Set.of("data", "annotations", "labels");

  private static final String ACCOUNT_TOKEN = "kubernetes.io/service-account-token";
  private static final String BOOTSTRAP_TOKEN = "bootstrap.kubernetes.io/token";
  private static final String ACCOUNT_NAME = "kubernetes.io/service-account.name";

  private enum EngineVersion {
    v2
  }

  private enum MergePolicy {
    Replace,
    Merge
  }

  static Optional<TargetTemplate> of(Fields parent) throws MalformedObjectException {
    Optional<Fields> found = parent.object("template");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Fields template = found.get();
    if (template.string("engineVersion").orElse("").equals("v1")) {
      throw new MalformedObjectException(
          template.path()
              + ".engineVersion v1 does not exist any more: External Secrets removed it in 0.16;"
              + " use v2");
    }
    Choices.of(template, "engineVersion", EngineVersion.v2);
    Fields metadata =
        template.object("metadata").orElse(Fields.of(Map.of(), template.path() + ".metadata"));
    Map<String, String> data = template.stringMap("data");
    List<From> from = new ArrayList<>();
    for (Fields each : template.objects("templateFrom")) {
      from.add(from(each));
    }
    boolean merge = Choices.of(template, "mergePolicy", MergePolicy.Replace) == MergePolicy.Merge;
    return Optional.of(
        new TargetTemplate(
            template.string("type").orElse(""),
            merge || (data.isEmpty() && from.isEmpty()),
            data,
            metadata.stringMap("labels"),
            metadata.stringMap("annotations"),
            metadata.strings("finalizers"),
            List.copyOf(from)));
  }

  private static From from(Fields fields) throws MalformedObjectException {
    List<Source> sources = new ArrayList<>();
    Optional<Fields> configMap = fields.object("configMap");
    if (configMap.isPresent()) {
      sources.add(
          new Source.ConfigMap(configMap.get().requiredString("name"), keys(configMap.get())));
    }
    Optional<Fields> secret = fields.object("secret");
    if (secret.isPresent()) {
      sources.add(new Source.OfSecret(secret.get().requiredString("name"), keys(secret.get())));
    }
    fields.string("literal").ifPresent(text -> sources.add(new Source.Literal(text)));
    if (sources.size() != 1) {
      throw new MalformedObjectException(
          fields.path() + " must have exactly one of configMap, secret and literal");
    }
    return new From(
        sources.getFirst(),
        fields.string("target").filter(target -> !target.isEmpty()).orElse("Data"),
        Choices.of(fields, "valuesDecodingStrategy", Shape.Decoding.None));
  }

  /** The objects that hold its templates. */
  List<Ref> reads(String namespace) {
    List<Ref> reads = new ArrayList<>();
    for (From each : from) {
      switch (each.source()) {
        case Source.ConfigMap source ->
            reads.add(new Ref(Templates.CONFIG_MAP, namespace, source.name()));
        case Source.OfSecret source -> reads.add(Ref.secret(namespace, source.name()));
        case Source.Literal _ -> {}
      }
    }
    return reads;
  }

  private static List<Key> keys(Fields source) throws MalformedObjectException {
    List<Key> keys = new ArrayList<>();
    for (Fields item : source.objects("items")) {
      keys.add(new Key(item.requiredString("key"), Choices.of(item, "templateAs", Scope.Values)));
    }
    return keys;
  }

  /**
   * Refuses what would let somebody who may write ExternalSecrets do what only Secrets of certain
   * kinds can: tokens of service accounts, join tokens, and fields of the Secret besides its data
   * and metadata. Upstream's admission has these rules too; here they hold where no admission is.
   */
  void checkForSecret() throws MalformedObjectException {
    boolean annotates =
        from.stream().anyMatch(each -> each.target().equalsIgnoreCase("annotations"));
    if (type.equals(BOOTSTRAP_TOKEN)) {
      throw new MalformedObjectException("template.type=\"" + type + "\" is not allowed");
    }
    if (type.equals(ACCOUNT_TOKEN) && annotations.containsKey(ACCOUNT_NAME)) {
      throw new MalformedObjectException(
          "template.type=\"" + type + "\" with annotation \"" + ACCOUNT_NAME + "\" is not allowed");
    }
    if (type.equals(ACCOUNT_TOKEN) && annotates) {
      throw new MalformedObjectException(
          "template.type=\"" + type + "\" with templateFrom target=\"Annotations\" is not allowed");
    }
    for (From each : from) {
      if (!SECRET_TARGETS.contains(each.target().toLowerCase(Locale.ROOT))) {
        throw new MalformedObjectException(
            "templateFrom target=\""
                + each.target()
                + "\" is not allowed when targeting a Secret, must be one of \"Data\","
                + " \"Annotations\" or \"Labels\"");
      }
    }
  }
}
