package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.ObjectsException;

/** Where the controller gets its keys from. */
@FunctionalInterface
public interface KeySource {

  /** The keys as they are now. */
  KeyRing ring() throws ObjectsException;
}
