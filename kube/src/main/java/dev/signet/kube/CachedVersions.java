package dev.signet.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Of objects that are watched as metadata only: which there are, and at which version. */
final class CachedVersions implements Store {

  private record Entry(String uid, String version) {}

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  Optional<String> version(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::version);
  }

  /** Nothing is written here. */
  @Override
  public boolean swallows(String key, String version) {
    return false;
  }

  @Override
  public List<String> clear() {
    List<String> keys = List.copyOf(entries.keySet());
    keys.forEach(entries::remove);
    return keys;
  }

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Stub.key(object);
  }

  @Override
  public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    return stub(
        key,
        entries.put(
            key,
            new Entry(
                Stub.orEmpty(object.getMetadata().getUid()),
                Stub.orEmpty(object.getMetadata().getResourceVersion()))));
  }

  @Override
  public @Nullable GenericKubernetesResource remove(String key) {
    return stub(key, entries.remove(key));
  }

  @Override
  public @Nullable GenericKubernetesResource get(String key) {
    return stub(key, entries.get(key));
  }

  private static @Nullable GenericKubernetesResource stub(String key, @Nullable Entry entry) {
    return entry == null ? null : Stub.of(key, entry.uid(), entry.version());
  }

  @Override
  public Stream<String> keySet() {
    return entries.keySet().stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return entries.entrySet().stream()
        .map(entry -> Stub.of(entry.getKey(), entry.getValue().uid(), entry.getValue().version()));
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public boolean isFullState() {
    return false;
  }
}
