package dev.signet.stores.vault;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * External Secrets' {@code vault} provider: values in a KV engine of Vault or OpenBao, and values
 * that another engine makes.
 *
 * <ul>
 *   <li>A key is a path as {@link KvPaths} reads it. All of it is the JSON object that stands
 *       there; a property is one of its fields, else a gjson path. Metadata are the custom ones and
 *       what the engine knows of the key.
 *   <li>A key that looks like {@code database/creds/role}, and is not in the KV engine, is read
 *       from the engine that it names: one lease for all who ask as the same identity ({@link
 *       Leases}). So is whatever a store of version 1 finds that has a lease.
 *   <li>Everybody who asks as one identity shares one token ({@link Session}).
 *   <li>Pushing and deleting are {@link KvWriting}'s.
 * </ul>
 *
 * <p>Where upstream takes an engine that is not mounted, or is none of KV, for a value that does
 * not exist, this fails: a deletion policy must not act on a wrong path.
 */
final class VaultStore implements SecretStore {

  private static final int MOST_LISTS = 10_000;

  /** What engines make is read from there. */
  private static final Pattern MADE = Pattern.compile("[^/].*/(static-)?creds/[^/]+");

  private final String identity;
  private final KvPaths paths;
  private final Optional<Kv> kv;
  private final Optional<VaultServer> server;

  /** Which lease this has begun with. */
  private final Map<String, String> begun = new ConcurrentHashMap<>();

  /** Whether a key looks like what an engine makes. */
  static boolean isMade(String key) {
    return MADE.matcher(key).matches();
  }

  VaultStore(String identity, KvPaths paths, Optional<VaultServer> server) {
    this.identity = identity;
    this.paths = paths;
    this.server = server;
    this.kv = server.map(it -> new Kv(it, paths));
  }

  private Kv kv() throws StoreException {
    return kv.orElseThrow(
        () ->
            new StoreException(
                new Problem.Malformed(), identity + " is asked as the namespace of its user"));
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    if (ref.metadata()) {
      return new Item(metadata(ref), new Origin(identity, ref.key(), ref.property(), ""));
    }
    try (Kv.Found found = read(ref)) {
      SecretBytes value =
          ref.property().isEmpty() ? found.data().copy() : property(found.data(), ref);
      return new Item(value, new Origin(identity, ref.key(), ref.property(), found.version()));
    }
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), Property.where(ref, identity));
    }
  }

  private Kv.Found read(RemoteRef ref) throws StoreException {
    boolean made = ref.version().isEmpty() && isMade(ref.key());
    if (!kv().paths().versioned()) {
      if (!ref.version().isEmpty()) {
        throw new StoreException(
            new Problem.Malformed(),
            "key " + ref.key() + ": a KV engine of version 1 keeps no versions; " + identity);
      }
      return leased(paths.data(ref.key()), ref).orElseThrow(() -> missing(ref));
    }
    if (!ref.version().matches("[0-9]{0,9}")) {
      throw new StoreException(
          new Problem.Malformed(),
          "key " + ref.key() + " of " + identity + ": a version in Vault is a number");
    }
    if (made && kv().server().leases().has(ref.key())) {
      Optional<Kv.Found> again = leased(ref.key(), ref);
      if (again.isPresent()) {
        return again.get();
      }
    }
    StoreException why;
    try {
      Kv.Entry entry = kv().entry(ref.key(), ref.version());
      if (entry.data().isPresent()) {
        return new Kv.Found(entry.data().get(), Long.toString(entry.version()), Optional.empty());
      }
      why = missing(ref);
    } catch (StoreException e) {
      why = e;
    }
    if (made
        && (why.problem() instanceof Problem.NotFound
            || why.problem() instanceof Problem.Malformed)) {
      return made(ref, why);
    }
    throw why;
  }

  /** What an engine makes; where none does, the reason why the KV engine has nothing. */
  private Kv.Found made(RemoteRef ref, StoreException why) throws StoreException {
    Optional<Kv.Found> found;
    try {
      found = leased(ref.key(), ref);
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Malformed) {
        throw why;
      }
      throw e;
    }
    return found.orElseThrow(() -> why);
  }

  private Optional<Kv.Found> leased(String path, RemoteRef ref) throws StoreException {
    Optional<Kv.Found> found = kv().leased(path, begun.getOrDefault(path, ""), ref.key());
    found.flatMap(Kv.Found::lease).ifPresent(lease -> begun.putIfAbsent(path, lease));
    return found;
  }

  private StoreException missing(RemoteRef ref) {
    return new StoreException(
        new Problem.NotFound(),
        "Secret does not exist: key "
            + ref.key()
            + (ref.version().isEmpty() ? "" : " in version " + ref.version())
            + " of "
            + identity);
  }

  private SecretBytes property(SecretBytes json, RemoteRef ref) throws StoreException {
    // Not NotFound, which would let a deletion policy act; and it is asked for again, since what
    // stands in the store may change.
    return Property.find(
            json,
            ref.property(),
            Property.Order.FIELD_FIRST,
            "key " + ref.key() + " of " + identity)
        .orElseThrow(
            () ->
                new StoreException(
                    new Problem.Conflict(),
                    "cannot find secret data for key: \""
                        + ref.property()
                        + "\" in key "
                        + ref.key()
                        + " of "
                        + identity));
  }

  private SecretBytes metadata(RemoteRef ref) throws StoreException {
    if (!paths.versioned()) {
      throw new StoreException(
          new Problem.Malformed(),
          "cannot perform metadata fetch operations with kv version v1; " + identity);
    }
    Map<String, String> found =
        kv().metadata(ref.key())
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.NotFound(),
                        "secret not found: there are no metadata of key "
                            + ref.key()
                            + " in "
                            + identity));
    SecretBytes json = JsonText.of(found);
    if (ref.property().isEmpty()) {
      return json;
    }
    try (json) {
      return property(json, ref);
    }
  }

  @Override
  public Optional<Searchable> searching() {
    return Optional.of(this::find);
  }

  @Override
  public Optional<Writable> writing() {
    return kv.map(KvWriting::new);
  }

  private Material find(Search search) throws StoreException {
    if (search.tags().isEmpty() && search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "unexpected find operator: " + identity + " is searched by name or by tags");
    }
    boolean byTags = search.name().isEmpty();
    if (byTags && !paths.versioned()) {
      throw new StoreException(
          new Problem.Malformed(),
          "cannot perform find by tag operations with kv version v1; " + identity);
    }
    Material found = new Material();
    boolean complete = false;
    try {
      for (String key : names(search.path().orElse("").replaceAll("^/+|/+$", ""))) {
        if (byTags ? tagged(key, search) : search.named(key)) {
          add(key, found);
        }
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  private boolean tagged(String key, Search search) throws StoreException {
    return kv().customMetadata(key)
        .filter(custom -> custom.entrySet().containsAll(search.tags().entrySet()))
        .isPresent();
  }

  /** What was deleted is listed and not there. */
  private void add(String key, Material found) throws StoreException {
    try {
      found.put(key, fetch(new RemoteRef(key, "", "")));
    } catch (StoreException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        throw e;
      }
    }
  }

  /** All keys below a folder. */
  private Set<String> names(String folder) throws StoreException {
    Set<String> names = new TreeSet<>();
    Deque<String> folders = new ArrayDeque<>(List.of(folder.isEmpty() ? "" : folder + "/"));
    for (int lists = 0; !folders.isEmpty(); lists++) {
      String next = folders.removeFirst();
      if (lists == MOST_LISTS) {
        throw new StoreException(
            new Problem.Malformed(),
            "a search of " + identity + " lists too much: name a path below which to look");
      }
      for (String each : kv().list(next)) {
        if (each.endsWith("/")) {
          folders.addLast(next + each);
        } else {
          names.add(next + each);
        }
      }
    }
    return names;
  }

  /** Whether it is somebody there, and the engine one to read from. */
  @Override
  public Validity validate() throws StoreException {
    if (kv.isEmpty()) {
      return Validity.UNKNOWN;
    }
    kv().server().verify();
    Optional<String> wrong =
        paths.mount().isEmpty() ? Optional.empty() : kv().wrongEngine(paths.mount());
    if (wrong.isPresent()) {
      throw new StoreException(new Problem.Malformed(), wrong.get());
    }
    return Validity.READY;
  }

  @Override
  public void close() {
    server.ifPresent(VaultServer::close);
  }
}
