package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealingKeysTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SealingKey KEY =
      SealingKey.generate("key", 2048, Duration.ofDays(1), "", CLOCK, RANDOM);

  private final World world;

  SealingKeysTest(@TempDir Path folder) {
    world = new World(folder);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static Secret keySecret(String name, String label) {
    Material data = new Material();
    data.put(
        "tls.crt",
        new Item(SecretBytes.wrap(KEY.certificate().toPem()), Origin.of("test", "tls.crt")));
    data.put(
        "tls.key", new Item(KEY.openingKey().toPem().orElseThrow(), Origin.of("test", "tls.key")));
    return new Secret(
        Metadata.named(SealingKeys.NAMESPACE, name)
            .with("labels", Map.of(SealingKeys.LABEL, label)),
        "kubernetes.io/tls",
        Optional.empty(),
        data);
  }

  private static void put(Directory directory, String name, String label) throws Exception {
    try (Secret secret = keySecret(name, label)) {
      directory.create(secret);
    }
  }

  private static SealingKeys keys(Directory directory) {
    return new SealingKeys(directory, directory, CLOCK, RANDOM, KeyRules.DEFAULT.withBits(2048));
  }

  @Test
  void activeKeysAreFoundAndOthersAreNot() throws Exception {
    Directory directory = world.directory();
    put(directory, "old", "compromised");
    assertThat(keys(directory).ring().size()).isZero();
    put(directory, "mine", "active");
    KeyRing ring = keys(directory).ring();
    assertThat(ring.size()).isEqualTo(1);
    assertThat(ring.find(KEY.id()).map(SealingKey::name)).contains("mine");
    assertThat(ring.find(KEY.id()).map(SealingKey::created))
        .contains(Instant.parse("2026-01-02T03:04:05Z"));
  }

  @Test
  void theRingIsReadAnewOnlyWhenASecretChanged() throws Exception {
    Directory directory = world.directory();
    put(directory, "mine", "active");
    SealingKeys keys = keys(directory);
    KeyRing ring = keys.ring();
    assertThat(keys.ring()).isSameAs(ring);
    put(directory, "same-again", "active");
    assertThat(keys.ring()).isNotSameAs(ring);
    assertThat(keys.ring().size()).isEqualTo(1);
  }

  @Test
  void whatHoldsNoKeyIsPassedOverWithAnEvent() throws Exception {
    Directory directory = world.directory();
    String head =
        "{metadata: {namespace: kube-system, labels: {sealedsecrets.bitnami.com/sealed-secrets-key:"
            + " active}, name: ";
    world.secret(head + "empty}}");
    world.secret(head + "half}, stringData: {tls.crt: x}}");
    world.secret(head + "text}, stringData: {tls.crt: x, tls.key: 'hunter2'}}");
    put(directory, "mine", "active");
    SealingKeys keys = keys(directory);
    assertThat(keys.ring().size()).isEqualTo(1);
    keys.ring();
    assertThat(world.events())
        .hasSize(3)
        .allSatisfy(
            event ->
                assertThat(event).startsWith("Warning KeyUnreadable: ").doesNotContain("hunter2"))
        .contains("Warning KeyUnreadable: secret must contain a 'tls.crt' key")
        .contains("Warning KeyUnreadable: secret must contain a 'tls.key' key");
  }

  @Test
  void aSecretThatIsReadDirectlySaysWhatIsWrong() {
    try (Secret secret = keySecret("k", "active")) {
      secret.data().remove("tls.crt");
      assertThatThrownBy(() -> SealingKeys.read(secret))
          .isInstanceOf(MalformedKeyException.class)
          .hasMessage("secret must contain a 'tls.crt' key");
    }
  }

  @Test
  void aCreationTimeThatIsNoneCountsAsLongAgo() throws Exception {
    try (Secret secret = keySecret("k", "active")) {
      assertThat(SealingKeys.read(secret).created()).isEqualTo(Instant.EPOCH);
      Metadata odd = secret.metadata().with("creationTimestamp", "yesterday");
      assertThat(SealingKeys.read(secret.withMetadata(odd)).created()).isEqualTo(Instant.EPOCH);
    }
  }

  @Test
  void aKeyThatIsMadeIsKeptAsUpstreamKeepsIt() throws Exception {
    Directory directory = world.directory();
    SealingKeys keys = keys(directory);
    SealingKey made = keys.create();
    assertThat(made.name()).matches("sealed-secrets-key[bcdfghjklmnpqrstvwxz2456789]{5}");
    assertThat(made.certificate().publicKey().size()).isEqualTo(256);
    try (Secret secret = directory.secret("kube-system", made.name()).orElseThrow()) {
      assertThat(secret.type()).isEqualTo("kubernetes.io/tls");
      assertThat(secret.metadata().labels())
          .isEqualTo(Map.of("sealedsecrets.bitnami.com/sealed-secrets-key", "active"));
      assertThat(secret.data().items().keySet()).containsExactly("tls.crt", "tls.key");
    }
    assertThat(keys.ring().current().map(SealingKey::id)).contains(made.id());
    assertThat(world.events()).containsExactly("Normal KeyMade: made a sealing key of 2048 bits");
  }
}
