package dev.signet.delivery.store;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;

/**
 * What a store's configuration may refer to: Secrets and ConfigMaps of the namespaces that it may
 * see, and of no other. Which these are is the business of whoever opens the store.
 */
public interface References {

  /** Sees nothing. */
  References NONE =
      new References() {
        @Override
        public SecretBytes secret(Fields selector) throws MalformedObjectException {
          throw new MalformedObjectException(selector.path() + " cannot be resolved here");
        }

        @Override
        public byte[] authority(Fields provider) throws MalformedObjectException {
          throw new MalformedObjectException(provider.path() + " cannot be resolved here");
        }

        @Override
        public String accountToken(Fields selector) throws MalformedObjectException {
          throw new MalformedObjectException(selector.path() + " cannot be resolved here");
        }
      };

  /** The value that a {@code {name, namespace, key}} names. The caller closes it. */
  SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException;

  /** The bundle of certificates that a {@code {type, name, namespace, key}} names. */
  byte[] authority(Fields provider) throws MalformedObjectException, StoreException;

  /** A token of the service account that a {@code {name, namespace, audiences}} names. */
  String accountToken(Fields selector) throws MalformedObjectException, StoreException;
}
