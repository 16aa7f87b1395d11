package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import java.time.Duration;

/** Is told what the engine does. Must not block. */
interface Journal {

  void reconciled(Ref ref, Reconciled result, Duration took);

  /** An object of a controller's kind is gone. */
  void gone(Ref ref);

  /** What a change concerns could not be found out. */
  void unread(Ref ref, ObjectsException why);
}
