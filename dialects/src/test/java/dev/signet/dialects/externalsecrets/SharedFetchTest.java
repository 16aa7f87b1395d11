package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Pass;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SharedFetchTest {

  private static final int OBJECTS = 8;

  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(1);

  /** Answers when it may. */
  private final class Slow implements StoreProvider, SecretStore {

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public SecretStore open(String identity, Fields configuration, References references)
        throws MalformedObjectException {
      var _ = configuration.objects("data");
      return this;
    }

    @Override
    public Item fetch(RemoteRef ref) {
      calls.incrementAndGet();
      try {
        answers.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new Item(
          SecretBytes.wrap("v".getBytes(StandardCharsets.UTF_8)), Origin.of("slow", ref.key()));
    }

    @Override
    public Material fetchMap(RemoteRef ref) {
      throw new AssertionError("nobody asks for it");
    }
  }

  @Test
  void thoseWhoAskAtOnceInADirectoryShareOneCall(@TempDir Path folder) throws Exception {
    try (World world = new World(folder)) {
      world.manifest("store", Stage.STORE.formatted(""));
      for (int i = 0; i < OBJECTS; i++) {
        world.manifest(
            "es-" + i,
            """
            {apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es-%d},
             spec: {secretStoreRef: {name: store}, data: [{secretKey: k, remoteRef: {key: one}}]}}
            """
                .formatted(i));
      }
      Directory directory = world.directory();
      StoreGates gates = new StoreGates(Duration.ZERO, System::nanoTime);
      Stores stores = new Stores(directory, AccountTokens.NONE, List.of(new Slow()), gates);
      Fetching fetching =
          new Fetching(
              stores,
              Fetchings.generating(directory),
              Fetchings.templates(directory));
      AtomicReference<Map<Ref, Outcome>> outcomes = new AtomicReference<>(Map.of());
      Thread pass =
          Thread.ofVirtual()
              .start(
                  () ->
                      outcomes.set(
                          new Pass(
                                  directory,
                                  List.of(
                                      ExternalSecretController.whenAsked(
                                          directory, directory, fetching, World.CLOCK)),
                                  OBJECTS)
                              .run((_, _) -> {})));
      // The others may wait for a call that its caller has yet to make.
      while ((gates.flights().joined() < OBJECTS - 1 || calls.get() == 0)
          && !Thread.interrupted()) {
        LockSupport.parkNanos(100_000);
      }
      assertThat(calls.get()).as("all wait for it").isEqualTo(1);
      answers.countDown();
      pass.join();

      assertThat(outcomes.get()).hasSize(OBJECTS);
      assertThat(outcomes.get().values()).allMatch(Outcome::delivered);
    }
  }
}
