package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import java.util.Optional;

/**
 * Lets namespaces go that upstream held back: it puts a finalizer on every namespace that a
 * ClusterExternalSecret makes an ExternalSecret in, and leaves it there when the namespace is no
 * longer selected. What is in a namespace goes with it, so nothing has to be waited for. Namespaces
 * that stay are left as they are.
 */
public final class NamespaceController implements Controller {

  private final Objects objects;

  public NamespaceController(Objects objects) {
    this.objects = objects;
  }

  @Override
  public GroupKind kind() {
    return NamespaceList.KIND;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> namespace = objects.get(ref);
    if (namespace.isPresent() && Finalizers.going(namespace.get())) {
      Finalizers.removeAll(objects, namespace.get(), Finalizers.OF_NAMESPACES);
    }
    return new Outcome.Done();
  }
}
