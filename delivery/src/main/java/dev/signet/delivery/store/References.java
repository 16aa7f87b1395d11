package dev.signet.delivery.store;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.Map;
import java.util.Optional;

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
        public Material secret(Fields selector, Label label) throws MalformedObjectException {
          throw new MalformedObjectException(selector.path() + " cannot be resolved here");
        }

        @Override
        public String accountToken(Fields selector) throws MalformedObjectException {
          throw new MalformedObjectException(selector.path() + " cannot be resolved here");
        }
      };

  /** The value that a {@code {name, namespace, key}} names. The caller closes it. */
  SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException;

  /** A label that a Secret has to carry for a store to use it. */
  record Label(String name, String value) {}

  /**
   * All values of the Secret that a {@code {name, namespace}} names; the caller closes them.
   *
   * @param label what the Secret has to carry, by which its owner agrees to this use of it
   */
  Material secret(Fields selector, Label label) throws MalformedObjectException, StoreException;

  /** The bundle of certificates that a {@code {type, name, namespace, key}} names. */
  byte[] authority(Fields provider) throws MalformedObjectException, StoreException;

  /** A token of the service account that a {@code {name, namespace, audiences}} names. */
  String accountToken(Fields selector) throws MalformedObjectException, StoreException;

  /** What is annotated on the service account that a {@code {name, namespace}} names. */
  default Map<String, String> accountAnnotations(Fields selector)
      throws MalformedObjectException, StoreException {
    throw new MalformedObjectException(selector.path() + " cannot be resolved here");
  }

  /** How often a back end is asked again, where that was said. */
  default Optional<Retries> retries() {
    return Optional.empty();
  }

  /** Whether the store is one of the whole cluster, whose references have to name namespaces. */
  default boolean clusterWide() {
    return false;
  }

  /** The namespace that the store is opened for; empty when it is only looked at. */
  default Optional<String> user() {
    return Optional.empty();
  }

  /** The same for a store that is somebody else for each namespace, so that none shares answers. */
  default Optional<String> asUser() {
    return user();
  }
}
