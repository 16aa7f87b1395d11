package dev.signet.dialects.sopssecrets;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.OpenKeys;
import java.util.function.Supplier;

/** Where the keys come from that open SopsSecrets. */
public interface DecryptionKeys {

  /**
   * What the machine has that this runs on.
   *
   * @param keys those of its environment, read anew each time; the caller closes them
   * @param pgp what opens with private keys of PGP
   */
  record Machine(Supplier<OpenKeys> keys, FluxKeys.Pgp pgp) {}

  /** The keys that may open what is in that namespace; the caller closes them. */
  OpenKeys in(String namespace) throws ObjectsException;

  /** Whether something that happened to that Secret may mean other keys for that namespace. */
  default boolean concerns(Ref secret, String namespace) throws ObjectsException {
    return false;
  }
}
