package dev.signet.delivery.traffic;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A store whose calls pass its gate, and whose reads are shared with others that want the same. */
public final class GuardedStore implements SecretStore {

  private static final String VALUE = "value";

  private enum Kind {
    VALUE,
    FIELDS
  }

  private record Read(Kind kind, RemoteRef ref) {}

  /** As {@link Search}, with a pattern that can be compared. */
  private record Looked(Optional<String> path, String pattern, Map<String, String> tags) {

    static Looked of(Search search) {
      return new Looked(
          search.path(), search.name().map(name -> "=" + name.pattern()).orElse(""), search.tags());
    }
  }

  private final SecretStore store;
  private final StoreGate gate;
  private final Flights flights;
  private final String identity;
  private final OptionalLong since;

  /**
   * @param identity which store at which version, as whom: those with the same share their reads
   * @param since when what it is opened for began to wait; empty when that is not known
   */
  public GuardedStore(
      SecretStore store, StoreGate gate, Flights flights, String identity, OptionalLong since) {
    this.store = store;
    this.gate = gate;
    this.flights = flights;
    this.identity = identity;
    this.since = since;
  }

  private Material shared(Object call, StoreGate.Call<Material> read) throws StoreException {
    AtomicBoolean asked = new AtomicBoolean();
    Material result =
        flights.get(
            new Flights.Key(identity, call),
            since,
            gate.deadline(),
            () -> {
              asked.set(true);
              return gate.pass(read);
            });
    if (!asked.get()) {
      gate.shared();
    }
    return result;
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    try (Material fetched =
        shared(
            new Read(Kind.VALUE, ref),
            () -> {
              Material one = new Material();
              one.put(VALUE, store.fetch(ref));
              return one;
            })) {
      Item item = fetched.get(VALUE).orElseThrow();
      return new Item(item.value().copy(), item.origin());
    }
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    return shared(new Read(Kind.FIELDS, ref), () -> store.fetchMap(ref));
  }

  /**
   * Goes past the gate: a store is not unready because it is asked a lot. Nor does it say that the
   * store is back, for it may find out without asking.
   */
  @Override
  public Validity validate() throws StoreException {
    return store.validate();
  }

  @Override
  public Optional<Searchable> searching() {
    return store.searching().map(it -> search -> shared(Looked.of(search), () -> it.find(search)));
  }

  @Override
  public Optional<Batching> batching() {
    return store.batching().map(Together::new);
  }

  private record Group(List<RemoteRef> refs) {}

  private final class Together implements Batching {

    private final Batching batching;

    private Together(Batching batching) {
      this.batching = batching;
    }

    @Override
    public List<List<RemoteRef>> groups(Collection<RemoteRef> refs) {
      return batching.groups(refs);
    }

    @Override
    public Material fetch(List<RemoteRef> group) throws StoreException {
      return shared(new Group(List.copyOf(group)), () -> batching.fetch(group));
    }

    @Override
    public Material fields(RemoteRef ref, Item value) throws StoreException {
      return batching.fields(ref, value);
    }
  }

  @Override
  public Optional<Writable> writing() {
    return store.writing().map(Writing::new);
  }

  @FunctionalInterface
  private interface Write {
    void run() throws StoreException;
  }

  /** What was read before a write is not what is there after it. */
  private final class Writing implements Writable {

    private final Writable writable;

    private Writing(Writable writable) {
      this.writable = writable;
    }

    @Override
    public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
        throws StoreException {
      write(() -> writable.push(remote, value, metadata));
    }

    @Override
    public void push(
        Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata)
        throws StoreException {
      write(() -> writable.push(remote, value, source, metadata));
    }

    @Override
    public boolean exists(Remote remote) throws StoreException {
      return gate.pass(() -> writable.exists(remote));
    }

    @Override
    public void delete(Remote remote) throws StoreException {
      write(() -> writable.delete(remote));
    }

    private void write(Write write) throws StoreException {
      try {
        gate.pass(
            () -> {
              write.run();
              return true;
            });
      } finally {
        flights.forget(identity);
      }
    }
  }

  /** A call that others still wait for goes on with the store that it began with. */
  @Override
  public void close() {
    store.close();
  }
}
