package dev.signet.delivery;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.delivery.object.Ref;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one resource put into one target: the edges of the lineage graph.
 *
 * @param resource the object that asked for it
 * @param target the Secret that holds it
 * @param origins where each key of the target came from
 * @param at when it was last written
 */
public record Delivery(Ref resource, Ref target, Map<String, Origin> origins, Instant at) {

  public Delivery {
    origins = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(origins));
  }

  public static Delivery of(Ref resource, Ref target, Material material, Instant at) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    for (Map.Entry<String, Item> entry : material.items().entrySet()) {
      origins.put(entry.getKey(), entry.getValue().origin());
    }
    return new Delivery(resource, target, origins, at);
  }
}
