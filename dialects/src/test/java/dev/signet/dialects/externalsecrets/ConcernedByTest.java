package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Controller;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.FakeStore;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConcernedByTest {

  private static final String EXTERNAL =
      """
      apiVersion: external-secrets.io/v1
      kind: ExternalSecret
      metadata: {name: %s, namespace: %s}
      spec: {secretStoreRef: {name: %s, kind: %s}, target: {name: %s}, data: [{secretKey: k, remoteRef: {key: k}}]}
      """;

  @TempDir Path folder;

  @Test
  void aChangeConcernsThoseThatNameTheObjectNow() throws Exception {
    try (World world = new World(folder)) {
      world
          .manifest("a", EXTERNAL.formatted("a", "ns", "vault", "SecretStore", "shared"))
          .manifest("b", EXTERNAL.formatted("b", "ns", "vault", "ClusterSecretStore", "shared"))
          .manifest("c", EXTERNAL.formatted("c", "other", "vault", "SecretStore", "shared"))
          .manifest(
              "odd", EXTERNAL.formatted("odd", "ns", "vault", "SecretStore", "shared") + "x: 1")
          .manifest("s", "{apiVersion: v1, kind: Service, metadata: {name: vault}}");
      Directory directory = world.directory();
      Controller controller =
          ExternalSecretController.whenDue(
              directory, directory, Fetchings.of(directory, FakeStore.provider()), World.CLOCK);
      Ref store = new Ref(StoreRef.STORE, "ns", "vault");
      assertThat(controller.concernedBy(store)).as("none is known yet").isEmpty();

      for (Ref each :
          List.of(ref("ns", "a"), ref("ns", "b"), ref("other", "c"), ref("ns", "odd"))) {
        assertThat(controller.concernedBy(each)).isEmpty();
      }

      assertThat(controller.concernedBy(store)).containsExactly(ref("ns", "a"));
      assertThat(controller.concernedBy(new Ref(StoreRef.CLUSTER_STORE, "", "vault")))
          .containsExactly(ref("ns", "b"));
      assertThat(controller.concernedBy(Ref.secret("ns", "shared")))
          .containsExactly(ref("ns", "a"), ref("ns", "b"));
      assertThat(controller.concernedBy(Ref.secret("other", "shared")))
          .containsExactly(ref("other", "c"));
      assertThat(controller.concernedBy(new Ref(new GroupKind("", "Service"), "ns", "vault")))
          .isEmpty();
    }
  }

  @Test
  void whatAnObjectNamedBeforeConcernsItNoMore() {
    Named named = new Named();
    Ref user = ref("ns", "a");
    Ref before = Ref.secret("ns", "before");
    Ref after = Ref.secret("ns", "after");
    named.note(user, Set.of(before, after));
    named.note(ref("ns", "b"), Set.of(before));
    named.note(user, Set.of(after));

    assertThat(named.by(before)).containsExactly(ref("ns", "b"));
    assertThat(named.by(after)).containsExactly(user);

    named.note(user, Set.of());
    assertThat(named.by(after)).isEmpty();
  }

  private static Ref ref(String namespace, String name) {
    return new Ref(ExternalSecret.KIND, namespace, name);
  }
}
