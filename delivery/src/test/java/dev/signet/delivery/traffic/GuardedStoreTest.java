package dev.signet.delivery.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardedStoreTest {

  /** Notes where what is pushed comes from. */
  private static final class Noting implements SecretStore, Writable {
    final List<String> types = new ArrayList<>();

    @Override
    public Item fetch(RemoteRef ref) throws StoreException {
      throw new StoreException(new Problem.NotFound(), "nothing is there");
    }

    @Override
    public Material fetchMap(RemoteRef ref) throws StoreException {
      throw new StoreException(new Problem.NotFound(), "nothing is there");
    }

    @Override
    public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata) {
      types.add("of nothing");
    }

    @Override
    public void push(
        Remote remote, SecretBytes value, Source source, Map<String, @Nullable Object> metadata) {
      types.add(source.type());
    }

    @Override
    public boolean exists(Remote remote) {
      return false;
    }

    @Override
    public void delete(Remote remote) {
      types.clear();
    }
  }

  @Test
  void aStoreLearnsWhereWhatIsPushedComesFrom() throws Exception {
    Noting store = new Noting();
    StoreGates gates = new StoreGates(Duration.ZERO, System::nanoTime);
    Ref ref = new Ref(new GroupKind("external-secrets.io", "SecretStore"), "ns", "s");
    try (GuardedStore guarded =
            new GuardedStore(store, gates.gate(ref), gates.flights(), "s", OptionalLong.empty());
        SecretBytes value = SecretBytes.copyOf(new byte[] {1});
        Material whole = new Material()) {
      guarded
          .writing()
          .orElseThrow()
          .push(
              new Writable.Remote("k", ""),
              value,
              new Writable.Source("", whole, "kubernetes.io/tls", Map.of(), Map.of()),
              Map.of());
    }
    assertThat(store.types).containsExactly("kubernetes.io/tls");
  }

  /** Reads all that it is asked for together, and counts. */
  private static final class Crowd implements SecretStore, Batching {
    int calls;

    @Override
    public Item fetch(RemoteRef ref) {
      return new Item(SecretBytes.copyOf(new byte[] {7}), Origin.of("crowd", ref.key()));
    }

    @Override
    public Material fetchMap(RemoteRef ref) {
      return fields(ref, fetch(ref));
    }

    @Override
    public Material fields(RemoteRef ref, Item value) {
      Material fields = new Material();
      fields.put("field", value);
      return fields;
    }

    @Override
    public List<List<RemoteRef>> groups(Collection<RemoteRef> refs) {
      return List.of(List.copyOf(refs));
    }

    @Override
    public Material fetch(List<RemoteRef> group) {
      calls++;
      Material read = new Material();
      for (int i = 0; i < group.size(); i++) {
        read.put(Integer.toString(i), fetch(group.get(i)));
      }
      return read;
    }
  }

  @Test
  void whatIsReadTogetherIsSharedByAllWhoWantedItBefore() throws Exception {
    Crowd store = new Crowd();
    StoreGates gates = new StoreGates(Duration.ofSeconds(10), () -> 1000);
    Ref ref = new Ref(new GroupKind("external-secrets.io", "SecretStore"), "ns", "s");
    List<RemoteRef> wanted = List.of(new RemoteRef("a", "", ""), new RemoteRef("b", "", ""));
    for (long since : new long[] {1000, 900, 1001}) {
      try (GuardedStore guarded =
          new GuardedStore(store, gates.gate(ref), gates.flights(), "s", OptionalLong.of(since))) {
        Batching batching = guarded.batching().orElseThrow();
        List<RemoteRef> group = batching.groups(wanted).getFirst();
        try (Material read = batching.fetch(group);
            Material fields = batching.fields(group.getFirst(), read.get("0").orElseThrow())) {
          assertThat(read.items()).containsOnlyKeys("0", "1");
          assertThat(fields.items()).containsOnlyKeys("field");
        }
      }
    }
    // The third wish is younger than the call.
    assertThat(store.calls).isEqualTo(2);
  }
}
