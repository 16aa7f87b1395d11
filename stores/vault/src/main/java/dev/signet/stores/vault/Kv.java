package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What is read: of a KV engine, and of engines that make values. */
final class Kv {

  static final byte[] NOTHING = {};

  private final VaultServer server;
  private final KvPaths paths;

  Kv(VaultServer server, KvPaths paths) {
    this.server = server;
    this.paths = paths;
  }

  VaultServer server() {
    return server;
  }

  KvPaths paths() {
    return paths;
  }

  /**
   * What stands under a key.
   *
   * @param data empty where it was deleted, or never was there
   * @param version the newest one, zero where there is none; of version 1 always
   */
  record Entry(Optional<SecretBytes> data, long version, Map<String, String> custom)
      implements AutoCloseable {

    static final Entry NONE = new Entry(Optional.empty(), 0, Map.of());

    @Override
    public void close() {
      data.ifPresent(SecretBytes::close);
    }
  }

  /**
   * Reads a key.
   *
   * @param version empty for the newest
   */
  Entry entry(String key, String version) throws StoreException {
    String path =
        KvPaths.encoded(paths.data(key)) + (version.isEmpty() ? "" : "?version=" + version);
    try (Endpoint.Answer answer = server.send("GET", path, NOTHING)) {
      if (answer.succeeded() || answer.code() == 404) {
        try (Reply reply = server.reply(answer)) {
          Optional<Reply> data = reply.object("data");
          if (data.isPresent()) {
            try (Reply given = data.get()) {
              return paths.versioned()
                  ? versioned(given)
                  : new Entry(copy(reply.raw("data")), 0, custom(given.tree("custom_metadata")));
            }
          }
        } catch (JsonFields.NotAnObjectException e) {
          throw malformed(key);
        }
      }
      if (answer.succeeded()) {
        return Entry.NONE;
      }
      StoreException problem = unread(key, answer);
      if (problem.problem() instanceof Problem.NotFound) {
        return Entry.NONE;
      }
      throw explained(problem, paths.data(key));
    }
  }

  private StoreException malformed(String key) {
    return new StoreException(
        new Problem.Malformed(),
        "cannot read secret data from Vault: what "
            + server.identity()
            + " has under key "
            + key
            + " is not what a KV engine of version "
            + (paths.versioned() ? 2 : 1)
            + " answers");
  }

  private StoreException unread(String key, Endpoint.Answer answer) {
    return server.problem("cannot read secret data from Vault: key " + key, answer);
  }

  private static Optional<SecretBytes> copy(Optional<SecretBytes> value) {
    return value.map(SecretBytes::copy);
  }

  /** A deleted version has metadata and no data. */
  private static Entry versioned(Reply given) {
    Map<String, @Nullable Object> metadata = given.tree("metadata");
    return new Entry(
        copy(given.raw("data")),
        metadata.get("version") instanceof Double version ? version.longValue() : 0,
        custom(metadata.get("custom_metadata")));
  }

  private static Map<String, String> custom(@Nullable Object tree) {
    Map<String, String> custom = new TreeMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((name, value) -> custom.put(String.valueOf(name), String.valueOf(value)));
    }
    return custom;
  }

  /** What a KV engine of version 2 knows of a key, the custom part winning; empty: no such key. */
  Optional<Map<String, String>> metadata(String key) throws StoreException {
    Optional<Map<String, @Nullable Object>> found = rawMetadata(key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Map<String, String> metadata = new TreeMap<>();
    for (String name : List.of("created_time", "current_version", "delete_version_after")) {
      switch (found.get().get(name)) {
        case Double number -> metadata.put(name, Long.toString(number.longValue()));
        case String text -> metadata.put(name, text);
        case null, default -> {}
      }
    }
    metadata.putAll(custom(found.get().get("custom_metadata")));
    return Optional.of(metadata);
  }

  Optional<Map<String, String>> customMetadata(String key) throws StoreException {
    return rawMetadata(key).map(it -> custom(it.get("custom_metadata")));
  }

  private Optional<Map<String, @Nullable Object>> rawMetadata(String key) throws StoreException {
    String path = paths.metadata(key);
    try (Endpoint.Answer answer = server.send("GET", KvPaths.encoded(path), NOTHING)) {
      if (answer.succeeded()) {
        try (Reply reply = server.reply(answer)) {
          return Optional.of(reply.tree("data"));
        }
      }
      StoreException problem =
          server.problem("cannot read metadata from Vault: key " + key, answer);
      if (problem.problem() instanceof Problem.NotFound) {
        return Optional.empty();
      }
      throw explained(problem, path);
    }
  }

  /**
   * Names below a folder, those of folders with a slash at their end.
   *
   * @param folder with or without a slash at its end
   */
  List<String> list(String folder) throws StoreException {
    String path = paths.list(folder).replaceAll("/+$", "");
    try (Endpoint.Answer answer =
        server.send("GET", KvPaths.encoded(path) + "/?list=true", NOTHING)) {
      if (answer.succeeded()) {
        try (Reply reply = server.reply(answer)) {
          return reply.tree("data").get("keys") instanceof List<?> keys
              ? keys.stream().map(String::valueOf).toList()
              : List.of();
        }
      }
      StoreException problem = server.problem("cannot list secrets of Vault at " + path, answer);
      if (problem.problem() instanceof Problem.NotFound) {
        return List.of();
      }
      throw explained(problem, path);
    }
  }

  /** What was found, with the lease that it has, if any. */
  record Found(SecretBytes data, String version, Optional<String> lease) implements AutoCloseable {
    @Override
    public void close() {
      data.close();
    }
  }

  /**
   * Reads any path, one lease for all where it has one; empty where nothing is there.
   *
   * @param begun the lease that the caller began with, empty when it has not
   */
  Optional<Found> leased(String path, String begun, String key) throws StoreException {
    AtomicReference<@Nullable SecretBytes> plain = new AtomicReference<>();
    Leases.Engine engine =
        new Leases.Engine() {
          @Override
          public Optional<Leases.Lease> read() throws StoreException {
            return made(path, key, plain);
          }

          @Override
          public Duration renewed(String id, Duration by) throws StoreException {
            return server.renewed(id, by);
          }

          @Override
          public long token() throws StoreException {
            return server.token();
          }
        };
    Optional<Leases.Held> held = server.leases().get(path, begun, engine);
    if (held.isPresent()) {
      return held.map(it -> new Found(it.data(), "", Optional.of(it.id())));
    }
    return Optional.ofNullable(plain.get()).map(it -> new Found(it, "", Optional.empty()));
  }

  private Optional<Leases.Lease> made(
      String path, String key, AtomicReference<@Nullable SecretBytes> plain) throws StoreException {
    try (Endpoint.Answer answer = server.send("GET", KvPaths.encoded(path), NOTHING)) {
      if (!answer.succeeded()) {
        StoreException problem = unread(key, answer);
        if (problem.problem() instanceof Problem.NotFound) {
          return Optional.empty();
        }
        throw explained(problem, path);
      }
      try (Reply reply = server.reply(answer)) {
        Optional<SecretBytes> data = copy(reply.raw("data"));
        String lease = reply.text("lease_id");
        if (lease.isEmpty() || data.isEmpty()) {
          data.ifPresent(plain::set);
          return Optional.empty();
        }
        return Optional.of(
            new Leases.Lease(
                lease,
                data.get(),
                Duration.ofSeconds(reply.number("lease_duration")),
                reply.flag("renewable")));
      }
    }
  }

  /** The same problem, unless the engine is the reason. */
  private StoreException explained(StoreException problem, String path) {
    if (!(problem.problem() instanceof Problem.Malformed)) {
      return problem;
    }
    try {
      return wrongEngine(path)
          .map(why -> new StoreException(new Problem.Malformed(), why))
          .orElse(problem);
    } catch (StoreException e) {
      return problem;
    }
  }

  /** Why the engine at that path is not one to read from as this store does; empty if it is. */
  Optional<String> wrongEngine(String path) throws StoreException {
    String asked = "sys/internal/ui/mounts/" + KvPaths.encoded(path);
    try (Endpoint.Answer answer = server.send("GET", asked, NOTHING)) {
      if (!answer.succeeded()) {
        // Who may not know gets no opinion.
        return Optional.empty();
      }
      try (Reply reply = server.reply(answer)) {
        Map<String, @Nullable Object> mount = reply.tree("data");
        String type = String.valueOf(mount.get("type"));
        String name = String.valueOf(mount.get("path"));
        boolean kv = List.of("kv", "generic").contains(type);
        boolean second =
            mount.get("options") instanceof Map<?, ?> options && "2".equals(options.get("version"));
        return wrong(type, name, kv, second).map(why -> server.identity() + ": " + why);
      }
    }
  }

  private Optional<String> wrong(String type, String name, boolean kv, boolean second) {
    if (type.equals("transit")) {
      return Optional.of(
          name
              + " in Vault is a transit engine: it encrypts and keeps no values, so there is"
              + " nothing to read or push. Set path to a KV engine; where values have to be under"
              + " an HSM, seal Vault with it, which covers all engines");
    }
    if (!kv) {
      return paths.versioned()
          ? Optional.of(
              name
                  + " in Vault is an engine of type "
                  + type
                  + " and no KV engine: set version to v1 to read what it makes, or path to a KV"
                  + " engine")
          : Optional.empty();
    }
    return second == paths.versioned()
        ? Optional.empty()
        : Optional.of(
            name
                + " in Vault is a KV engine of version "
                + (second ? 2 : 1)
                + ": set version to "
                + (second ? "v2" : "v1"));
  }
}
