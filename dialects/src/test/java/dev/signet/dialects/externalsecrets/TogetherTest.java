package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries of one ExternalSecret whose store reads several values with one call. */
final class TogetherTest {

  private static final Ref ES = new Ref(ExternalSecret.KIND, "ns", "es");

  private final World world;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  TogetherTest(@TempDir Path folder) {
    world = new World(folder);
    world.manifest(
        "crowd",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: crowd}, spec: {provider: {crowd: {}}}}
        """);
    world.manifest(
        "backup",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: backup}, spec: {provider: {fake: {data: [
        {key: down, value: b}, {key: down2, value: b}]}}}}
        """);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Keys that begin alike are read together, all but those that are not there. */
  private final class Crowd implements StoreProvider {

    @Override
    public String name() {
      return "crowd";
    }

    @Override
    public SecretStore open(String identity, Fields configuration, References references) {
      return new Open();
    }
  }

  private final class Open implements SecretStore, Batching {

    private static Item item(RemoteRef ref) {
      return new Item(
          SecretBytes.wrap(("v-" + ref.key()).getBytes(UTF_8)), Origin.of("crowd", ref.key()));
    }

    @Override
    public Item fetch(RemoteRef ref) throws StoreException {
      calls.add(ref.key());
      if (ref.key().contains("gone")) {
        throw new StoreException(new Problem.NotFound(), "there is no " + ref.key());
      }
      return item(ref);
    }

    @Override
    public Material fetchMap(RemoteRef ref) throws StoreException {
      return fields(ref, fetch(ref));
    }

    @Override
    public Material fields(RemoteRef ref, Item value) {
      Material fields = new Material();
      fields.put("field-of-" + ref.key(), value);
      return fields;
    }

    @Override
    public List<List<RemoteRef>> groups(Collection<RemoteRef> refs) {
      return List.of("a", "down").stream()
          .map(start -> refs.stream().filter(ref -> ref.key().startsWith(start)).toList())
          .filter(group -> group.size() > 1)
          .toList();
    }

    @Override
    public Material fetch(List<RemoteRef> group) throws StoreException {
      calls.add(group.stream().map(RemoteRef::key).toList().toString());
      if (group.getFirst().key().startsWith("down")) {
        throw new StoreException(new Problem.Unreachable(), "nobody is there");
      }
      Material read = new Material();
      for (int i = 0; i < group.size(); i++) {
        if (!group.get(i).key().contains("gone")) {
          read.put(Integer.toString(i), item(group.get(i)));
        }
      }
      return read;
    }
  }

  private Outcome reconcile(String annotations, String spec) throws Exception {
    world.manifest(
        "es",
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es, annotations: {"
            + annotations
            + "}}, spec: {secretStoreRef: {name: crowd}, "
            + spec
            + "}}");
    Directory directory = world.directory();
    return ExternalSecretController.whenAsked(
            directory,
            directory,
            Fetchings.of(directory, FakeStore.provider(), new Crowd()),
            World.CLOCK)
        .reconcile(ES);
  }

  private static String data(String... keys) {
    StringBuilder data = new StringBuilder("data: [");
    for (String key : keys) {
      data.append("{secretKey: k-%s, remoteRef: {key: %s}},".formatted(key, key));
    }
    return data.append("]").toString();
  }

  @Test
  void whatIsReadTogetherIsReadOnceAndTheRestAlone() throws Exception {
    Outcome outcome =
        reconcile("", "dataFrom: [{extract: {key: a1}}], " + data("b", "a1", "a2") + "");
    assertThat(outcome.delivered()).isTrue();
    assertThat(world.values("ns", "es"))
        .isEqualTo("{field-of-a1=v-a1, k-a1=v-a1, k-a2=v-a2, k-b=v-b}");
    assertThat(calls).containsExactly("[a1, a2]", "b");
  }

  @Test
  void oneEntryIsReadAlone() throws Exception {
    assertThat(reconcile("", data("a1")).delivered()).isTrue();
    assertThat(calls).containsExactly("a1");
  }

  @Test
  void whatIsMissingTellsWhyByItself() throws Exception {
    assertThat(reconcile("", data("a1", "a-gone")))
        .isEqualTo(
            new Outcome.Retry(
                "SecretSyncedError",
                "error processing spec.data[1] (key: a-gone), err: there is no a-gone"));
    assertThat(calls).containsExactly("[a1, a-gone]", "a-gone");
    assertThat(reconcile("signet.dev/optional-keys: k-a-gone", data("a1", "a-gone")).delivered())
        .isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{k-a1=v-a1}");
  }

  @Test
  void aGroupThatFailsFailsItsEntriesAndTheStoreIsNotAskedAgain() throws Exception {
    assertThat(reconcile("", data("down", "down2", "b")))
        .isEqualTo(
            new Outcome.Retry(
                "SecretSyncedError",
                "error processing spec.data[0] (key: down), err: nobody is there"));
    assertThat(calls).containsExactly("[down, down2]");
    assertThat(reconcile("signet.dev/fallback-stores: backup", data("down", "down2")).delivered())
        .isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{k-down=b, k-down2=b}");
  }
}
