package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Problem;

/**
 * A store that is somebody else for each who uses it, and is only looked at.
 *
 * @param limits those of its back end, which are the same for everybody
 */
public record LookedAt(String identity, PublishedLimits limits) implements SecretStore {

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    throw unasked();
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    throw unasked();
  }

  private StoreException unasked() {
    return new StoreException(
        new Problem.Malformed(), identity + " is asked as the namespace of its user");
  }

  @Override
  public Validity validate() {
    return Validity.UNKNOWN;
  }
}
