package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The provider {@code memory}: it takes every push, and fails where a test says so. */
final class MemoryStore implements StoreProvider {

  private final Map<String, String> written = new TreeMap<>();
  private final Set<String> failing = new HashSet<>();

  /** What was pushed: by the name of the store and the place in it. */
  Map<String, String> written() {
    return written;
  }

  /** One of {@code open}, {@code push}, {@code exists} and {@code delete} fails from now on. */
  void fail(String what) {
    failing.add(what);
  }

  void failNoMore() {
    failing.clear();
  }

  private void orFail(String what) throws StoreException {
    if (failing.contains(what)) {
      throw new StoreException(new Problem.Unreachable(), "boom");
    }
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Capabilities capabilities() {
    return Capabilities.WriteOnly;
  }

  @Override
  public SecretStore open(String identity, Fields configuration, References references)
      throws StoreException {
    orFail("open");
    return new Open(identity.substring(identity.lastIndexOf('/') + 1));
  }

  private final class Open implements SecretStore, Writable {
    private final String store;

    private Open(String store) {
      this.store = store;
    }

    private String place(Remote remote) {
      return store + ":" + remote;
    }

    @Override
    public Item fetch(RemoteRef ref) throws StoreException {
      throw new StoreException(new Problem.Denied(), "this store is written to only");
    }

    @Override
    public Material fetchMap(RemoteRef ref) throws StoreException {
      throw new StoreException(new Problem.Denied(), "this store is written to only");
    }

    @Override
    public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
        throws StoreException {
      orFail("push");
      written.put(place(remote), value.with(bytes -> new String(bytes, UTF_8)));
    }

    @Override
    public boolean exists(Remote remote) throws StoreException {
      orFail("exists");
      return written.containsKey(place(remote));
    }

    @Override
    public void delete(Remote remote) throws StoreException {
      orFail("delete");
      written.remove(place(remote));
    }
  }
}
