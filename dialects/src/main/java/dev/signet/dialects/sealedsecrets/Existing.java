package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
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
import java.util.TreeSet;

/** Upstream's rules for a Secret that is there already; see docs/controller.md. */
final class Existing {

  static final String MANAGED = "sealedsecrets.bitnami.com/managed";
  static final String PATCH = "sealedsecrets.bitnami.com/patch";

  private Existing() {}

  /**
   * @param wroteIt whether it is known that the Secret is as it was delivered before
   */
  static Apply.Decision decide(
      Optional<Secret> existing, SealedSecret sealed, Secret wanted, boolean wroteIt) {
    if (existing.isEmpty()) {
      return new Apply.Decision.Write(
          new Secret(
              wanted.metadata().with("resourceVersion", null).with("uid", null),
              wanted.type(),
              wanted.immutable(),
              wanted.data().copy()));
    }
    Secret before = existing.get();
    Metadata metadata = before.metadata();
    boolean patch = isTrue(metadata, PATCH);
    if (!patch && !isTrue(metadata, MANAGED) && !wroteIt && !owns(sealed, metadata)) {
      return new Apply.Decision.Refuse(
          SealedSecretStatus.NOT_MANAGED,
          "Resource \"" + metadata.name() + "\" already exists and is not managed by SealedSecret");
    }
    return new Apply.Decision.Write(patch ? patched(before, wanted) : replaced(before, wanted));
  }

  /** Whether the Secret is the SealedSecret's own once it is written, or somebody else's still. */
  static SealedSecretStatus.Hold hold(Optional<Secret> existing, Secret wanted) {
    boolean patched = existing.isPresent() && isTrue(existing.get().metadata(), PATCH);
    return !patched
            || isTrue(existing.get().metadata(), MANAGED)
            || isTrue(wanted.metadata(), MANAGED)
        ? SealedSecretStatus.Hold.OWN
        : SealedSecretStatus.Hold.PART;
  }

  /** The same, but that a Secret which is there already is not written: what would be is told. */
  static Apply.Decision told(Optional<Secret> existing, Apply.Decision decision) {
    if (existing.isEmpty()
        || !(decision instanceof Apply.Decision.Write(Secret wanted))
        || wanted.sameAs(existing.get())) {
      return decision;
    }
    try (wanted) {
      return new Apply.Decision.Refuse(
          SealedSecretStatus.EDITED, difference(existing.get(), wanted));
    }
  }

  /** Names only. */
  private static String difference(Secret there, Secret wanted) {
    List<String> keys = new ArrayList<>();
    Set<String> names = new TreeSet<>(there.data().items().keySet());
    names.addAll(wanted.data().items().keySet());
    for (String name : names) {
      Optional<Item> is = there.data().get(name);
      Optional<Item> was = wanted.data().get(name);
      if (is.isEmpty() || was.isEmpty() || !is.get().value().matches(was.get().value())) {
        keys.add(name);
      }
    }
    return keys.isEmpty() ? "its type or metadata" : "keys " + String.join(", ", keys);
  }

  private static boolean isTrue(Metadata metadata, String annotation) {
    return "true".equals(metadata.annotations().get(annotation));
  }

  private static boolean owns(SealedSecret sealed, Metadata metadata) {
    return metadata
        .controllerOwner()
        .filter(owner -> sealed.metadata().uid().equals(owner.get("uid")))
        .isPresent();
  }

  private static Secret replaced(Secret before, Secret wanted) {
    Metadata metadata =
        before
            .metadata()
            .with("labels", wanted.metadata().labels())
            .with("annotations", wanted.metadata().annotations())
            .with("ownerReferences", wanted.metadata().tree().get("ownerReferences"));
    return new Secret(metadata, wanted.type(), before.immutable(), wanted.data().copy());
  }

  private static Secret patched(Secret before, Secret wanted) {
    Map<String, String> labels = new LinkedHashMap<>(before.metadata().labels());
    labels.putAll(wanted.metadata().labels());
    Map<String, String> annotations = new LinkedHashMap<>(before.metadata().annotations());
    annotations.putAll(wanted.metadata().annotations());
    Metadata metadata = before.metadata().with("labels", labels).with("annotations", annotations);
    if ("true".equals(annotations.get(MANAGED))) {
      metadata = metadata.with("ownerReferences", wanted.metadata().tree().get("ownerReferences"));
    }
    Material data = before.data().copy();
    for (Map.Entry<String, Item> entry : wanted.data().items().entrySet()) {
      data.put(
          entry.getKey(), new Item(entry.getValue().value().copy(), entry.getValue().origin()));
    }
    return new Secret(metadata, wanted.type(), before.immutable(), data);
  }
}
