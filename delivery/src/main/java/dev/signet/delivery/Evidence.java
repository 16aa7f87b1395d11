package dev.signet.delivery;

import dev.signet.delivery.object.Ref;
import java.util.Optional;

/**
 * Where the steps leave what they did. Conditions are written by the dialects, through {@link
 * Objects#updateStatus}.
 */
public interface Evidence {

  void event(Event event);

  /** What that resource last put into that target. */
  Optional<Delivery> delivery(Ref resource, Ref target);

  /** Replaces what is known of the delivery from that resource to that target. */
  void delivered(Delivery delivery);
}
