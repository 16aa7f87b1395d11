package dev.signet.delivery.object;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Secret as a manifest holds it: {@code data} in Base64, {@code stringData} as text that wins
 * over it. The parser has made Strings of the values before they arrive here, and printing a Secret
 * makes Strings again: this is the one place where manifests and {@link SecretBytes} meet.
 */
public final class SecretManifest {

  private SecretManifest() {}

  /**
   * Reads any object as a Secret, as kubectl and kubeseal do: its kind is not looked at.
   *
   * @param source what the values' origin says, for instance the file
   */
  public static Secret read(Map<String, @Nullable Object> tree, String source)
      throws MalformedObjectException {
    Fields fields = Fields.of(tree, "");
    fields.string("apiVersion");
    fields.string("kind");
    Fields metadata = fields.object("metadata").orElse(Fields.of(Map.of(), "metadata"));
    Metadata meta = Metadata.of(metadata);
    String type = fields.string("type").orElse("");
    var immutable = fields.bool("immutable");
    Material data = new Material();
    try {
      for (Map.Entry<String, String> entry : fields.stringMap("data").entrySet()) {
        data.put(entry.getKey(), item(decode(entry), source, entry.getKey()));
      }
      for (Map.Entry<String, String> entry : fields.stringMap("stringData").entrySet()) {
        byte[] value = entry.getValue().getBytes(StandardCharsets.UTF_8);
        data.put(entry.getKey(), item(value, source, entry.getKey()));
      }
    } catch (MalformedObjectException e) {
      data.close();
      throw e;
    }
    return new Secret(meta, type, immutable, data);
  }

  private static byte[] decode(Map.Entry<String, String> entry) throws MalformedObjectException {
    try {
      return GoBase64.STD.decode(entry.getValue());
    } catch (IllegalBase64Exception e) {
      throw new MalformedObjectException(
          "data." + entry.getKey() + " is not Base64: " + e.getMessage());
    }
  }

  private static Item item(byte[] value, String source, String key) {
    return new Item(SecretBytes.wrap(value), Origin.of(source, key));
  }

  /**
   * The manifest in the order in which Go writes a Secret: kind, apiVersion, metadata, immutable,
   * data, type.
   */
  public static Map<String, @Nullable Object> write(Secret secret) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", "Secret");
    tree.put("apiVersion", "v1");
    tree.put("metadata", secret.metadata().tree());
    secret.immutable().ifPresent(value -> tree.put("immutable", value));
    Map<String, Object> data = new TreeMap<>();
    secret
        .data()
        .items()
        .forEach((name, item) -> data.put(name, item.value().with(GoBase64.STD::encodeToString)));
    if (!data.isEmpty()) {
      tree.put("data", data);
    }
    if (!secret.type().isEmpty()) {
      tree.put("type", secret.type());
    }
    return tree;
  }
}
