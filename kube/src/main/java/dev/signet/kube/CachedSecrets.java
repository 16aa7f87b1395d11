package dev.signet.kube;

import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of Secrets without having read one: uid, resourceVersion, creation time, labels and
 * the owner that is marked as controller. Annotations are not kept: kubectl's last-applied one
 * holds values.
 */
final class CachedSecrets implements Store {

  /** How many uids of deleted Secrets are remembered, for answers that come late. */
  private static final int DELETED = 4096;

  private static final int COMMON = 1024;

  private record Owner(String apiVersion, String kind, String name, String uid) {}

  private record Entry(
      String uid,
      String version,
      String created,
      Map<String, String> labels,
      @Nullable Owner owner) {}

  private final WrittenSecrets written;

  /** By namespace, then name: looking through one namespace must not cost all others. */
  private final Map<String, Map<String, Entry>> entries = new ConcurrentHashMap<>();

  private final Set<String> deleted = new LinkedHashSet<>();

  /** Texts that thousands of Secrets have in common: keys of labels, kinds of owners. */
  private final Map<String, String> common = new ConcurrentHashMap<>();

  CachedSecrets(WrittenSecrets written) {
    this.written = written;
  }

  private boolean isGone(String uid) {
    synchronized (deleted) {
      return deleted.contains(uid);
    }
  }

  /** The newest that is known of a Secret, own writes included that the watch has yet to bring. */
  Optional<Metadata> newest(String namespace, String name) {
    Optional<Metadata> cached =
        Optional.ofNullable(entries.getOrDefault(namespace, Map.of()).get(name))
            .map(entry -> metadata(namespace, name, entry));
    return written.newest(Ref.secret(namespace, name), cached, this::isGone);
  }

  /** Those that carry that label with that value, ordered by name. */
  List<Metadata> labelled(String namespace, String label, String value) {
    return matching(
        namespace,
        entry -> value.equals(entry.labels().get(label)),
        metadata -> value.equals(metadata.labels().get(label)));
  }

  /** Those whose controller is the object with that uid, ordered by name. */
  List<Metadata> owned(String namespace, String uid) {
    return matching(
        namespace,
        entry -> {
          Owner owner = entry.owner();
          return owner != null && owner.uid().equals(uid);
        },
        metadata -> metadata.isControlledBy(uid));
  }

  private List<Metadata> matching(
      String namespace, Predicate<Entry> cached, Predicate<Metadata> unseenYet) {
    Map<String, Metadata> found = new TreeMap<>();
    entries
        .getOrDefault(namespace, Map.of())
        .forEach(
            (name, entry) -> {
              if (cached.test(entry)) {
                found.put(name, metadata(namespace, name, entry));
              }
            });
    for (Ref unseen : written.unseen(namespace)) {
      found.remove(unseen.name());
      newest(namespace, unseen.name())
          .filter(unseenYet)
          .ifPresent(metadata -> found.put(unseen.name(), metadata));
    }
    return List.copyOf(found.values());
  }

  private static Metadata metadata(String namespace, String name, Entry entry) {
    Metadata metadata =
        Metadata.named(namespace, name)
            .with("uid", entry.uid())
            .with("resourceVersion", entry.version())
            .with("creationTimestamp", entry.created())
            .with("labels", entry.labels());
    Owner owner = entry.owner();
    if (owner == null) {
      return metadata;
    }
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("apiVersion", owner.apiVersion());
    reference.put("kind", owner.kind());
    reference.put("name", owner.name());
    reference.put("uid", owner.uid());
    reference.put("controller", true);
    return metadata.with("ownerReferences", List.of(reference));
  }

  /** The echo of an own write is no news; it makes the memory of that write unnecessary. */
  @Override
  public boolean swallows(String key, String version) {
    return false;
  }

  @Override
  public List<String> clear() {
    List<String> keys = keySet().toList();
    keys.forEach(this::remove);
    return keys;
  }

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Stub.key(object);
  }

  @Override
  public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    ObjectMeta metadata = object.getMetadata();
    Entry entry =
        new Entry(
            Stub.orEmpty(metadata.getUid()),
            Stub.orEmpty(metadata.getResourceVersion()),
            Stub.orEmpty(metadata.getCreationTimestamp()),
            labels(metadata),
            owner(metadata));
    Entry before =
        entries
            .computeIfAbsent(Stub.namespace(metadata), _ -> new ConcurrentHashMap<>())
            .put(metadata.getName(), entry);
    if (before != null && !before.uid().equals(entry.uid())) {
      gone(before.uid());
    }
    return before == null ? null : Stub.of(key, before.uid(), before.version());
  }

  private Map<String, String> labels(ObjectMeta metadata) {
    Map<String, String> labels = new TreeMap<>();
    if (metadata.getLabels() != null) {
      metadata.getLabels().forEach((key, value) -> labels.put(common(key), value));
    }
    return Map.copyOf(labels);
  }

  private @Nullable Owner owner(ObjectMeta metadata) {
    if (metadata.getOwnerReferences() != null) {
      for (OwnerReference each : metadata.getOwnerReferences()) {
        if (Boolean.TRUE.equals(each.getController())) {
          // Mostly it has the name of its Secret.
          String name =
              each.getName().equals(metadata.getName()) ? metadata.getName() : each.getName();
          return new Owner(
              common(each.getApiVersion()), common(each.getKind()), name, each.getUid());
        }
      }
    }
    return null;
  }

  private String common(String text) {
    String known = common.get(text);
    if (known == null && common.size() < COMMON) {
      known = common.putIfAbsent(text, text);
    }
    return known == null ? text : known;
  }

  @Override
  public @Nullable GenericKubernetesResource remove(String key) {
    int slash = key.indexOf('/');
    Map<String, Entry> namespace = entries.get(key.substring(0, Math.max(0, slash)));
    Entry before = namespace == null ? null : namespace.remove(key.substring(slash + 1));
    if (before == null) {
      return null;
    }
    gone(before.uid());
    return Stub.of(key, before.uid(), before.version());
  }

  private void gone(String uid) {
    synchronized (deleted) {
      deleted.add(uid);
      if (deleted.size() > DELETED) {
        Iterator<String> oldest = deleted.iterator();
        oldest.next();
        oldest.remove();
      }
    }
    written.gone(uid);
  }

  @Override
  public Stream<String> keySet() {
    List<String> keys = new ArrayList<>();
    entries.forEach(
        (namespace, names) -> names.keySet().forEach(name -> keys.add(namespace + "/" + name)));
    return keys.stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return keySet().map(this::get).filter(java.util.Objects::nonNull);
  }

  @Override
  public int size() {
    return entries.values().stream().mapToInt(Map::size).sum();
  }

  @Override
  public @Nullable GenericKubernetesResource get(String key) {
    int slash = key.indexOf('/');
    Entry entry =
        entries
            .getOrDefault(key.substring(0, Math.max(0, slash)), Map.of())
            .get(key.substring(slash + 1));
    return entry == null ? null : Stub.of(key, entry.uid(), entry.version());
  }
}
