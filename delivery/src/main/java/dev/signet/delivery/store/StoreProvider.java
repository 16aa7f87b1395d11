package dev.signet.delivery.store;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;

/** Opens stores of one kind. */
public interface StoreProvider {

  /** The field of {@code spec.provider} that this answers to. */
  String name();

  /** What its stores can do; the names are External Secrets'. */
  enum Capabilities {
    ReadOnly,
    WriteOnly,
    ReadWrite
  }

  default Capabilities capabilities() {
    return Capabilities.ReadOnly;
  }

  /**
   * Opens a store; the caller closes it.
   *
   * @param identity how origins and messages name the store, for instance {@code
   *     SecretStore/production/vault}
   * @param configuration the field named {@link #name} of the store's {@code spec.provider}
   * @param references what the configuration refers to
   * @throws MalformedObjectException when the configuration is not understood, whole
   */
  SecretStore open(String identity, Fields configuration, References references)
      throws MalformedObjectException, StoreException;

  /** There is no store of that name any more: what was kept for it ends. */
  default void gone(String identity) {}
}
