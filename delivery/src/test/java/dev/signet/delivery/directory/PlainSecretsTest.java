package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Apply;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainSecretsTest {

  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
  private static final Ref REF = Ref.secret("ns", "s");

  @TempDir Path folder;
  private final State state = new State();

  @AfterEach
  void close() {
    state.close();
  }

  private Directory directory(String rest) throws IOException {
    Files.writeString(
        folder.resolve("s.yaml"), "{apiVersion: v1, kind: Secret, metadata: {name: s" + rest + "}");
    return new Directory(state, Manifests.read(List.of(folder), "ns"), CLOCK, new SecureRandom());
  }

  private Outcome apply(String rest) throws IOException, ObjectsException {
    Directory directory = directory(rest);
    return new PlainSecrets(directory, CLOCK).reconcile(REF);
  }

  private Map<String, String> values() throws IOException {
    Map<String, String> values = new TreeMap<>();
    try (Secret secret = directory("}").secret("ns", "s").orElseThrow()) {
      secret
          .data()
          .items()
          .forEach((key, item) -> values.put(key, item.value().with(b -> new String(b, UTF_8))));
    }
    return values;
  }

  private void others(UnaryOperator<Metadata> metadata, String key) throws Exception {
    new Apply(directory("}"))
        .secret(
            "ns",
            "s",
            existing -> {
              Secret before = existing.orElseThrow();
              var data = before.data().copy();
              data.put(key, new Item(SecretBytes.wrap(new byte[] {'x'}), Origin.of("other", key)));
              return new Apply.Decision.Write(
                  new Secret(
                      metadata.apply(before.metadata()), before.type(), before.immutable(), data));
            });
  }

  @Test
  void theManifestBecomesASecretOnce() throws Exception {
    String yaml = ", labels: {a: b}}, type: Opaque, stringData: {k: v}, data: {b: Yg==}";
    assertThat(apply(yaml)).isEqualTo(new Outcome.Done());
    assertThat(values()).isEqualTo(Map.of("k", "v", "b", "b"));
    long version = state.version;
    assertThat(apply(yaml)).isEqualTo(new Outcome.Done());
    assertThat(state.version).isEqualTo(version);
    assertThat(state.events).hasSize(1);
    assertThat(directory("}").delivery(REF, REF).map(last -> last.origins().keySet()))
        .contains(Set.of("k", "b"));
  }

  @Test
  void aKeyThatLeavesTheManifestLeavesTheSecretAndOthersKeysStay() throws Exception {
    apply("}, stringData: {k: v, gone: v}");
    others(
        metadata ->
            metadata.with("labels", Map.of("other", "l")).with("annotations", Map.of("o", "a")),
        "foreign");
    assertThat(apply(", labels: {mine: l}}, stringData: {k: w}")).isEqualTo(new Outcome.Done());
    assertThat(values()).isEqualTo(Map.of("k", "w", "foreign", "x"));
    try (Secret secret = directory("}").secret("ns", "s").orElseThrow()) {
      assertThat(secret.metadata().labels()).isEqualTo(Map.of("mine", "l", "other", "l"));
      assertThat(secret.metadata().annotations()).isEqualTo(Map.of("o", "a"));
    }
  }

  @Test
  void whatAControllerOwnsIsLeftAlone() throws Exception {
    apply("}, stringData: {k: v}");
    others(
        metadata ->
            metadata.with(
                "ownerReferences",
                List.of(
                    Map.of("kind", "SealedSecret", "name", "s", "uid", "u", "controller", true))),
        "k");
    assertThat(apply("}, stringData: {k: w}"))
        .isEqualTo(
            new Outcome.Stalled(
                "Owned", "the Secret belongs to SealedSecret s; delete one of the two manifests"));
    assertThat(values()).isEqualTo(Map.of("k", "x"));
  }

  @Test
  void whatCannotBeReadIsRefusedAndTheLastSecretStays() throws Exception {
    apply("}, stringData: {k: v}");
    assertThat(apply("}, data: {k: '!hunter2'}"))
        .isEqualTo(
            new Outcome.Stalled(
                "Malformed", "data.k is not Base64: illegal base64 data at input byte 0"));
    assertThat(apply("}, data: {k: ENC}, sops: {}"))
        .isEqualTo(
            new Outcome.Stalled(
                "Encrypted",
                "it has a field sops that names no keys: encrypt it with `sops encrypt -i`"));
    assertThat(values()).isEqualTo(Map.of("k", "v"));
  }
}
