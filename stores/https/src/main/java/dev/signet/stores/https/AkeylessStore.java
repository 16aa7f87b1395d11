package dev.signet.stores.https;

import static java.util.Objects.requireNonNull;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
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
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code akeyless} provider: static, dynamic and rotated secrets, and
 * certificates.
 *
 * <ul>
 *   <li>A key is the name of an item with its path. What it is has to be asked first, so a value
 *       costs two calls. A dynamic secret is another one each time.
 *   <li>Tags have no names there: of those that are looked for, a value needs one, as upstream has
 *       it.
 *   <li>What a PushSecret pushes is a member of a JSON object, as upstream has it: named by the
 *       property, or by the keys of the Secret. What is made here is tagged, and only what is so is
 *       deleted.
 *   <li>Everybody who asks as one identity shares one token ({@link Tokens}).
 * </ul>
 */
public final class AkeylessStore implements SecretStore, Searchable, Writable {

  private static final String MANAGED = "k8s-external-secrets";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final PublishedLimits LIMITS =
      new PublishedLimits(
          List.of(),
          List.of(new PublishedLimits.Size("a static secret", 16 << 10)),
          URI.create("https://docs.akeyless.io/docs/create-secret"),
          LocalDate.of(2026, 11, 23));

  private final AkeylessApi api;
  private final Turns turns;

  private AkeylessStore(AkeylessApi api, Turns turns) {
    this.api = api;
    this.turns = turns;
  }

  /**
   * Opens stores of that kind.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return provider(
        new RestApi.Surroundings(calls, UnaryOperator.identity(), Map.of()), System::nanoTime);
  }

  static StoreProvider provider(RestApi.Surroundings surroundings, LongSupplier nanos) {
    return new StoreProvider() {
      private final Clients clients = new Clients();
      private final Tokens tokens = new Tokens(nanos);
      private final AkeylessApi.Versions versions = new AkeylessApi.Versions();
      private final Turns turns = new Turns();

      @Override
      public String name() {
        return "akeyless";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        URI server =
            RestApi.address(
                AkeylessApi.server(configuration), configuration.path() + ".akeylessGWApiURL");
        boolean ignoreCache = configuration.bool("ignoreCache").orElse(false);
        RestApi api =
            new RestApi(
                RestApi.endpoint(
                    identity, configuration, references, clients, TIMEOUT, surroundings.route()),
                server,
                "AKEYLESSLESS/SecretsManager",
                surroundings.calls());
        AkeylessLogin login =
            AkeylessLogin.of(identity, configuration.requiredObject("authSecretRef"), references);
        boolean complete = false;
        try {
          configuration.refuseUnread();
          complete = true;
          if (login.unknown()) {
            return new LookedAt(identity, LIMITS);
          }
          return new AkeylessStore(
              new AkeylessApi(api, server.toString(), login, tokens, versions, ignoreCache), turns);
        } finally {
          if (!complete) {
            login.close();
          }
        }
      }
    };
  }

  @Override
  public PublishedLimits limits() {
    return LIMITS;
  }

  /** Whether who asks may log in. */
  @Override
  public Validity validate() throws StoreException {
    api.verify();
    return Validity.READY;
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    String where = api.where(ref.key());
    if (ref.metadata()) {
      throw new StoreException(
          new Problem.Malformed(), where + ": metadata cannot be fetched there");
    }
    if (!ref.version().matches("[0-9]{0,9}")) {
      throw new StoreException(
          new Problem.Malformed(), where + ": a version in Akeyless is a number");
    }
    AkeylessApi.Entry entry = api.describe(ref.key()).orElseThrow(() -> missing(ref.key()));
    SecretBytes value = api.value(entry, ref.version()).orElseThrow(() -> missing(ref.key()));
    if (!ref.property().isEmpty()) {
      try (SecretBytes whole = value) {
        value =
            JsonPart.get(whole, ref.property(), Property.Order.NAME_FIRST, where)
                .orElseThrow(() -> JsonPart.missing(ref.property(), where));
      }
    }
    return new Item(
        value,
        new Origin(
            api.identity(),
            ref.key(),
            ref.property(),
            ref.version().isEmpty() ? entry.version() : ref.version()));
  }

  private StoreException missing(String key) {
    return new StoreException(new Problem.NotFound(), "Secret does not exist: " + api.where(key));
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), api.where(ref.key()));
    }
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + api.identity() + " is searched by name or by tags");
    }
    String path = search.path().orElse("");
    if (!path.isEmpty()) {
      path = (path.startsWith("/") ? "" : "/") + path + (path.endsWith("/") ? "" : "/");
    }
    Map<String, AkeylessApi.Entry> entries = new LinkedHashMap<>();
    // Upstream looks at no tags where there is a name.
    for (String tag :
        search.name().isPresent() ? List.of("") : new TreeSet<>(search.tags().values())) {
      for (AkeylessApi.Entry each : api.list(path, tag)) {
        if (search.named(each.name())) {
          entries.put(each.name(), each);
        }
      }
    }
    return Searchable.each(
        entries.keySet(),
        name ->
            new Item(
                api.value(requireNonNull(entries.get(name)), "").orElseThrow(() -> missing(name)),
                new Origin(api.identity(), name, "", "")));
  }

  /** What is to be written, from what is there. */
  @FunctionalInterface
  private interface Change {
    SecretBytes of(Optional<SecretBytes> there) throws StoreException;
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    JsonPart.requireText(value, "the value for " + api.where(remote.key()));
    if (remote.property().isEmpty()) {
      push(remote, metadata, _ -> value.copy());
    } else {
      push(remote, metadata, Map.of(remote.property(), value));
    }
  }

  @Override
  public void push(
      Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
      throws StoreException {
    if (!remote.property().isEmpty()) {
      push(remote, value, metadata);
      return;
    }
    Map<String, SecretBytes> members = new TreeMap<>();
    if (source.key().isEmpty()) {
      source.whole().items().forEach((name, item) -> members.put(name, item.value()));
    } else {
      members.put(source.key(), value);
    }
    push(remote, metadata, members);
  }

  private void push(
      Remote remote, Map<String, @Nullable Object> metadata, Map<String, SecretBytes> members)
      throws StoreException {
    push(
        remote,
        metadata,
        there -> {
          SecretBytes merged = there.map(SecretBytes::copy).orElseGet(AkeylessStore::nothing);
          boolean complete = false;
          try {
            for (Map.Entry<String, SecretBytes> each : members.entrySet()) {
              SecretBytes before = merged;
              try (before) {
                merged =
                    JsonPart.with(
                        Optional.of(before),
                        path(each.getKey()),
                        each.getValue(),
                        api.where(remote.key()));
              }
            }
            complete = true;
            return merged;
          } finally {
            if (!complete) {
              merged.close();
            }
          }
        });
  }

  private static SecretBytes nothing() {
    return SecretBytes.wrap(new byte[] {'{', '}'});
  }

  /** A property that is pushed is a name, and never a path. */
  private static String path(String name) {
    return name.replaceAll("[\\\\.*?#|]", "\\\\$0");
  }

  private void push(Remote remote, Map<String, @Nullable Object> metadata, Change change)
      throws StoreException {
    if (!metadata.isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "a push to " + api.identity() + " knows no metadata");
    }
    turns.of(
        remote.key(),
        () -> {
          Optional<SecretBytes> there = there(remote.key());
          try (SecretBytes wanted = change.of(there)) {
            if (there.isEmpty()) {
              api.create(remote.key(), wanted, MANAGED);
            } else if (!there.get().matches(wanted)) {
              api.update(remote.key(), wanted);
            }
          } finally {
            there.ifPresent(SecretBytes::close);
          }
        });
  }

  private Optional<SecretBytes> there(String key) throws StoreException {
    Optional<AkeylessApi.Entry> entry = api.describe(key);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    requireStatic(entry.get());
    return api.value(entry.get(), "");
  }

  private void requireStatic(AkeylessApi.Entry entry) throws StoreException {
    if (entry.kind() != AkeylessApi.Kind.STATIC) {
      throw new StoreException(
          new Problem.Malformed(),
          api.where(entry.name()) + " is no static secret, and only such can be written");
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    if (remote.property().isEmpty()) {
      return api.describe(remote.key()).isPresent();
    }
    Optional<SecretBytes> there = there(remote.key());
    if (there.isEmpty()) {
      return false;
    }
    try (SecretBytes value = there.get()) {
      return has(value, remote);
    }
  }

  private boolean has(SecretBytes value, Remote remote) throws StoreException {
    Optional<SecretBytes> part =
        JsonPart.get(
            value, path(remote.property()), Property.Order.PATH_ONLY, api.where(remote.key()));
    part.ifPresent(SecretBytes::close);
    return part.isPresent();
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    turns.of(remote.key(), () -> removed(remote));
  }

  private void removed(Remote remote) throws StoreException {
    Optional<AkeylessApi.Entry> entry = api.describe(remote.key());
    if (entry.isEmpty() || !entry.get().tags().contains(MANAGED)) {
      return;
    }
    if (remote.property().isEmpty()) {
      api.delete(remote.key());
      return;
    }
    requireStatic(entry.get());
    Optional<SecretBytes> there = api.value(entry.get(), "");
    if (there.isEmpty()) {
      return;
    }
    try (SecretBytes value = there.get()) {
      if (!has(value, remote)) {
        return;
      }
      Optional<SecretBytes> rest =
          JsonPart.without(value, path(remote.property()), api.where(remote.key()));
      if (rest.isEmpty()) {
        api.delete(remote.key());
        return;
      }
      try (SecretBytes left = rest.get()) {
        api.update(remote.key(), left);
      }
    }
  }

  @Override
  public void close() {
    api.close();
  }
}
