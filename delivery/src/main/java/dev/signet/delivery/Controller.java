package dev.signet.delivery;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;

/**
 * Brings the world in line with one object of its kind. Reconciling is idempotent and level-based:
 * it looks at what is, not at what happened. Different objects may be reconciled at once; one
 * object never is.
 */
public interface Controller {

  GroupKind kind();

  Outcome reconcile(Ref ref) throws ObjectsException;
}
