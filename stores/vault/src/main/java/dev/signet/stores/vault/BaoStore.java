package dev.signet.stores.vault;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import java.util.List;
import java.util.Optional;

/**
 * External Secrets' {@code openBao} provider. It is narrower than {@code vault}, which speaks to
 * OpenBao as well: it reads a KV engine and does not write, a key is a path below the engine and
 * nothing else, a property is a field, a search looks at one folder, and logins are by token,
 * AppRole or password.
 *
 * <p>A key that is not there is an error and not a missing value, so that no deletion policy acts.
 */
final class BaoStore implements SecretStore, Searchable {

  private static final String USUAL_ENGINE = "kv";
  private static final List<String> METHODS = List.of("appRole", "tokenSecretRef", "userPass");
  private static final List<String> FIELDS =
      List.of("auth", "caBundle", "caProvider", "namespace", "server", "path", "version");

  private final String identity;
  private final KvPaths paths;
  private final Optional<VaultServer> server;

  /**
   * @param server none where it is somebody else for each who uses it, and is only looked at
   */
  BaoStore(String identity, KvPaths paths, Optional<VaultServer> server) {
    this.identity = identity;
    this.paths = paths;
    this.server = server;
  }

  /** What it has less than {@code vault} is refused. */
  static KvPaths paths(Fields configuration) throws MalformedObjectException {
    for (String field : configuration.names()) {
      if (!FIELDS.contains(field)) {
        throw new MalformedObjectException(
            configuration.path() + "." + field + " is no field of openBao; vault may have it");
      }
    }
    if (configuration.has("caBundle") && configuration.has("caProvider")) {
      throw new MalformedObjectException(
          configuration.path() + " has caBundle and caProvider; at most one is allowed");
    }
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isPresent()) {
      List<String> methods =
          auth.get().names().stream().filter(name -> !name.equals("namespace")).toList();
      if (methods.size() != 1 || !METHODS.contains(methods.getFirst())) {
        throw new MalformedObjectException(
            auth.get().path() + " must have exactly one of " + String.join(", ", METHODS));
      }
    }
    KvPaths paths = VaultConfiguration.paths(configuration);
    return paths.mount().isEmpty() ? new KvPaths(USUAL_ENGINE, paths.versioned()) : paths;
  }

  private Kv kv() throws StoreException {
    return new Kv(
        server.orElseThrow(
            () ->
                new StoreException(
                    new Problem.Malformed(), identity + " is asked as the namespace of its user")),
        paths);
  }

  /** What {@link KvPaths} takes for nothing but that. */
  private String below(String key) {
    return paths.mount() + "/" + (paths.versioned() ? "data/" : "") + key;
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    if (!ref.version().isEmpty() && !paths.versioned()) {
      throw new StoreException(
          new Problem.Malformed(),
          "OpenBao KVv1 secrets do not support versioning (use KVv2): key "
              + ref.key()
              + " of "
              + identity);
    }
    if (!ref.version().matches("[0-9]{0,9}")) {
      throw new StoreException(
          new Problem.Malformed(),
          "invalid Ref.Version: a version is a number; key " + ref.key() + " of " + identity);
    }
    try (Kv.Entry entry = kv().entry(below(ref.key()), ref.version())) {
      if (entry.data().isEmpty()) {
        throw new StoreException(
            new Problem.Conflict(),
            "secret not found: key "
                + ref.key()
                + (ref.version().isEmpty() ? "" : " in version " + ref.version())
                + " of "
                + identity);
      }
      String version = paths.versioned() ? Long.toString(entry.version()) : "";
      SecretBytes data = entry.data().get();
      return new Item(
          ref.property().isEmpty() ? data.copy() : property(data, ref),
          new Origin(identity, ref.key(), ref.property(), version));
    }
  }

  private SecretBytes property(SecretBytes data, RemoteRef ref) throws StoreException {
    String where = "key " + ref.key() + " of " + identity;
    return Property.find(data, ref.property(), Property.Order.FIELD_ONLY, where)
        .orElseThrow(
            () ->
                new StoreException(
                    new Problem.Conflict(),
                    "cannot find secret data for key: \"" + ref.property() + "\" in " + where));
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), Property.where(ref, identity));
    }
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (!search.tags().isEmpty() || search.name().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "tag based search is not implemented: " + identity);
    }
    String folder = search.path().orElse("").replaceAll("^/+|/+$", "");
    Material found = new Material();
    boolean complete = false;
    try {
      for (String name : kv().list(below(folder))) {
        if (!name.endsWith("/") && search.named(name)) {
          found.put(
              name, fetch(new RemoteRef(folder.isEmpty() ? name : folder + "/" + name, "", "")));
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

  @Override
  public Validity validate() throws StoreException {
    if (server.isEmpty()) {
      return Validity.UNKNOWN;
    }
    server.get().verify();
    Optional<String> wrong = kv().wrongEngine(paths.mount());
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
