package dev.signet.stores.google;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.LookedAt;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.https.Clients;
import dev.signet.stores.https.JsonPart;
import dev.signet.stores.https.Referents;
import dev.signet.stores.https.Tokens;
import java.net.URI;
import java.nio.CharBuffer;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * External Secrets' {@code gcpsm} provider: values in Secret Manager of Google Cloud, of a project
 * or of one of its locations.
 *
 * <ul>
 *   <li>A key is the short name of a secret; its value the payload of a version, the latest where
 *       none is named. A property is a field of that name, dots and all, else a gjson path.
 *   <li>Metadata are labels and annotations.
 *   <li>Everybody who asks as one identity shares one token ({@link Tokens}), and nobody waits for
 *       the store of somebody else, which upstream's do.
 *   <li>Pushing and deleting are {@link Pushing}'s.
 * </ul>
 */
public final class GoogleStore implements SecretStore {

  private static final PublishedLimits LIMITS =
      new PublishedLimits(
          List.of(
              new PublishedLimits.Rate(List.of("access"), 90_000 / 60.0),
              new PublishedLimits.Rate(List.of("get", "list", "versions.list"), 600 / 60.0),
              new PublishedLimits.Rate(
                  List.of("create", "patch", "addVersion", "delete"), 600 / 60.0)),
          List.of(new PublishedLimits.Size("a payload", 64 << 10)),
          URI.create("https://cloud.google.com/secret-manager/quotas"),
          LocalDate.of(2026, 11, 23));

  private final String identity;
  private final SecretManagerCalls manager;
  private final Turns turns;
  private final Runnable closing;

  private GoogleStore(String identity, SecretManagerCalls manager, Turns turns, Runnable closing) {
    this.identity = identity;
    this.manager = manager;
    this.turns = turns;
    this.closing = closing;
  }

  /**
   * Opens stores of that kind.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return provider(calls, System::nanoTime, UnaryOperator.identity());
  }

  /**
   * The same by another clock, and with servers elsewhere.
   *
   * @param nanos a clock that only goes forward
   */
  static StoreProvider provider(ApiCalls calls, LongSupplier nanos, UnaryOperator<URI> route) {
    return new StoreProvider() {
      private final Clients clients = new Clients();
      private final Tokens tokens = new Tokens(nanos);
      private final Turns turns = new Turns();

      @Override
      public String name() {
        return "gcpsm";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        if (Referents.unknown(configuration, references, List.of("auth"))) {
          return new LookedAt(identity, LIMITS);
        }
        GoogleConfiguration opened =
            GoogleConfiguration.of(identity, configuration, references, clients, route, calls);
        SecretManagerCalls manager =
            new SecretManagerCalls(
                opened.endpoint(),
                calls,
                opened.where(),
                new SecretManagerCalls.Identity(opened.name(), tokens, opened.login()),
                opened.fallsBack());
        return new GoogleStore(identity, manager, turns, opened.login()::close);
      }
    };
  }

  private String where(String key) {
    return "key " + key + " of " + identity;
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    if (ref.metadata()) {
      return new Item(metadata(ref), new Origin(identity, ref.key(), ref.property(), ""));
    }
    SecretManagerCalls.Version version = manager.version(ref.key(), ref.version());
    SecretBytes value = version.payload();
    if (!ref.property().isEmpty()) {
      try (SecretBytes whole = value) {
        value =
            JsonPart.get(whole, ref.property(), Property.Order.NAME_FIRST, where(ref.key()))
                .orElseThrow(() -> JsonPart.missing(ref.property(), where(ref.key())));
      }
    }
    return new Item(value, new Origin(identity, ref.key(), ref.property(), version.number()));
  }

  private SecretBytes metadata(RemoteRef ref) throws StoreException {
    SecretManagerCalls.Entry entry =
        manager.entry(ref.key()).orElseThrow(() -> manager.missing(where(ref.key())));
    Map<String, Map<String, String>> all =
        new TreeMap<>(Map.of("annotations", entry.annotations(), "labels", entry.labels()));
    if (ref.property().isEmpty()) {
      return JsonText.of(all);
    }
    for (Map.Entry<String, Map<String, String>> each : all.entrySet()) {
      if (ref.property().equals(each.getKey())) {
        return JsonText.of(each.getValue());
      }
      if (ref.property().startsWith(each.getKey() + ".")) {
        String value = each.getValue().get(ref.property().substring(each.getKey().length() + 1));
        if (value == null) {
          throw JsonPart.missing(ref.property(), where(ref.key()));
        }
        return SecretBytes.ofText(CharBuffer.wrap(value));
      }
    }
    throw new StoreException(
        new Problem.Malformed(),
        "invalid property "
            + ref.property()
            + ": metadata property should start with either annotations or labels");
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), where(ref.key()));
    }
  }

  @Override
  public Optional<Searchable> searching() {
    return Optional.of(this::find);
  }

  @Override
  public Optional<Writable> writing() {
    return Optional.of(new Pushing(manager, turns, identity));
  }

  private Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + identity + " is searched by name or by tags");
    }
    Map<String, String> labels = search.name().isEmpty() ? search.tags() : Map.of();
    String prefix = search.path().orElse("");
    return Searchable.each(
        manager.list(prefix, labels).stream()
            .filter(
                each ->
                    each.key().startsWith(prefix)
                        && search.named(each.key())
                        && each.labels().entrySet().containsAll(labels.entrySet()))
            .map(SecretManagerCalls.Entry::key)
            .toList(),
        key -> fetch(new RemoteRef(key, "", "")));
  }

  /** Whether there is a token to ask with; what it may do is only known for a secret. */
  @Override
  public Validity validate() throws StoreException {
    manager.login();
    return Validity.READY;
  }

  @Override
  public PublishedLimits limits() {
    return LIMITS;
  }

  @Override
  public void close() {
    closing.run();
  }
}
