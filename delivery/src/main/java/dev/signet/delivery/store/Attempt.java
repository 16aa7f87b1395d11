package dev.signet.delivery.store;

import dev.signet.delivery.Problem;

/** Reading and then writing what was read, which somebody else may have changed in between. */
@FunctionalInterface
public interface Attempt {

  /** Somebody who writes all the time would else keep this here. */
  int MOST = 5;

  void run() throws StoreException;

  /** Runs it, and again after a conflict: what changed is read again. */
  static void again(Attempt attempt) throws StoreException {
    for (int number = 1; ; number++) {
      try {
        attempt.run();
        return;
      } catch (StoreException e) {
        if (!(e.problem() instanceof Problem.Conflict) || number == MOST) {
          throw e;
        }
      }
    }
  }
}
