package dev.signet.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.List;

/** What an informer fills. */
interface Store extends ItemStore<GenericKubernetesResource> {

  /** Whether that change is the echo of a write of this process, or has to wait for its answer. */
  boolean swallows(String key, String version);

  /** Forgets everything and returns the keys that were there. */
  List<String> clear();
}
