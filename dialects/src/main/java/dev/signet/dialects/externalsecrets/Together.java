package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What several entries of one ExternalSecret want of one open store, read before them where the
 * store reads several values with fewer calls than one for each. What was not read so is asked for
 * alone; what a group failed with is told to each of its entries.
 */
final class Together implements AutoCloseable {

  private static final class Read {
    final Material values;
    final Map<RemoteRef, String> places = new HashMap<>();
    final Map<RemoteRef, StoreException> failures = new HashMap<>();

    Read(Material values) {
      this.values = values;
    }
  }

  private final IdentityHashMap<SecretStore, Read> stores = new IdentityHashMap<>();

  /** Reads what the store reads together; nothing where it does not. */
  void read(SecretStore store, Collection<RemoteRef> refs) {
    Optional<Batching> batching = store.batching();
    if (batching.isEmpty()) {
      return;
    }
    Read read = new Read(new Material());
    stores.put(store, read);
    for (List<RemoteRef> group : batching.get().groups(refs)) {
      try (Material found = batching.get().fetch(group)) {
        for (int i = 0; i < group.size(); i++) {
          Optional<Item> item = found.get(Integer.toString(i));
          if (item.isPresent()) {
            String place = Integer.toString(read.places.size());
            read.values.put(place, new Item(item.get().value().copy(), item.get().origin()));
            read.places.put(group.get(i), place);
          }
        }
      } catch (StoreException e) {
        group.forEach(ref -> read.failures.put(ref, e));
      }
    }
  }

  private Optional<Item> found(SecretStore store, RemoteRef ref) throws StoreException {
    Read read = stores.get(store);
    if (read == null) {
      return Optional.empty();
    }
    StoreException failure = read.failures.get(ref);
    if (failure != null) {
      throw new StoreException(failure.problem(), failure.getMessage());
    }
    return Optional.ofNullable(read.places.get(ref))
        .flatMap(read.values::get)
        .map(item -> new Item(item.value().copy(), item.origin()));
  }

  /** As {@link SecretStore#fetch}. */
  Item fetch(SecretStore store, RemoteRef ref) throws StoreException {
    Optional<Item> found = found(store, ref);
    return found.isPresent() ? found.get() : store.fetch(ref);
  }

  /** As {@link SecretStore#fetchMap}. */
  Material fetchMap(SecretStore store, RemoteRef ref) throws StoreException {
    Optional<Item> found = found(store, ref);
    return found.isPresent()
        ? store.batching().orElseThrow().fields(ref, found.get())
        : store.fetchMap(ref);
  }

  @Override
  public void close() {
    stores.values().forEach(read -> read.values.close());
  }
}
