package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;

/** How one reconcile ended. */
sealed interface Reconciled {

  /** The controller came to a conclusion. */
  record As(Outcome outcome) implements Reconciled {}

  /** The cluster did not let it finish. */
  record Unfinished(ObjectsException why) implements Reconciled {}

  /** A bug. Its message is not passed on: nobody knows what it holds. */
  record Crashed(Throwable bug) implements Reconciled {}
}
