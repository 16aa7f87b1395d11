package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.util.Optional;

/**
 * What objects have to share: those of one lane keep the same store busy. Asked for every object
 * that becomes ready and for every turn, so it must be quick; it must not call the queue.
 */
public interface Lanes {

  /** There is nothing to share. */
  Lanes NONE =
      new Lanes() {
        @Override
        public Optional<Ref> of(Ref ref) {
          return Optional.empty();
        }

        @Override
        public long closedFor(Ref lane) {
          return 0;
        }

        @Override
        public int width(Ref lane) {
          return Integer.MAX_VALUE;
        }
      };

  /** The store that is asked first when that object is reconciled, if one is. */
  Optional<Ref> of(Ref ref);

  /**
   * How long nothing of that lane should begin, in nanoseconds; zero when something may, {@link
   * Long#MAX_VALUE} for until something ends.
   */
  long closedFor(Ref lane);

  /** How many objects of that lane may run at once, at least one. */
  int width(Ref lane);
}
