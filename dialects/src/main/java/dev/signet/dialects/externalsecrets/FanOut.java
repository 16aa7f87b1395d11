package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.GoDuration;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A ClusterExternalSecret or ClusterPushSecret, typed: what is to be made, and in which namespaces.
 * The spec of what is made is not looked at here; it is refused where it is read.
 */
record FanOut(
    Metadata metadata,
    String childName,
    Map<String, String> labels,
    Map<String, String> annotations,
    Object childSpec,
    List<LabelSelector> selectors,
    List<String> namespaces,
    Duration refreshInterval) {

  /** The words in which the two kinds differ. */
  enum Of {
    EXTERNAL_SECRETS("ExternalSecret", "v1", "externalSecret", "external secret"),
    PUSH_SECRETS("PushSecret", "v1alpha1", "pushSecret", "push secret");

    final String childKind;
    final String apiVersion;
    final String field;
    final String words;

    Of(String child, String version, String field, String words) {
      this.childKind = child;
      this.apiVersion = ExternalSecret.GROUP + "/" + version;
      this.field = field;
      this.words = words;
    }

    GroupKind kind() {
      return new GroupKind(ExternalSecret.GROUP, "Cluster" + childKind);
    }

    GroupKind child() {
      return new GroupKind(ExternalSecret.GROUP, childKind);
    }
  }

  private static final String FORCE_SYNC = "external-secrets.io/force-sync";

  static FanOut of(Of of, KubeObject object) throws MalformedObjectException {
    return of(of, object, /* strict= */ true);
  }

  /**
   * @param strict whether a field that is not understood makes reading fail
   */
  static FanOut of(Of of, KubeObject object, boolean strict) throws MalformedObjectException {
    Fields whole = object.fields();
    List.of("apiVersion", "kind", "metadata", "status").forEach(whole::raw);
    Fields spec = whole.requiredObject("spec");
    Object childSpec = spec.raw(of.field + "Spec");
    if (!(childSpec instanceof Map<?, ?>)) {
      throw new MalformedObjectException("spec." + of.field + "Spec is required");
    }
    Fields meta =
        spec.object(of.field + "Metadata").orElse(Fields.of(Map.of(), "spec." + of.field));
    List<LabelSelector> selectors = new ArrayList<>();
    if (of == Of.EXTERNAL_SECRETS && spec.has("namespaceSelector")) {
      selectors.add(LabelSelector.of(spec.requiredObject("namespaceSelector")));
    }
    for (Fields each : spec.objects("namespaceSelectors")) {
      selectors.add(LabelSelector.of(each));
    }
    String interval = spec.string("refreshTime").orElse("1h");
    FanOut result =
        new FanOut(
            object.metadata(),
            spec.string(of.field + "Name")
                .filter(name -> !name.isEmpty())
                .orElse(object.ref().name()),
            meta.stringMap("labels"),
            annotations(object, meta),
            childSpec,
            selectors,
            of == Of.EXTERNAL_SECRETS ? spec.strings("namespaces") : List.of(),
            GoDuration.parse(interval)
                .orElseThrow(
                    () -> new MalformedObjectException("spec.refreshTime is not a duration")));
    if (strict) {
      whole.refuseUnread();
    }
    return result;
  }

  /** Those that are asked for, and the wish to be synced at once. */
  private static Map<String, String> annotations(KubeObject object, Fields meta)
      throws MalformedObjectException {
    Map<String, String> annotations = new LinkedHashMap<>(meta.stringMap("annotations"));
    String force = object.metadata().annotations().get(FORCE_SYNC);
    annotations.remove(FORCE_SYNC);
    if (force != null) {
      annotations.put(FORCE_SYNC, force);
    }
    return annotations;
  }

  boolean wants(String namespace, Map<String, String> labelsOfNamespace) {
    return namespaces.contains(namespace)
        || selectors.stream().anyMatch(each -> each.matches(labelsOfNamespace));
  }

  /** The object of that namespace, as it is to be. */
  Map<String, @Nullable Object> child(Of of, String namespace) {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", of.apiVersion);
    owner.put("kind", of.kind().kind());
    owner.put("name", metadata.name());
    owner.put("uid", metadata.uid());
    owner.put("controller", true);
    owner.put("blockOwnerDeletion", true);
    Metadata wanted =
        Metadata.named(namespace, childName)
            .with("labels", labels)
            .with("annotations", annotations)
            .with("ownerReferences", List.of(owner));
    Map<String, @Nullable Object> child = new LinkedHashMap<>();
    child.put("apiVersion", of.apiVersion);
    child.put("kind", of.childKind);
    child.put("metadata", wanted.tree());
    child.put("spec", childSpec);
    return child;
  }
}
