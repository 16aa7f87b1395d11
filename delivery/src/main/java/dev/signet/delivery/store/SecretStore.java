package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;

/** An open connection to a store, as one identity. */
public interface SecretStore extends AutoCloseable {

  /** One value. The caller owns the item. */
  Item fetch(RemoteRef ref) throws StoreException;

  /** The value as a map, one item for each of its fields. The caller owns the material. */
  Material fetchMap(RemoteRef ref) throws StoreException;

  @Override
  default void close() {}
}
