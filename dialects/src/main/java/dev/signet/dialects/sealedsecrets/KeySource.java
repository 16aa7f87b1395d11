package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;

/** Where the controller gets its keys from. */
@FunctionalInterface
public interface KeySource {

  /** The keys as they are now. */
  KeyRing ring() throws ObjectsException;

  /** Whether that object holds a key now. */
  default boolean holds(Ref ref) throws ObjectsException {
    return false;
  }
}
