package dev.signet.operator;

import dev.signet.delivery.Controller;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Lanes;
import dev.signet.delivery.traffic.StoreGates;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Objects that ask the same store share a lane, which is as wide and as fast as the store is. */
final class StoreLanes implements Lanes {

  private final Map<GroupKind, Controller> controllers;
  private final StoreGates gates;
  private final int widest;

  /**
   * @param workers how many objects run at once: a store that answers slowly leaves some to others
   */
  StoreLanes(List<Controller> controllers, StoreGates gates, int workers) {
    this.widest = Math.max(1, workers * 3 / 4);
    this.controllers =
        controllers.stream().collect(Collectors.toMap(Controller::kind, Function.identity()));
    this.gates = gates;
  }

  @Override
  public Optional<Ref> of(Ref ref) {
    Controller controller = controllers.get(ref.kind());
    return controller == null ? Optional.empty() : controller.asks(ref);
  }

  @Override
  public long closedFor(Ref lane) {
    return gates.closedFor(lane);
  }

  @Override
  public int width(Ref lane) {
    return Math.min(widest, gates.width(lane));
  }
}
