package dev.signet.delivery.store;

import dev.signet.core.Material;

/** A store that can look for values. */
public interface Searchable {

  /**
   * The values that fit, each under its name in the store. The caller owns the material.
   *
   * @throws StoreException {@link dev.signet.delivery.Problem.Malformed} for a kind of search that
   *     the store does not know
   */
  Material find(Search search) throws StoreException;
}
