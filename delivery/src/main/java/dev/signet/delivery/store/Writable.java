package dev.signet.delivery.store;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store that values can be pushed to. */
public interface Writable {

  /** Where a value is pushed to. */
  record Remote(String key, String property) {

    /** As statuses write it. */
    @Override
    public String toString() {
      return property.isEmpty() ? key : key + "/" + property;
    }
  }

  /**
   * Writes a value; nothing when it is there already. The value stays the caller's.
   *
   * @param metadata what the provider wants to know besides, in its own terms
   */
  void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException;

  /**
   * The Secret that a value comes from, for stores that keep Secrets themselves.
   *
   * @param key which of its keys is pushed; empty for all of it
   * @param whole what of it is pushed when all of it is; stays the caller's
   * @param type empty where it has none
   */
  record Source(
      String key,
      Material whole,
      String type,
      Map<String, String> labels,
      Map<String, String> annotations) {}

  /** The same for who wants to know where the value comes from; most do not. */
  default void push(
      Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
      throws StoreException {
    push(remote, value, metadata);
  }

  boolean exists(Remote remote) throws StoreException;

  /** Removes what was pushed there; nothing when it is not there any more. */
  void delete(Remote remote) throws StoreException;
}
