package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code status.syncedPushSecrets}: for each store, such as {@code SecretStore/vault}, what was
 * pushed where. Entries go as they are deleted, so that what is left after a failure is what is
 * still there.
 */
final class Synced {

  /** A store and its side that is written to. */
  record Target(SecretStore store, Writable writable) {}

  @FunctionalInterface
  interface Targets {
    /** The caller closes the store. */
    Target open(String store) throws StoreException;
  }

  private final Map<String, Map<String, Map<String, @Nullable Object>>> stores = new TreeMap<>();

  private Synced() {}

  static Synced of(KubeObject object) {
    Synced synced = new Synced();
    if (object.tree().get("status") instanceof Map<?, ?> status
        && status.get("syncedPushSecrets") instanceof Map<?, ?> stores) {
      stores.forEach(
          (store, entries) -> {
            if (entries instanceof Map<?, ?> map) {
              map.forEach(
                  (place, entry) -> {
                    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                    if (entry instanceof Map<?, ?> fields) {
                      fields.forEach((name, value) -> copy.put((String) name, value));
                    }
                    synced.note((String) store, (String) place, copy);
                  });
            }
          });
    }
    return synced;
  }

  boolean isEmpty() {
    return stores.values().stream().allMatch(Map::isEmpty);
  }

  void note(String store, String place, Map<String, @Nullable Object> entry) {
    stores.computeIfAbsent(store, _ -> new TreeMap<>()).put(place, entry);
  }

  Map<String, Map<String, Map<String, @Nullable Object>>> tree() {
    return stores;
  }

  /** Deletes from the stores what is not wanted any more. */
  void deleteAllBut(Map<String, Map<String, Map<String, @Nullable Object>>> wanted, Targets targets)
      throws StoreException {
    for (String store : List.copyOf(stores.keySet())) {
      Map<String, Map<String, @Nullable Object>> entries = stores.getOrDefault(store, Map.of());
      List<String> places =
          entries.keySet().stream()
              .filter(place -> !wanted.getOrDefault(store, Map.of()).containsKey(place))
              .toList();
      if (!places.isEmpty()) {
        Target target = targets.open(store);
        try (SecretStore _ = target.store()) {
          for (String place : places) {
            target.writable().delete(remote(place, entries.getOrDefault(place, Map.of())));
            entries.remove(place);
          }
        }
      }
      if (entries.isEmpty() && !wanted.containsKey(store)) {
        stores.remove(store);
      }
    }
  }

  private static Writable.Remote remote(String place, Map<String, @Nullable Object> entry) {
    if (entry.get("match") instanceof Map<?, ?> match
        && match.get("remoteRef") instanceof Map<?, ?> ref
        && ref.get("remoteKey") instanceof String key) {
      return new Writable.Remote(key, ref.get("property") instanceof String it ? it : "");
    }
    return new Writable.Remote(place, "");
  }
}
