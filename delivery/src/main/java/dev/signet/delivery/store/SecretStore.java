package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;

/** An open connection to a store, as one identity. */
public interface SecretStore extends AutoCloseable {

  /** One value. The caller owns the item. */
  Item fetch(RemoteRef ref) throws StoreException;

  /** The value as a map, one item for each of its fields. The caller owns the material. */
  Material fetchMap(RemoteRef ref) throws StoreException;

  /** Whether it can be asked, as far as can be told without asking for a value. */
  default Validity validate() throws StoreException {
    return Validity.READY;
  }

  /** What {@link #validate} found, when it did not fail. */
  enum Validity {
    READY,
    /** It cannot be told. */
    UNKNOWN
  }

  @Override
  default void close() {}
}
