package dev.signet.stores.azure;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code azurekv} provider: secrets, keys and certificates of a Key Vault.
 *
 * <ul>
 *   <li>A key is {@code secret/name}, or the name alone, {@code key/name} or {@code cert/name}. A
 *       secret is its value, of which a property is a gjson path, else a name with dots; a key is
 *       its JSON Web Key, without what is private of it; a certificate its DER.
 *   <li>Metadata are tags and the times of a version.
 *   <li>Everybody who asks as one identity shares one token ({@link Tokens}).
 *   <li>Pushing and deleting are {@link Pushing}'s.
 * </ul>
 */
public final class AzureStore implements SecretStore {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final PublishedLimits LIMITS =
      new PublishedLimits(
          List.of(
              new PublishedLimits.Rate(List.of("all of a vault"), 4_000 / 10.0),
              new PublishedLimits.Rate(
                  List.of("set secret", "import certificate", "import key"), 300 / 10.0)),
          List.of(new PublishedLimits.Size("a secret value", 25 << 10)),
          URI.create("https://learn.microsoft.com/azure/key-vault/general/service-limits"),
          LocalDate.of(2026, 11, 23));

  private final String identity;
  private final KeyVault vault;
  private final Turns turns;
  private final Duration patience;
  private final Runnable closing;

  private AzureStore(
      String identity, KeyVault vault, Turns turns, Duration patience, Runnable closing) {
    this.identity = identity;
    this.vault = vault;
    this.turns = turns;
    this.patience = patience;
    this.closing = closing;
  }

  /**
   * Where a provider is.
   *
   * @param nanos a clock that only goes forward
   * @param patience how long a vault is left alone that brings something back
   * @param route where servers are, for tests
   * @param environment the variables of this process
   */
  record Surroundings(
      LongSupplier nanos,
      Duration patience,
      UnaryOperator<URI> route,
      Map<String, String> environment) {}

  /**
   * Opens stores of that kind.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return provider(
        calls,
        new Surroundings(System::nanoTime, PATIENCE, UnaryOperator.identity(), System.getenv()));
  }

  static StoreProvider provider(ApiCalls calls, Surroundings surroundings) {
    return new StoreProvider() {
      private final Clients clients = new Clients();
      private final Tokens tokens = new Tokens(surroundings.nanos());
      private final Turns turns = new Turns();

      @Override
      public String name() {
        return "azurekv";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        if (Referents.unknown(
            configuration, references, List.of("authSecretRef", "serviceAccountRef"))) {
          configuration.object("customCloudConfig").ifPresent(it -> it.names().forEach(it::raw));
          return new LookedAt(identity, LIMITS);
        }
        AzureConfiguration opened =
            AzureConfiguration.of(identity, configuration, references, clients, surroundings);
        KeyVault vault =
            new KeyVault(
                opened.endpoint(),
                calls,
                opened.vault(),
                new KeyVault.Identity(opened.name(), tokens, opened.login()));
        return new AzureStore(
            identity, vault, turns, surroundings.patience(), opened.login()::close);
      }
    };
  }

  private String where(String key) {
    return "key " + key + " of " + identity;
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    Name name = Name.of(ref.key(), identity);
    try (KeyVault.Entry entry = entry(name, ref)) {
      SecretBytes value = ref.metadata() ? metadata(entry, ref) : value(name, entry, ref);
      return new Item(value, new Origin(identity, ref.key(), ref.property(), entry.version()));
    }
  }

  private KeyVault.Entry entry(Name name, RemoteRef ref) throws StoreException {
    return vault
        .entry(name, ref.version())
        .orElseThrow(
            () ->
                new StoreException(
                    new Problem.NotFound(),
                    "Secret does not exist: "
                        + (ref.version().isEmpty() ? "" : "version " + ref.version() + " of ")
                        + where(ref.key())));
  }

  private SecretBytes value(Name name, KeyVault.Entry entry, RemoteRef ref) throws StoreException {
    if (ref.property().isEmpty() || name.kind() == Name.Kind.CERTIFICATE) {
      return entry.value().copy();
    }
    return JsonPart.get(entry.value(), ref.property(), Property.Order.PATH_FIRST, where(ref.key()))
        .orElseThrow(() -> JsonPart.missing(ref.property(), where(ref.key())));
  }

  private SecretBytes metadata(KeyVault.Entry entry, RemoteRef ref) throws StoreException {
    Map<String, String> all = entry.metadata();
    String property = ref.property();
    if (property.isEmpty()) {
      return JsonText.of(all);
    }
    String exact = all.get(property);
    if (exact != null) {
      return text(exact);
    }
    int dot = property.indexOf('.');
    String tag = dot > 0 ? all.get(property.substring(0, dot)) : null;
    if (tag != null) {
      try (SecretBytes json = text(tag)) {
        return JsonPart.get(
                json,
                property.substring(dot + 1),
                Property.Order.PATH_FIRST,
                "tag " + property.substring(0, dot) + " of " + where(ref.key()))
            .orElseThrow(() -> JsonPart.missing(property, where(ref.key())));
      }
    }
    throw new StoreException(
        new Problem.Conflict(), "tag " + property + " does not exist: " + where(ref.key()));
  }

  private static SecretBytes text(String text) {
    return SecretBytes.ofText(CharBuffer.wrap(text));
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Name name = Name.of(ref.key(), identity);
    if (name.kind() != Name.Kind.SECRET) {
      throw new StoreException(
          new Problem.Malformed(),
          "cannot use dataFrom to get a "
              + (name.kind() == Name.Kind.KEY ? "key" : "certificate")
              + ": "
              + where(ref.key()));
    }
    return ref.metadata() ? tags(name, ref) : fields(ref);
  }

  private Material fields(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), where(ref.key()));
    }
  }

  private void put(
      Material material, RemoteRef ref, String name, SecretBytes value, String version) {
    material.put(name, new Item(value, new Origin(identity, ref.key(), name, version)));
  }

  /** Each under the name of the secret and its own; one that is JSON, taken apart. */
  private Material tags(Name name, RemoteRef ref) throws StoreException {
    Map<String, String> named = new TreeMap<>();
    String version;
    try (KeyVault.Entry entry = entry(name, ref)) {
      version = entry.version();
      for (Map.Entry<String, String> each : entry.metadata().entrySet()) {
        String whole = name.name() + "_" + each.getKey();
        Optional<Map<String, @Nullable Object>> tree =
            JsonTree.object(each.getValue().getBytes(StandardCharsets.UTF_8))
                .filter(it -> it.values().stream().allMatch(value -> value instanceof String));
        if (tree.isEmpty()) {
          named.put(whole, each.getValue());
        } else {
          tree.get()
              .forEach((field, value) -> named.put(whole + "_" + field, String.valueOf(value)));
        }
      }
    }
    Material material = new Material();
    String wanted = name.name() + "_" + ref.property();
    named.forEach(
        (field, value) -> {
          if (ref.property().isEmpty() || field.equals(wanted)) {
            put(material, ref, field, text(value), version);
          }
        });
    if (material.isEmpty() && !ref.property().isEmpty()) {
      throw new StoreException(
          new Problem.Conflict(), "tag " + ref.property() + " does not exist: " + where(ref.key()));
    }
    return material;
  }

  @Override
  public Optional<Searchable> searching() {
    return Optional.of(this::find);
  }

  @Override
  public Optional<Writable> writing() {
    return Optional.of(new Pushing(vault, turns, identity, patience));
  }

  private Material find(Search search) throws StoreException {
    return Searchable.each(
        vault.list().stream()
            .filter(
                each ->
                    each.enabled()
                        && search.named(each.name())
                        && each.tags().entrySet().containsAll(search.tags().entrySet()))
            .map(KeyVault.Listed::name)
            .toList(),
        name -> fetch(new RemoteRef(name, "", "")));
  }

  /** Whether there is a token to ask with; what it may do is only known for a secret. */
  @Override
  public Validity validate() throws StoreException {
    vault.login();
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
