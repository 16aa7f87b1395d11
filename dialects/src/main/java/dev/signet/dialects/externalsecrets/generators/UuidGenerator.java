package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.Generator;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** {@code UUID}: a random one, version 4. */
final class UuidGenerator implements Generator {

  @Override
  public String kind() {
    return "UUID";
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources) {
    byte[] bytes = new byte[16];
    sources.random().nextBytes(bytes);
    bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
    String hex = HexFormat.of().formatHex(bytes);
    String uuid =
        String.join(
            "-",
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(12, 16),
            hex.substring(16, 20),
            hex.substring(20));
    Material material = new Material();
    material.put(
        "uuid",
        new Item(
            SecretBytes.wrap(uuid.getBytes(StandardCharsets.US_ASCII)),
            Origin.of(identity, "uuid")));
    return Made.of(material);
  }
}
