package dev.signet.operator.shadow;

import dev.signet.delivery.Controller;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.util.List;

/** A controller over {@link ShadowObjects}; what each look finds goes into the book. */
final class ShadowController implements Controller {

  private final Controller controller;
  private final Differences differences;

  ShadowController(Controller controller, Differences differences) {
    this.controller = controller;
    this.differences = differences;
  }

  @Override
  public GroupKind kind() {
    return controller.kind();
  }

  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    return controller.concernedBy(changed);
  }

  @Override
  public boolean followsWhatItDelivered() {
    return controller.followsWhatItDelivered();
  }

  @Override
  public boolean endsWhatItDelivered() {
    return false;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Look look = new Look();
    Outcome outcome =
        ScopedValue.where(Look.CURRENT, look)
            .call(
                (ScopedValue.CallableOp<Outcome, ObjectsException>)
                    () -> controller.reconcile(ref));
    differences.looked(ref, look.state(), look.found());
    return outcome;
  }
}
