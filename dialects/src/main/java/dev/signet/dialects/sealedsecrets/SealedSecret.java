package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.Scope;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A SealedSecret, typed.
 *
 * @param metadata the object's own; name, namespace and scope annotations in it decide what opens
 *     it
 * @param template what the Secret is to look like
 * @param deprecatedData the field {@code spec.data} of 2017: a whole Secret sealed as one value
 */
public record SealedSecret(
    Metadata metadata,
    Map<String, String> encryptedData,
    Template template,
    Optional<String> deprecatedData) {

  public static final GroupKind KIND = new GroupKind("bitnami.com", "SealedSecret");
  public static final String API_VERSION = "bitnami.com/v1alpha1";

  /**
   * {@code spec.template}.
   *
   * @param data texts to be rendered; an empty one removes the key (a null in the manifest)
   */
  public record Template(
      Metadata metadata,
      String type,
      Optional<Boolean> immutable,
      Map<String, Optional<String>> data) {}

  /** Reads a SealedSecret as upstream does: unknown fields are passed over, odd items dropped. */
  public static SealedSecret of(KubeObject object) throws MalformedObjectException {
    if (!object.apiVersion().equals(API_VERSION)) {
      throw new MalformedObjectException(
          "apiVersion " + object.apiVersion() + " is not " + API_VERSION);
    }
    return of(object.fields(), object.metadata().with("namespace", object.ref().namespace()));
  }

  /**
   * Reads a SealedSecret that somebody sent: kind and version are looked at, whether it has a name
   * is not.
   */
  public static SealedSecret sent(Map<String, @Nullable Object> tree)
      throws MalformedObjectException {
    Fields fields = Fields.of(tree, "");
    if (!fields.requiredString("apiVersion").equals(API_VERSION)
        || !fields.requiredString("kind").equals(KIND.kind())) {
      throw new MalformedObjectException("this is no SealedSecret of " + API_VERSION);
    }
    return read(tree);
  }

  /** Reads any object as a SealedSecret, as kubeseal does: its kind is not looked at. */
  public static SealedSecret read(Map<String, @Nullable Object> tree)
      throws MalformedObjectException {
    Fields fields = Fields.of(tree, "");
    Optional<Fields> metadata = fields.object("metadata");
    return of(fields, Metadata.of(metadata.orElse(Fields.of(Map.of(), "metadata"))));
  }

  private static SealedSecret of(Fields fields, Metadata metadata) throws MalformedObjectException {
    Fields spec = fields.object("spec").orElse(Fields.of(Map.of(), "spec"));
    return new SealedSecret(metadata, encryptedData(spec), template(spec), spec.string("data"));
  }

  /**
   * Upstream swallows errors here: an item that is no text is dropped, a null is the empty text.
   */
  private static Map<String, String> encryptedData(Fields spec) {
    Map<String, String> items = new TreeMap<>();
    if (spec.raw("encryptedData") instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (value == null) {
              items.put((String) key, "");
            } else if (value instanceof String text) {
              items.put((String) key, text);
            }
          });
    }
    return items;
  }

  private static Template template(Fields spec) throws MalformedObjectException {
    Fields template = spec.object("template").orElse(Fields.of(Map.of(), "spec.template"));
    Fields metadata =
        template.object("metadata").orElse(Fields.of(Map.of(), "spec.template.metadata"));
    Map<String, Optional<String>> data = new TreeMap<>();
    if (template.raw("data") instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getValue() != null && !(entry.getValue() instanceof String)) {
          throw new MalformedObjectException(
              "spec.template.data." + entry.getKey() + " must be a string");
        }
        data.put((String) entry.getKey(), Optional.ofNullable((String) entry.getValue()));
      }
    }
    return new Template(
        Metadata.of(metadata),
        template.string("type").orElse(""),
        template.bool("immutable"),
        data);
  }

  public Scope scope() {
    return ScopeAnnotations.read(metadata.annotations());
  }

  /**
   * As much of it as decides whether items open, with these of its items: place and scope, and no
   * template.
   */
  public SealedSecret bare(Map<String, String> items) {
    Metadata place =
        Metadata.named(metadata.namespace(), metadata.name())
            .with("annotations", ScopeAnnotations.write(Map.of(), scope()));
    return new SealedSecret(
        place, items, new Template(place, "", Optional.empty(), Map.of()), Optional.empty());
  }

  /** The manifest in the order in which Go writes it: kind, apiVersion, metadata, spec. */
  public Map<String, @Nullable Object> write() {
    Map<String, Object> templateTree = new LinkedHashMap<>();
    templateTree.put("metadata", template.metadata().tree());
    if (!template.type().isEmpty()) {
      templateTree.put("type", template.type());
    }
    template.immutable().ifPresent(value -> templateTree.put("immutable", value));
    if (!template.data().isEmpty()) {
      Map<String, @Nullable Object> data = new TreeMap<>();
      template.data().forEach((key, text) -> data.put(key, text.orElse(null)));
      templateTree.put("data", data);
    }
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("template", templateTree);
    deprecatedData.ifPresent(text -> spec.put("data", text));
    spec.put("encryptedData", encryptedData);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", KIND.kind());
    tree.put("apiVersion", API_VERSION);
    tree.put("metadata", metadata.tree());
    tree.put("spec", spec);
    return tree;
  }
}
