package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the stores that SecretStore and ClusterSecretStore describe, each by the provider its
 * {@code spec.provider} names.
 */
public final class Stores {

  private final Objects objects;
  private final Map<String, StoreProvider> providers = new LinkedHashMap<>();

  public Stores(Objects objects, List<StoreProvider> providers) {
    this.objects = objects;
    providers.forEach(provider -> this.providers.put(provider.name(), provider));
  }

  /** The caller closes the store. */
  SecretStore open(Ref ref) throws StoreException, ObjectsException {
    Optional<KubeObject> store = objects.get(ref);
    if (store.isEmpty()) {
      throw new StoreException(
          new Problem.Unreachable(),
          "could not get " + ref.kind().kind() + " \"" + ref.name() + "\": it does not exist");
    }
    try {
      return open(store.get());
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(),
          ref.kind().kind() + " \"" + ref.name() + "\" is not ready: " + e.getMessage());
    }
  }

  SecretStore open(KubeObject store) throws MalformedObjectException, StoreException {
    ExternalSecret.requireVersion(store);
    Fields spec = store.fields().requiredObject("spec");
    Fields provider = spec.requiredObject("provider");
    List<String> names = provider.names();
    if (names.size() != 1) {
      throw new MalformedObjectException("spec.provider must name exactly one provider");
    }
    StoreProvider known = providers.get(names.getFirst());
    if (known == null) {
      throw new MalformedObjectException(
          "provider "
              + names.getFirst()
              + " is not in this version; it has "
              + String.join(", ", providers.keySet()));
    }
    Fields configuration = provider.requiredObject(names.getFirst());
    SecretStore opened =
        known.open(store.ref().kind().kind() + "/" + store.ref().path(), configuration);
    try {
      // How often upstream looks whether the store is well; there is nothing to look at between two
      // runs here.
      spec.raw("refreshInterval");
      spec.refuseUnread();
      return opened;
    } catch (MalformedObjectException e) {
      opened.close();
      throw e;
    }
  }
}
