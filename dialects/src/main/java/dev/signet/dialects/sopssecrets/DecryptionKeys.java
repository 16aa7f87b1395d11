package dev.signet.dialects.sopssecrets;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import dev.signet.sops.OpenKeys;

/** Where the keys come from that open SopsSecrets. */
public interface DecryptionKeys {

  /** The machine that this runs on. */
  @FunctionalInterface
  interface Machine {

    /** Those of its environment, read anew each time; the caller closes them. */
    OpenKeys keys();
  }

  /** The keys that may open what is in that namespace; the caller closes them. */
  OpenKeys in(String namespace) throws ObjectsException;

  /** Whether something that happened to that Secret may mean other keys for that namespace. */
  default boolean concerns(Ref secret, String namespace) throws ObjectsException {
    return false;
  }
}
