package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Attempt;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.https.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pushes to a KV engine and takes away again what was pushed, and nothing else.
 *
 * <ul>
 *   <li>What was pushed carries {@code managed-by: external-secrets}: in its custom metadata, which
 *       keep what else they have, or of version 1 in the value. What is there without it is left.
 *   <li>A whole push replaces all fields, a property one of them. What is there already is not
 *       written, so no version is used up.
 *   <li>Version 2 writes over the version that was read and no other; who was overtaken reads
 *       again.
 *   <li>Deleting takes one field, and with the last one the value in all versions.
 * </ul>
 */
final class KvWriting implements Writable {

  private static final String MANAGED_BY = "managed-by";
  private static final String MANAGER = "external-secrets";
  private static final String CUSTOM = "custom_metadata";

  private final Kv kv;
  private final VaultServer server;
  private final KvPaths paths;

  KvWriting(Kv kv) {
    this.kv = kv;
    this.server = kv.server();
    this.paths = kv.paths();
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    if (!metadata.isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "a push to " + server.identity() + " knows no metadata");
    }
    Attempt.again(() -> pushOnce(remote, value));
  }

  private void pushOnce(Remote remote, SecretBytes value) throws StoreException {
    try (Kv.Entry there = kv.entry(remote.key(), "")) {
      if (there.data().isPresent() && !managed(there)) {
        throw notManaged(remote);
      }
      try (KvDocument before = document(there, remote);
          KvDocument wanted = wanted(there, remote, value)) {
        if (there.data().isPresent() && wanted.sameAs(before)) {
          return;
        }
        if (paths.versioned() && there.data().isEmpty()) {
          mark(remote, there);
        }
        write(remote.key(), wanted, there.version());
      }
    }
  }

  private static boolean managed(Kv.Entry there) {
    return MANAGER.equals(there.custom().get(MANAGED_BY));
  }

  private StoreException notManaged(Remote remote) {
    return new StoreException(
        new Problem.Denied(),
        "secret not managed by external-secrets: key "
            + remote.key()
            + " of "
            + server.identity()
            + " was not pushed from here, so it is left");
  }

  private KvDocument document(Kv.Entry there, Remote remote) throws StoreException {
    if (there.data().isEmpty()) {
      return KvDocument.empty();
    }
    try {
      return KvDocument.of(there.data().get());
    } catch (JsonFields.NotAnObjectException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "key " + remote.key() + " of " + server.identity() + " holds no JSON object");
    }
  }

  private KvDocument wanted(Kv.Entry there, Remote remote, SecretBytes value)
      throws StoreException {
    KvDocument wanted;
    if (remote.property().isEmpty()) {
      try {
        wanted = KvDocument.of(value);
      } catch (JsonFields.NotAnObjectException e) {
        throw new StoreException(
            new Problem.Malformed(),
            "error unmarshalling incoming secret value: invalid JSON format; without a property"
                + " the value has to be a JSON object");
      }
    } else {
      wanted = document(there, remote);
      String property = remote.property();
      if (wanted.names().contains(property) && !wanted.holdsText(property)) {
        wanted.close();
        throw new StoreException(
            new Problem.Malformed(),
            "error converting " + property + " to string: it is there and is no text");
      }
      wanted.put(property, KvDocument.quoted(value, "the value for " + remote));
    }
    if (!paths.versioned()) {
      wanted.put(CUSTOM, json(Map.of(MANAGED_BY, MANAGER)));
    }
    return wanted;
  }

  private static SecretBytes text(String text) {
    return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static SecretBytes json(Map<String, String> texts) throws StoreException {
    try (KvDocument document = KvDocument.empty()) {
      for (Map.Entry<String, String> each : texts.entrySet()) {
        try (SecretBytes value = text(each.getValue())) {
          document.put(each.getKey(), KvDocument.quoted(value, "metadata"));
        }
      }
      return document.json();
    }
  }

  /** Before the value, so that what a failure leaves behind is known to be ours. */
  private void mark(Remote remote, Kv.Entry there) throws StoreException {
    Map<String, String> custom = new TreeMap<>(there.custom());
    kv.customMetadata(remote.key()).ifPresent(custom::putAll);
    String manager = custom.put(MANAGED_BY, MANAGER);
    if (MANAGER.equals(manager)) {
      return;
    }
    if (manager != null) {
      throw notManaged(remote);
    }
    try (KvDocument body = KvDocument.empty()) {
      body.put(CUSTOM, json(custom));
      put(paths.metadata(remote.key()), body, "cannot write metadata of key " + remote.key());
    }
  }

  private void write(String key, KvDocument wanted, long version) throws StoreException {
    String what = "cannot write key " + key;
    if (!paths.versioned()) {
      put(paths.data(key), wanted, what);
      return;
    }
    try (KvDocument body = KvDocument.empty()) {
      body.put("data", wanted.json());
      body.put("options", text("{\"cas\":" + version + "}"));
      put(paths.data(key), body, what);
    }
  }

  private void put(String path, KvDocument body, String what) throws StoreException {
    byte[] bytes;
    try (SecretBytes json = body.json()) {
      bytes = json.with(byte[]::clone);
    }
    try (Endpoint.Answer answer = server.send("PUT", KvPaths.encoded(path), bytes)) {
      if (!answer.succeeded()) {
        StoreException problem = server.problem(what, answer);
        throw Wire.says(answer, "check-and-set parameter")
            ? new StoreException(new Problem.Conflict(), problem.getMessage())
            : problem;
      }
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    try (Kv.Entry there = kv.entry(remote.key(), "")) {
      if (there.data().isEmpty()) {
        return false;
      }
      try (KvDocument document = document(there, remote)) {
        return remote.property().isEmpty() || document.names().contains(remote.property());
      }
    }
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    Attempt.again(() -> deleteOnce(remote));
  }

  private void deleteOnce(Remote remote) throws StoreException {
    try (Kv.Entry there = kv.entry(remote.key(), "")) {
      if (there.data().isEmpty() || !managed(there)) {
        return;
      }
      try (KvDocument rest = document(there, remote)) {
        if (!remote.property().isEmpty()) {
          if (!rest.names().contains(remote.property())) {
            return;
          }
          rest.remove(remote.property());
          boolean last =
              rest.names().isEmpty() || (!paths.versioned() && rest.names().equals(Set.of(CUSTOM)));
          if (!last) {
            write(remote.key(), rest, there.version());
            return;
          }
        }
        remove(paths.data(remote.key()), remote);
        if (paths.versioned()) {
          remove(paths.metadata(remote.key()), remote);
        }
      }
    }
  }

  private void remove(String path, Remote remote) throws StoreException {
    try (Endpoint.Answer answer = server.send("DELETE", KvPaths.encoded(path), Kv.NOTHING)) {
      if (!answer.succeeded() && answer.code() != 404) {
        throw server.problem("cannot delete key " + remote.key(), answer);
      }
    }
  }
}
