package dev.signet.delivery.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.Item;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DirectoryTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678Z"));
  private static final Ref MAP = new Ref(new GroupKind("", "ConfigMap"), "ns", "a");

  @TempDir Path folder;
  private final State state = new State();

  @AfterEach
  void close() {
    state.close();
  }

  private Directory empty() {
    return new Directory(state, Manifests.none(), CLOCK, new SecureRandom());
  }

  private Directory with(String yaml) throws IOException {
    Files.writeString(folder.resolve("a.yaml"), yaml);
    return new Directory(state, Manifests.read(List.of(folder), "ns"), CLOCK, new SecureRandom());
  }

  private static Metadata metadata(Directory directory) throws MalformedObjectException {
    return directory.get(MAP).orElseThrow().metadata();
  }

  private static Secret stored(Directory directory, String name) {
    return directory.secret("ns", name).orElseThrow();
  }

  private static <T extends Problem> void assertProblem(ObjectsException e, Class<T> problem) {
    assertThat(e).isNotNull();
    assertThat(e.problem()).isInstanceOf(problem);
  }

  @Test
  void theUidStaysAndTheGenerationRisesWithTheSpecOnly() throws Exception {
    String head = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a";
    Metadata first = metadata(with(head + "}, spec: {a: 1, b: 2}}"));
    assertThat(first.uid())
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(first.generation()).isEqualTo(1);
    for (String same :
        List.of(
            head + "}, spec: {b: 2, a: 1}}",
            head + ", labels: {x: z}}, spec: {a: 1, b: 2}}",
            head
                + ", uid: other, generation: 9, namespace: ns}, spec: {a: 1, b: 2}, data: {c:"
                + " d}}")) {
      assertThat(metadata(with(same)).generation()).isEqualTo(1);
      assertThat(metadata(with(same)).uid()).isEqualTo(first.uid());
    }
    assertThat(metadata(with(head + "}, spec: {a: 1, b: 3}}")).generation()).isEqualTo(2);
    assertThat(metadata(with(head + "}}")).generation()).isEqualTo(3);
    assertThat(metadata(with(head + "}, spec: null}")).generation()).isEqualTo(3);
    assertThat(metadata(with(head + "}}")).uid()).isEqualTo(first.uid());
  }

  @Test
  void theStatusIsTheRememberedOneNeverTheManifests() throws Exception {
    String yaml = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, status: {from: file}}";
    assertThat(with(yaml).get(MAP).orElseThrow().tree().get("status")).isEqualTo(Map.of());
    with(yaml).updateStatus(MAP, Map.of("ready", true));
    Directory later = with(yaml);
    assertThat(later.get(MAP).orElseThrow().tree().get("status")).isEqualTo(Map.of("ready", true));
    assertThat(later.statuses()).containsKey(MAP);
    assertThatThrownBy(() -> later.updateStatus(Ref.secret("ns", "x"), Map.of()))
        .isInstanceOf(ObjectsException.class)
        .hasMessage("Secret ns/x does not exist");
  }

  @Test
  void objectsAreListedByKindAndSecretsAreNotAmongThem() throws Exception {
    Directory directory =
        with(
            """
            {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: a}}
            """);
    assertThat(directory.list(MAP.kind()))
        .extracting(KubeObject::ref)
        .extracting(Ref::name)
        .containsExactly("a", "b");
    assertThat(directory.list(GroupKind.SECRET)).isEmpty();
    assertThat(directory.get(Ref.secret("ns", "a"))).isEmpty();
    assertThat(directory.get(new Ref(MAP.kind(), "ns", "c"))).isEmpty();
  }

  @Test
  void aSecretGetsWhatAnApiServerGivesIt() throws Exception {
    Directory directory = empty();
    String version;
    try (Secret secret = States.secret("ns", "s", "k", "v")) {
      version = directory.create(secret);
      assertThat(secret.data().get("k")).isPresent();
    }
    try (Secret there = stored(directory, "s")) {
      assertThat(there.metadata().resourceVersion()).isEqualTo(version);
      assertThat(there.metadata().uid()).hasSize(36);
      assertThat(there.metadata().tree().get("creationTimestamp"))
          .isEqualTo("2026-01-02T03:04:05Z");
    }
    assertThat(directory.secretVersion("ns", "s")).contains(version);
    assertThat(directory.secretVersion("ns", "t")).isEmpty();
    assertThat(directory.secret("other", "s")).isEmpty();
    try (Secret secret = States.secret("ns", "s")) {
      assertProblem(
          catchThrowableOfType(ObjectsException.class, () -> directory.create(secret)),
          Problem.Conflict.class);
    }
  }

  @Test
  void whatIsHandedOutIsACopy() throws Exception {
    Directory directory = empty();
    try (Secret secret = States.secret("ns", "s", "k", "v")) {
      directory.create(secret);
    }
    stored(directory, "s").close();
    try (Secret again = stored(directory, "s")) {
      assertThat(again.data().get("k").map(Item::value).map(SecretBytes::size)).contains(1);
      assertThat(again.data().get("k").map(Item::origin))
          .contains(new Origin("store", "k", "part", "v1"));
    }
  }

  @Test
  void anUpdateNeedsTheUidAndVersionThatAreThere() throws Exception {
    Directory directory = empty();
    try (Secret secret = States.secret("ns", "s", "k", "v")) {
      directory.create(secret);
    }
    try (Secret there = stored(directory, "s")) {
      String version = directory.update(there);
      assertThat(Long.parseLong(version))
          .isGreaterThan(Long.parseLong(there.metadata().resourceVersion()));
      assertProblem(
          catchThrowableOfType(ObjectsException.class, () -> directory.update(there)),
          Problem.Conflict.class);
      Metadata now = there.metadata().with("resourceVersion", version);
      assertProblem(
          catchThrowableOfType(
              ObjectsException.class,
              () -> directory.update(there.withMetadata(now.with("uid", "another")))),
          Problem.Conflict.class);
      directory.update(there.withMetadata(now.with("creationTimestamp", "2000-01-01T00:00:00Z")));
    }
    try (Secret there = stored(directory, "s");
        Secret other = States.secret("ns", "other")) {
      assertThat(there.metadata().tree().get("creationTimestamp"))
          .isEqualTo("2026-01-02T03:04:05Z");
      assertProblem(
          catchThrowableOfType(ObjectsException.class, () -> directory.update(other)),
          Problem.NotFound.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"true,v,true", "true,w,false", ",v,false", "false,v,false"})
  void anImmutableSecretKeepsItsValues(Boolean immutable, String value, boolean allowed)
      throws Exception {
    Directory directory = empty();
    try (Secret secret = States.secret("ns", "s", "k", "v")) {
      directory.create(
          new Secret(secret.metadata(), secret.type(), Optional.of(true), secret.data()));
    }
    try (Secret there = stored(directory, "s");
        Secret values = States.secret("ns", "s", "k", value)) {
      Secret changed =
          new Secret(
              there.metadata().with("labels", Map.of("a", "b")),
              "",
              Optional.ofNullable(immutable),
              values.data());
      if (allowed) {
        directory.update(changed);
      } else {
        ObjectsException e =
            catchThrowableOfType(ObjectsException.class, () -> directory.update(changed));
        assertProblem(e, Problem.Denied.class);
        assertThat(e).hasMessageEndingWith("field is immutable when `immutable` is set");
      }
    }
    try (Secret there = stored(directory, "s");
        Secret before = States.secret("ns", "s", "k", "v")) {
      assertThat(there.data().sameValuesAs(before.data())).isTrue();
    }
  }

  @Test
  void aSecretHoldsAMebibyteAndNoMore() throws Exception {
    Directory directory = empty();
    try (Secret most =
            States.secret("ns", "s", "a", "x".repeat(1 << 19), "b", "x".repeat(1 << 19));
        Secret more = States.secret("ns", "t", "a", "x".repeat(1 << 20), "b", "x")) {
      directory.create(most);
      ObjectsException e =
          catchThrowableOfType(ObjectsException.class, () -> directory.create(more));
      assertProblem(e, Problem.Denied.class);
      assertThat(e)
          .hasMessage("Secret ns/t is too large: a Secret holds at most 1048576 bytes of values");
      assertThat(directory.secret("ns", "t")).isEmpty();
      try (Secret there = stored(directory, "s")) {
        Secret grown = new Secret(there.metadata(), "", Optional.empty(), more.data());
        assertProblem(
            catchThrowableOfType(ObjectsException.class, () -> directory.update(grown)),
            Problem.Denied.class);
        try (Secret after = stored(directory, "s")) {
          assertThat(after.sameAs(there)).isTrue();
        }
      }
    }
  }

  @Test
  void onlyTheSecretOfThatUidIsDeleted() throws Exception {
    Directory directory = empty();
    Ref ref = Ref.secret("ns", "s");
    try (Secret secret = States.secret("ns", "s", "k", "v")) {
      directory.create(secret);
      directory.delivered(Delivery.of(MAP, ref, secret.data(), CLOCK.instant()));
    }
    String uid;
    try (Secret there = stored(directory, "s")) {
      uid = there.metadata().uid();
    }
    assertProblem(
        catchThrowableOfType(
            ObjectsException.class, () -> directory.deleteSecret("ns", "s", "another")),
        Problem.Conflict.class);
    assertThat(directory.secretVersion("ns", "s")).isPresent();
    assertThat(directory.delivery(MAP, ref)).isPresent();
    long writes = directory.secretWrites();
    directory.deleteSecret("ns", "s", uid);
    assertThat(directory.secretWrites()).isEqualTo(writes + 1);
    assertThat(directory.secretVersion("ns", "s")).isEmpty();
    assertThat(directory.delivery(MAP, ref)).isEmpty();
    assertProblem(
        catchThrowableOfType(ObjectsException.class, () -> directory.deleteSecret("ns", "s", uid)),
        Problem.Conflict.class);
  }

  @Test
  void secretsAreFoundByLabelWithinTheirNamespace() throws Exception {
    Directory directory = empty();
    for (String path : List.of("ns/b", "ns/a", "other/c")) {
      String[] parts = path.split("/");
      try (Secret secret = States.secret(parts[0], parts[1], "k", "v")) {
        directory.create(secret.withMetadata(secret.metadata().with("labels", Map.of("l", "yes"))));
      }
    }
    try (Secret secret = States.secret("ns", "c", "k", "v")) {
      directory.create(secret.withMetadata(secret.metadata().with("labels", Map.of("l", "no"))));
    }
    List<Secret> found = directory.secrets("ns", "l", "yes");
    assertThat(found).extracting(secret -> secret.metadata().name()).containsExactly("a", "b");
    found.forEach(Secret::close);
    assertThat(directory.summaries()).hasSize(4);
    assertThat(directory.summaries().getFirst().keys()).containsExactly("k");
  }

  @Test
  void equalEventsInARowAreOneAndOldOnesAreForgotten() {
    Directory directory = empty();
    directory.event(Event.normal(MAP, "A", "a"));
    directory.event(Event.normal(MAP, "A", "a"));
    directory.event(Event.warning(MAP, "A", "a"));
    directory.event(Event.normal(MAP, "A", "a"));
    assertThat(directory.events()).extracting(State.Logged::count).containsExactly(2L, 1L, 1L);
    for (int i = 0; i < State.EVENTS + 5; i++) {
      directory.event(Event.normal(MAP, "A", "number " + i));
    }
    assertThat(directory.events()).hasSize(State.EVENTS);
    assertThat(directory.events().getFirst().event().message()).isEqualTo("number 5");
  }
}
