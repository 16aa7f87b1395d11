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
   * @param before the keys that this ExternalSecret wrote last time
   */
  static Apply.Decision decide(
      ExternalSecret spec, Optional<Secret> existing, Material fetched, Set<String> before) {
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
    Material data = data(spec, existing, fetched, before);
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
        metadata(spec, existing, owns)
            .with("annotations", with(annotations(spec, existing), DATA_HASH, GoHash.ofData(data)));
    return new Apply.Decision.Write(
        new Secret(
            metadata,
            existing.map(Secret::type).orElse(""),
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
        merged.putAll(fetched.copy());
        yield merged;
      }
    };
  }

  private static Map<String, String> annotations(ExternalSecret spec, Optional<Secret> existing) {
    Map<String, String> annotations = new LinkedHashMap<>();
    existing.ifPresent(secret -> annotations.putAll(secret.metadata().annotations()));
    annotations.putAll(spec.metadata().annotations());
    return annotations;
  }

  private static Metadata metadata(ExternalSecret spec, Optional<Secret> existing, boolean owns) {
    Metadata base =
        existing
            .map(Secret::metadata)
            .orElseGet(() -> Metadata.named(spec.metadata().namespace(), spec.targetName()));
    Map<String, String> labels = new LinkedHashMap<>(base.labels());
    labels.putAll(spec.metadata().labels());
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
    return base.with("labels", labels).with("ownerReferences", owners);
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

  private static Map<String, Object> ownerReference(ExternalSecret spec) {
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
