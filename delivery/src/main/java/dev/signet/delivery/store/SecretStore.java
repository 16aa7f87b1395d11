package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import java.util.Optional;

/** An open connection to a store, as one identity. */
public interface SecretStore extends AutoCloseable {

  /** One value. The caller owns the item. */
  Item fetch(RemoteRef ref) throws StoreException;

  /** The value as a map, one item for each of its fields. The caller owns the material. */
  Material fetchMap(RemoteRef ref) throws StoreException;

  /** Its side that can be searched, if it has one. */
  default Optional<Searchable> searching() {
    return this instanceof Searchable it ? Optional.of(it) : Optional.empty();
  }

  /** Its side that reads several values at once, if it has one. */
  default Optional<Batching> batching() {
    return this instanceof Batching it ? Optional.of(it) : Optional.empty();
  }

  /** Its side that can be pushed to, if it has one. */
  default Optional<Writable> writing() {
    return this instanceof Writable it ? Optional.of(it) : Optional.empty();
  }

  /** Whether it can be asked, as far as can be told without asking for a value. */
  default Validity validate() throws StoreException {
    return Validity.READY;
  }

  /** How much its back end takes. */
  default PublishedLimits limits() {
    return PublishedLimits.NONE;
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
