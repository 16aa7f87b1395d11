package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.template.Str;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an object of another kind than Secret is to be, by upstream's rules:
 *
 * <ul>
 *   <li>Merge and CreateOrMerge start from what is there, Owner and Orphan from nothing but a name.
 *   <li>Without a template a ConfigMap gets the values as its {@code data}, anything else as its
 *       {@code spec.data}.
 *   <li>Labels and annotations of the template are taken as they stand, without rendering them;
 *       without a template those of the ExternalSecret are.
 *   <li>The hash is one over {@code spec}, or over {@code data} where there is no {@code spec}.
 * </ul>
 */
final class WantedObject {

  /** What an API server adds to metadata. */
  private static final List<String> OF_SERVER =
      List.of(
          "uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink");

  private final ExternalSecret spec;
  private final Ref target;
  private final Optional<KubeObject> existing;
  private final RenderedTree rendered;

  private WantedObject(
      ExternalSecret spec, Ref target, Optional<KubeObject> existing, RenderedTree rendered) {
    this.spec = spec;
    this.target = target;
    this.existing = existing;
    this.rendered = rendered;
  }

  /** Why it may not be touched, in upstream's words. */
  static Optional<String> refused(ExternalSecret spec, Optional<KubeObject> existing)
      throws MalformedObjectException {
    if (existing.isEmpty() || TargetSecret.ownedBy(existing.get().metadata(), spec)) {
      return Optional.empty();
    }
    Optional<Map<?, ?>> owner = existing.get().metadata().controllerOwner();
    if (owner.isEmpty()) {
      return Optional.empty();
    }
    if (ExternalSecret.KIND.kind().equals(owner.get().get("kind"))) {
      return Optional.of("target is owned by another ExternalSecret: " + owner.get().get("name"));
    }
    return spec.creationPolicy() == ExternalSecret.CreationPolicy.Owner
        ? Optional.of(
            "it is owned by "
                + owner.get().get("kind")
                + " "
                + owner.get().get("name")
                + "; use another target name, or creationPolicy Merge")
        : Optional.empty();
  }

  static WantedObject begin(
      ExternalSecret spec, TargetManifest manifest, Ref target, Optional<KubeObject> existing) {
    boolean onto =
        switch (spec.creationPolicy()) {
          case Merge, CreateOrMerge -> true;
          case Owner, Orphan, None -> false;
        };
    Map<String, @Nullable Object> tree =
        existing
            .filter(_ -> onto)
            .<Map<String, @Nullable Object>>map(found -> new LinkedHashMap<>(found.tree()))
            .orElseGet(() -> skeleton(manifest, target));
    Map<String, @Nullable Object> metadata = map(tree.get("metadata"));
    boolean templated = spec.template().isPresent();
    put(metadata, "labels", templated ? spec.template().get().labels() : spec.metadata().labels());
    put(
        metadata,
        "annotations",
        templated ? spec.template().get().annotations() : spec.metadata().annotations());
    tree.put("metadata", metadata);
    return new WantedObject(spec, target, existing, new RenderedTree(tree));
  }

  private static Map<String, @Nullable Object> skeleton(TargetManifest manifest, Ref target) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", manifest.apiVersion());
    tree.put("kind", manifest.kind());
    tree.put(
        "metadata",
        new LinkedHashMap<>(Map.of("name", target.name(), "namespace", target.namespace())));
    tree.put(manifest.kind().equals("ConfigMap") ? "data" : "spec", new LinkedHashMap<>());
    return tree;
  }

  /** Where templates are rendered into. */
  RenderedTree rendered() {
    return rendered;
  }

  /** The values as they are. */
  void hold(Material fetched) {
    Map<String, @Nullable Object> data = new TreeMap<>();
    for (Map.Entry<String, Item> each : fetched.items().entrySet()) {
      data.put(each.getKey(), each.getValue().value().with(bytes -> Str.of(bytes).utf8()));
    }
    Map<String, @Nullable Object> tree = rendered.tree();
    if (target.kind().kind().equals("ConfigMap")) {
      tree.put("data", data);
      return;
    }
    Map<String, @Nullable Object> within = map(tree.get("spec"));
    within.put("data", data);
    tree.put("spec", within);
  }

  KubeObject finished() throws MalformedObjectException, ShapeException {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(rendered.tree());
    Object content = tree.get("spec") == null ? tree.get("data") : tree.get("spec");
    if (content == null) {
      throw new ShapeException(
          target + " would have neither spec nor data; give it one of them by the template");
    }
    Map<String, @Nullable Object> metadata = map(tree.get("metadata"));
    boolean owns = spec.creationPolicy() == ExternalSecret.CreationPolicy.Owner;
    Map<String, @Nullable Object> labels = map(metadata.get("labels"));
    labels.put(TargetSecret.MANAGED, "true");
    if (owns) {
      labels.put(TargetSecret.CREATED_BY, TargetSecret.createdBy(spec));
    } else {
      labels.remove(TargetSecret.CREATED_BY);
    }
    metadata.put("labels", labels);
    put(metadata, "annotations", Map.of(TargetSecret.DATA_HASH, GoHash.ofTree(content)));
    metadata.put("name", target.name());
    metadata.put("namespace", target.namespace());
    owners(metadata, owns);
    if (existing.isPresent()) {
      Metadata there = existing.get().metadata();
      metadata.put("uid", there.uid());
      metadata.put("resourceVersion", there.resourceVersion());
    }
    tree.put("metadata", metadata);
    return new KubeObject(target, String.valueOf(tree.get("apiVersion")), tree);
  }

  private void owners(Map<String, @Nullable Object> metadata, boolean owns) {
    List<Object> owners = new ArrayList<>();
    if (metadata.get("ownerReferences") instanceof List<?> there) {
      there.stream()
          .filter(
              each ->
                  !(each instanceof Map<?, ?> owner
                      && spec.metadata().uid().equals(owner.get("uid"))))
          .forEach(owners::add);
    }
    if (owns) {
      owners.add(TargetSecret.ownerReference(spec));
    }
    if (owners.isEmpty()) {
      metadata.remove("ownerReferences");
    } else {
      metadata.put("ownerReferences", owners);
    }
  }

  /** Whether it is as its own annotation says. */
  static boolean intact(KubeObject object) throws MalformedObjectException {
    Object content =
        object.tree().get("spec") == null ? object.tree().get("data") : object.tree().get("spec");
    Metadata metadata = object.metadata();
    return "true".equals(metadata.labels().get(TargetSecret.MANAGED))
        && content != null
        && GoHash.ofTree(content).equals(metadata.annotations().get(TargetSecret.DATA_HASH));
  }

  /** Whether a write would change nothing. */
  static boolean same(KubeObject there, KubeObject wanted) {
    return ofOurs(there).equals(ofOurs(wanted));
  }

  private static Map<String, @Nullable Object> ofOurs(KubeObject object) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(object.tree());
    Map<String, @Nullable Object> metadata = map(tree.get("metadata"));
    OF_SERVER.forEach(metadata::remove);
    tree.put("metadata", metadata);
    tree.remove("status");
    return tree;
  }

  private static void put(
      Map<String, @Nullable Object> metadata, String field, Map<String, String> added) {
    Map<String, @Nullable Object> all = map(metadata.get(field));
    all.putAll(added);
    metadata.put(field, all);
  }

  /** A copy, to be changed. */
  private static Map<String, @Nullable Object> map(@Nullable Object tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> copy.put((String) key, value));
    }
    return copy;
  }
}
