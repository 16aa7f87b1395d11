package dev.signet.delivery;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.util.List;
import java.util.Optional;

/**
 * Brings the world in line with one object of its kind. Reconciling is idempotent and level-based:
 * it looks at what is, not at what happened. Different objects may be reconciled at once; one
 * object never is.
 */
public interface Controller {

  GroupKind kind();

  Outcome reconcile(Ref ref) throws ObjectsException;

  /**
   * The store that is asked first when that object is reconciled, as far as that is known: objects
   * of one store take turns, and wait while it cannot be asked. Asked each time an object is to
   * run, so it must be quick.
   */
  default Optional<Ref> asks(Ref ref) {
    return Optional.empty();
  }

  /**
   * The objects of its kind to look at again because that other object appeared, changed or went.
   * Those that delivered into it are looked at anyway, if {@link #followsWhatItDelivered}. Asked
   * for every change of every object that is watched, so it must be quick.
   */
  default List<Ref> concernedBy(Ref changed) throws ObjectsException {
    return List.of();
  }

  /**
   * Whether an object of its kind is looked at again whenever something that it delivered into
   * changes. Otherwise {@link #concernedBy} alone decides.
   */
  default boolean followsWhatItDelivered() {
    return true;
  }

  /**
   * Whether an object of its kind that is gone is to be reconciled once more, to end its traces.
   */
  default boolean endsWhatItDelivered() {
    return false;
  }
}
