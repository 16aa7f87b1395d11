package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * External Secrets' {@code fake} provider: the values stand in the store's manifest, in plain. For
 * trying things out.
 *
 * <p>{@code data[]{key, value, version}}; a value is found by key and version.
 */
public final class FakeStore implements SecretStore {

  private record Versioned(String key, String version) {}

  private final String identity;
  private final Map<Versioned, String> values;

  private FakeStore(String identity, Map<Versioned, String> values) {
    this.identity = identity;
    this.values = values;
  }

  public static StoreProvider provider() {
    return new StoreProvider() {
      @Override
      public String name() {
        return "fake";
      }

      @Override
      public SecretStore open(String identity, Fields configuration)
          throws MalformedObjectException {
        Map<Versioned, String> values = new LinkedHashMap<>();
        for (Fields entry : configuration.objects("data")) {
          values.put(
              new Versioned(entry.requiredString("key"), entry.string("version").orElse("")),
              entry.string("value").orElse(""));
        }
        configuration.refuseUnread();
        return new FakeStore(identity, values);
      }
    };
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    Origin origin = new Origin(identity, ref.key(), ref.property(), ref.version());
    return new Item(Property.of(value(ref), ref, identity), origin);
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    return Property.fields(Property.of(value(ref), ref, identity), ref, identity);
  }

  private SecretBytes value(RemoteRef ref) throws StoreException {
    String value = values.get(new Versioned(ref.key(), ref.version()));
    if (value == null) {
      throw new StoreException(
          new Problem.NotFound(),
          identity
              + " has no key "
              + ref.key()
              + (ref.version().isEmpty() ? "" : " in version " + ref.version()));
    }
    return SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8));
  }
}
