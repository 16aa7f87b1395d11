package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.object.MalformedObjectException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** {@code Fake}: what stands in its spec. For trying things out. */
final class FakeGenerator implements Generator {

  @Override
  public String kind() {
    return "Fake";
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException {
    Material material = new Material();
    for (Map.Entry<String, String> each : spec.stringMap("data").entrySet()) {
      byte[] value = each.getValue().getBytes(StandardCharsets.UTF_8);
      material.put(
          each.getKey(), new Item(SecretBytes.wrap(value), Origin.of(identity, each.getKey())));
    }
    return Made.of(material);
  }
}
