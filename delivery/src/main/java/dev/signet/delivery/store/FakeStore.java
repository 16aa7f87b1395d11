package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code fake} provider: the values stand in the store's manifest, in plain. For
 * trying things out.
 *
 * <p>{@code data[]{key, value, version}}; a value is found by key and version, or looked for by
 * name, where the version that sorts last counts. What is pushed is kept for as long as the
 * provider lives; what stands in the manifest cannot be pushed over.
 */
public final class FakeStore implements SecretStore, Searchable, Writable {

  private record Versioned(String key, String version) {}

  private final String identity;
  private final Map<Versioned, String> values;
  private final Map<Versioned, SecretBytes> pushed;
  private final long validation;

  private FakeStore(
      String identity,
      Map<Versioned, String> values,
      Map<Versioned, SecretBytes> pushed,
      long validation) {
    this.identity = identity;
    this.values = values;
    this.pushed = pushed;
    this.validation = validation;
  }

  public static StoreProvider provider() {
    return new StoreProvider() {
      private final Map<String, Map<Versioned, SecretBytes>> pushed = new ConcurrentHashMap<>();

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public String name() {
        return "fake";
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException {
        Map<Versioned, String> values = new LinkedHashMap<>();
        for (Fields entry : configuration.objects("data")) {
          values.put(
              new Versioned(entry.requiredString("key"), entry.string("version").orElse("")),
              entry.string("value").orElse(""));
        }
        long validation = configuration.raw("validationResult") instanceof Long result ? result : 0;
        configuration.refuseUnread();
        return new FakeStore(
            identity,
            values,
            pushed.computeIfAbsent(identity, _ -> new ConcurrentHashMap<>()),
            validation);
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

  @Override
  public Validity validate() throws StoreException {
    if (validation == 1) {
      return Validity.UNKNOWN;
    }
    if (validation != 0) {
      throw new StoreException(new Problem.Unreachable(), "unable to validate");
    }
    return Validity.READY;
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unsupported find operator: " + identity + " is searched by name");
    }
    Map<String, Versioned> latest = new TreeMap<>();
    for (Versioned each : all()) {
      if (search.named(each.key())) {
        latest.merge(each.key(), each, (a, b) -> a.version().compareTo(b.version()) < 0 ? b : a);
      }
    }
    Material found = new Material();
    for (Versioned each : latest.values()) {
      found.put(
          each.key(),
          new Item(
              value(new RemoteRef(each.key(), "", each.version())),
              new Origin(identity, each.key(), "", each.version())));
    }
    return found;
  }

  private Set<Versioned> all() {
    Set<Versioned> all = new HashSet<>(values.keySet());
    all.addAll(pushed.keySet());
    return all;
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    Versioned key = new Versioned(remote.key(), "");
    if (values.containsKey(key)) {
      throw new StoreException(
          new Problem.Denied(), "key " + remote.key() + " already exists in " + identity);
    }
    pushed.put(key, value.copy());
  }

  @Override
  public boolean exists(Remote remote) {
    return all().contains(new Versioned(remote.key(), ""));
  }

  @Override
  public void delete(Remote remote) {
    SecretBytes removed = pushed.remove(new Versioned(remote.key(), ""));
    if (removed != null) {
      removed.close();
    }
  }

  private SecretBytes value(RemoteRef ref) throws StoreException {
    Versioned key = new Versioned(ref.key(), ref.version());
    String value = values.get(key);
    SecretBytes other = pushed.get(key);
    if (value == null && other != null) {
      return other.copy();
    }
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
