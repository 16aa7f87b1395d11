package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Pass;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.FolderStore;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of manifests with all controllers of this dialect, as a command runs them. */
final class Stage implements AutoCloseable {

  static final String STORE =
      """
      {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: store},
       spec: {provider: {fake: {data: [%s]}}}}
      """;

  private final World world;
  private final List<StoreProvider> providers;

  Stage(Path folder, StoreProvider... more) {
    this.world = new World(folder);
    this.providers =
        Stream.concat(
                Stream.of(FakeStore.provider(), FolderStore.provider(folder)), Stream.of(more))
            .toList();
  }

  World world() {
    return world;
  }

  Stage manifest(String file, String yaml) {
    world.manifest(file, yaml);
    return this;
  }

  Stage store(String data) {
    return manifest("store", STORE.formatted(data));
  }

  /** An ExternalSecret {@code es} with that spec, its store being {@code store}. */
  Stage externalSecret(String spec) {
    return manifest(
        "es",
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es}, spec:"
            + " {secretStoreRef: {name: store}, "
            + spec
            + "}}");
  }

  Map<Ref, Outcome> run() {
    Directory directory = world.directory();
    Fetching fetching = Fetchings.of(directory, providers.toArray(StoreProvider[]::new));
    List<Controller> controllers =
        List.of(
            FanOutController.externalSecrets(directory, directory),
            FanOutController.pushSecrets(directory, directory),
            ExternalSecretController.whenAsked(directory, directory, fetching, World.CLOCK),
            PushSecretController.whenAsked(directory, directory, fetching, World.CLOCK));
    return new Pass(directory, controllers, 2).run((_, _) -> {});
  }

  /** What {@code es} says of itself. */
  String ready() throws Exception {
    return ready(new Ref(ExternalSecret.KIND, "ns", "es"));
  }

  String ready(Ref ref) throws Exception {
    Map<String, String> condition = world.condition(ref, "Ready");
    return condition.get("status")
        + " "
        + condition.get("reason")
        + ": "
        + condition.get("message");
  }

  @Nullable Object status(GroupKind kind, String namespace, String name, String field) {
    Optional<KubeObject> object = world.directory().get(new Ref(kind, namespace, name));
    return object.orElseThrow().tree().get("status") instanceof Map<?, ?> status
        ? status.get(field)
        : null;
  }

  @Override
  public void close() {
    world.close();
  }
}
