package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.delivery.Apply;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an ExternalSecret's target is to be, given what is there: pure, by upstream's rules on
 * ownership and merging.
 */
final class TargetSecret {

  static final String MANAGED = "reconcile.external-secrets.io/managed";
  static final String CREATED_BY = "reconcile.external-secrets.io/created-by";
  static final String DATA_HASH = "reconcile.external-secrets.io/data-hash";

  private TargetSecret() {}

  static String createdBy(ExternalSecret spec) {
    return GoHash.ofText(spec.metadata().namespace() + "/" + spec.metadata().name());
  }

  static boolean ownedBy(Metadata metadata, ExternalSecret spec) {
    return metadata
        .controllerOwner()
        .filter(owner -> spec.metadata().uid().equals(owner.get("uid")))
        .isPresent();
  }

  /**
   * @param rendered what is to stand in it; stays the caller's
   * @param before the keys that this ExternalSecret wrote last time
   */
  static Apply.Decision decide(
      ExternalSecret spec, Optional<Secret> existing, RenderedSecret rendered, Set<String> before) {
    Optional<Map<?, ?>> owner = existing.flatMap(secret -> secret.metadata().controllerOwner());
    boolean foreign = owner.isPresent() && !ownedBy(existing.get().metadata(), spec);
    if (foreign && ExternalSecret.KIND.kind().equals(owner.get().get("kind"))) {
      return new Apply.Decision.Refuse(
          "target is owned by another ExternalSecret",
          "unable to mutate secret "
              + spec.targetName()
              + ": secret is owned by another ExternalSecret: "
              + owner.get().get("name"));
    }
    boolean owns = spec.creationPolicy() == ExternalSecret.CreationPolicy.Owner;
    if (foreign && owns) {
      return new Apply.Decision.Refuse(
          "failed to take ownership of target secret",
          "secret "
              + spec.targetName()
              + " is owned by "
              + owner.get().get("kind")
              + " "
              + owner.get().get("name")
              + "; use another target name, or creationPolicy Merge");
    }
    Material data = data(spec, existing, rendered.data(), before);
    if (existing.isPresent()
        && existing.get().immutable().orElse(false)
        && !existing.get().data().sameValuesAs(data)) {
      data.close();
      return new Apply.Decision.Refuse(
          "could not update secret, target is immutable",
          "secret "
              + spec.targetName()
              + " is immutable and other values are wanted; delete it, or use another target name");
    }
    Metadata metadata =
        metadata(spec, existing, rendered, owns)
            .with(
                "annotations",
                with(annotations(spec, existing, rendered), DATA_HASH, GoHash.ofData(data)));
    return new Apply.Decision.Write(
        new Secret(
            metadata,
            type(spec, existing),
            spec.immutable() ? Optional.of(true) : existing.flatMap(Secret::immutable),
            data));
  }

  private static Material data(
      ExternalSecret spec, Optional<Secret> existing, Material fetched, Set<String> before) {
    Optional<Material> there = existing.map(Secret::data);
    if (there.isPresent() && spec.immutable()) {
      return there.get().copy();
    }
    return switch (spec.creationPolicy()) {
      case Owner, Orphan, None -> fetched.copy();
      case Merge, CreateOrMerge -> {
        Material merged = there.map(Material::copy).orElseGet(Material::new);
        before.forEach(merged::remove);
        existing.ifPresent(
            secret ->
                FieldOwner.data(secret.metadata(), spec.metadata().name()).forEach(merged::remove));
        merged.putAll(fetched.copy());
        yield merged;
      }
    };
  }

  private static String type(ExternalSecret spec, Optional<Secret> existing) {
    String wanted = spec.template().map(TargetTemplate::type).orElse("");
    boolean stays = wanted.isEmpty() || (existing.isPresent() && spec.immutable());
    return stays ? existing.map(Secret::type).orElse("") : wanted;
  }

  /**
   * Those that are there, without what this ExternalSecret wrote before, and with what it wants:
   * its own where it has no template. What is to stay immutable is not touched.
   */
  private static Map<String, String> annotations(
      ExternalSecret spec, Optional<Secret> existing, RenderedSecret rendered) {
    Map<String, String> annotations = new LinkedHashMap<>();
    existing.ifPresent(secret -> annotations.putAll(secret.metadata().annotations()));
    if (existing.isPresent() && spec.immutable()) {
      return annotations;
    }
    existing.ifPresent(
        secret ->
            FieldOwner.annotations(secret.metadata(), spec.metadata().name())
                .forEach(annotations::remove));
    if (spec.template().isPresent()) {
      annotations.putAll(rendered.annotations());
    } else {
      annotations.putAll(spec.metadata().annotations());
      Leniency.ANNOTATIONS.forEach(annotations::remove);
    }
    return annotations;
  }

  private static Map<String, String> labels(
      ExternalSecret spec, Optional<Secret> existing, RenderedSecret rendered) {
    Map<String, String> labels = new LinkedHashMap<>();
    existing.ifPresent(secret -> labels.putAll(secret.metadata().labels()));
    if (existing.isPresent() && spec.immutable()) {
      return labels;
    }
    existing.ifPresent(
        secret ->
            FieldOwner.labels(secret.metadata(), spec.metadata().name()).forEach(labels::remove));
    labels.putAll(spec.template().isPresent() ? rendered.labels() : spec.metadata().labels());
    return labels;
  }

  private static Metadata metadata(
      ExternalSecret spec, Optional<Secret> existing, RenderedSecret rendered, boolean owns) {
    Metadata base =
        existing
            .map(Secret::metadata)
            .orElseGet(() -> Metadata.named(spec.metadata().namespace(), spec.targetName()));
    Map<String, String> labels = labels(spec, existing, rendered);
    labels.put(MANAGED, "true");
    if (owns) {
      labels.put(CREATED_BY, createdBy(spec));
    } else {
      labels.remove(CREATED_BY);
    }
    List<Object> owners = otherOwners(base, spec);
    if (owns) {
      owners.add(ownerReference(spec));
    }
    return base.with("labels", labels)
        .with("ownerReferences", owners)
        .with("finalizers", finalizers(base, spec, existing.isPresent()));
  }

  /** Those of the template are added, and taken away by nobody here. */
  private static List<Object> finalizers(Metadata base, ExternalSecret spec, boolean exists) {
    List<Object> finalizers = new ArrayList<>();
    if (base.tree().get("finalizers") instanceof List<?> there) {
      finalizers.addAll(there);
    }
    boolean closed = base.tree().containsKey("deletionTimestamp") || (exists && spec.immutable());
    if (!closed) {
      spec.template().map(TargetTemplate::finalizers).orElse(List.of()).stream()
          .filter(each -> !finalizers.contains(each))
          .forEach(finalizers::add);
    }
    return finalizers;
  }

  private static List<Object> otherOwners(Metadata metadata, ExternalSecret spec) {
    List<Object> others = new ArrayList<>();
    if (metadata.tree().get("ownerReferences") instanceof List<?> owners) {
      for (Object owner : owners) {
        if (!(owner instanceof Map<?, ?> map && spec.metadata().uid().equals(map.get("uid")))) {
          others.add(owner);
        }
      }
    }
    return others;
  }

  static Map<String, Object> ownerReference(ExternalSecret spec) {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", ExternalSecret.API_VERSION);
    owner.put("kind", ExternalSecret.KIND.kind());
    owner.put("name", spec.metadata().name());
    owner.put("uid", spec.metadata().uid());
    owner.put("controller", true);
    owner.put("blockOwnerDeletion", true);
    return owner;
  }

  private static Map<String, String> with(Map<String, String> map, String key, String value) {
    map.put(key, value);
    return map;
  }
}
