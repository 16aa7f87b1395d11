package dev.signet.delivery;

import dev.signet.core.Origin;
import dev.signet.delivery.object.Ref;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a resource says it puts where: read from the object alone, nothing fetched and nothing
 * opened. It is what lineage is made of where nobody remembers deliveries.
 *
 * @param target the Secret that it makes
 * @param origins where each key comes from that it names
 * @param rest where keys come from that it does not name
 * @param stores whom it asks
 * @param at when it was last delivered, as its status writes it; empty when it does not say
 */
public record Declared(
    Ref resource,
    Ref target,
    Map<String, Origin> origins,
    List<Origin> rest,
    List<Ref> stores,
    String at) {

  public Declared {
    origins = Collections.unmodifiableMap(new LinkedHashMap<>(origins));
    rest = List.copyOf(rest);
    stores = List.copyOf(stores);
  }
}
