package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Problem;
import java.util.Collection;

/** A store that can look for values. */
public interface Searchable {

  /**
   * The values that fit, each under its name in the store. The caller owns the material.
   *
   * @throws StoreException {@link dev.signet.delivery.Problem.Malformed} for a kind of search that
   *     the store does not know
   */
  Material find(Search search) throws StoreException;

  /** Reads the value of a name. */
  @FunctionalInterface
  interface Reading {
    Item of(String name) throws StoreException;
  }

  /** The values of names that were listed. What was deleted since is listed and not there. */
  static Material each(Collection<String> names, Reading reading) throws StoreException {
    Material found = new Material();
    boolean complete = false;
    try {
      for (String name : names) {
        try {
          found.put(name, reading.of(name));
        } catch (StoreException e) {
          if (!(e.problem() instanceof Problem.NotFound)) {
            throw e;
          }
        }
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }
}
