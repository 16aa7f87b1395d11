package dev.signet.operator;

import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.object.Ref;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The evidence of one process: who delivered what into which target, for as long as the resource
 * lives. After a restart it fills again as objects are reconciled.
 */
final class Memory implements Evidence {

  private final Consumer<Event> events;
  private final Map<Ref, Map<Ref, Delivery>> byResource = new HashMap<>();
  private final Map<Ref, TreeSet<Ref>> resourcesByTarget = new HashMap<>();

  /**
   * @param events must not block
   */
  Memory(Consumer<Event> events) {
    this.events = events;
  }

  @Override
  public void event(Event event) {
    events.accept(event);
  }

  @Override
  public synchronized Optional<Delivery> delivery(Ref resource, Ref target) {
    return Optional.ofNullable(byResource.getOrDefault(resource, Map.of()).get(target));
  }

  @Override
  public synchronized void delivered(Delivery delivery) {
    byResource
        .computeIfAbsent(delivery.resource(), _ -> new TreeMap<>())
        .put(delivery.target(), delivery);
    resourcesByTarget
        .computeIfAbsent(delivery.target(), _ -> new TreeSet<>())
        .add(delivery.resource());
  }

  /** Who delivered into that object. */
  synchronized List<Ref> deliveredInto(Ref target) {
    return List.copyOf(resourcesByTarget.getOrDefault(target, new TreeSet<>()));
  }

  /** The resource is gone; what it delivered is no longer its. */
  synchronized void forget(Ref resource) {
    for (Ref target : byResource.getOrDefault(resource, Map.of()).keySet()) {
      TreeSet<Ref> resources = resourcesByTarget.get(target);
      if (resources != null && resources.remove(resource) && resources.isEmpty()) {
        resourcesByTarget.remove(target);
      }
    }
    byResource.remove(resource);
  }

  /** How many resources are remembered. */
  synchronized int size() {
    return byResource.size();
  }
}
