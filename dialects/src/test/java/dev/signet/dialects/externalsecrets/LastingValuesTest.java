package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import dev.signet.dialects.World;
import dev.signet.dialects.externalsecrets.generators.Generators;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that stay outside are kept as long as they are good, and taken back when nobody uses them.
 * Here each is good for an hour.
 */
final class LastingValuesTest {

  private static final Ref APP = new Ref(ExternalSecret.KIND, "ns", "app");

  private final World world;
  private final Directory directory;
  private final Objects objects;
  private final List<String> made = new ArrayList<>();
  private final List<String> renewed = new ArrayList<>();
  private final List<String> takenBack = new ArrayList<>();
  private boolean ends;
  private boolean broken;
  private boolean killed;
  private boolean silent;
  private int processes;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  LastingValuesTest(@TempDir Path folder) {
    world = new World(folder);
    world.manifest(
        "generator",
        """
        apiVersion: generators.external-secrets.io/v1alpha1
        kind: VaultDynamicSecret
        metadata: {name: db, namespace: ns}
        spec: {path: database/creds/app}
        """);
    app("");
    directory = world.directory();
    objects = breaking(GeneratorStateControllerTest.holding(directory));
  }

  private void app(String more) {
    world.manifest(
        "app",
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: app, namespace: ns}
        spec:
          refreshInterval: 30m
          %s
          dataFrom:
          - sourceRef: {generatorRef: {kind: VaultDynamicSecret, name: db}}
        """
            .formatted(more));
  }

  /** Refuses to write Secrets while it is broken. */
  private Objects breaking(Objects inner) {
    return (Objects)
        Proxy.newProxyInstance(
            LastingValuesTest.class.getClassLoader(),
            new Class<?>[] {Objects.class},
            (_, method, arguments) -> {
              if (broken && arguments != null && arguments[0] instanceof Secret) {
                throw new ObjectsException(new Problem.Unreachable(), "not now");
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What it makes ends with the token that asked, of which each process has one. */
  private final class Database implements Generator {

    private final String token = "t" + ++processes;

    @Override
    public String kind() {
      return "VaultDynamicSecret";
    }

    @Override
    public Made generate(String identity, Fields spec, Sources sources) throws StoreException {
      spec.raw("path");
      sources.notes().asking(token, Map.of("token", token));
      String user = "u" + (made.size() + 1);
      made.add(user);
      if (killed) {
        throw new Killed();
      }
      if (silent) {
        throw new StoreException(new Problem.Unreachable(), "no answer");
      }
      Material values = new Material();
      values.put(
          "user",
          new Item(
              SecretBytes.wrap(user.getBytes(StandardCharsets.UTF_8)), Origin.of("db", "user")));
      return new Made(values, Optional.of(lasting(user)));
    }

    private Lasting lasting(String user) {
      Map<String, @Nullable Object> state = new LinkedHashMap<>();
      state.put("user", user);
      state.put("token", token);
      return new Lasting(state, Duration.ofHours(1));
    }

    @Override
    public Optional<Lasting> renew(
        String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources) {
      String user = String.valueOf(state.get("user"));
      renewed.add(user);
      return ends || takenBack.contains(user)
          ? Optional.empty()
          : Optional.of(new Lasting(state, Duration.ofHours(1)));
    }

    @Override
    public void takeBack(
        String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
        throws StoreException {
      if (state.containsKey("user")) {
        takenBack.add(String.valueOf(state.get("user")));
        return;
      }
      String asked = String.valueOf(state.get("token"));
      if (token.equals(asked)
          || sources.notes().others().stream().anyMatch(it -> asked.equals(it.get("token")))) {
        throw new StoreException(new Problem.Conflict(), "in use");
      }
      takenBack.add("all of " + asked);
    }
  }

  /** One process. */
  private final class Running {
    final Generating generating;
    final ExternalSecretController secrets;
    final GeneratorStateController notes;

    Running() {
      InstantSource clock = () -> now;
      generating =
          new Generating(
              objects,
              AccountTokens.NONE,
              Generators.with(new Database()),
              Optional.of(new GeneratorNotes(objects, clock, new SecureRandom())),
              clock,
              new SecureRandom());
      Fetching fetching =
          new Fetching(new Stores(objects, List.of()), generating, Fetchings.templates(objects));
      secrets = ExternalSecretController.whenDue(objects, directory, fetching, clock);
      notes = new GeneratorStateController(objects, directory, generating, clock);
    }

    Outcome app() throws Exception {
      return secrets.reconcile(APP);
    }

    /** All notes are looked at, and who is concerned by them. */
    void look() throws Exception {
      for (int i = 0; i < 2; i++) {
        for (KubeObject note : directory.list(GeneratorNotes.KIND)) {
          notes.reconcile(note.ref());
          for (Ref ref : secrets.concernedBy(note.ref())) {
            secrets.reconcile(ref);
          }
        }
      }
    }
  }

  private String user() {
    return world.values("ns", "app");
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aRefreshDeliversTheSameAsLongAsItIsGood() throws Exception {
    Running running = new Running();
    for (int i = 0; i < 4; i++) {
      assertThat(running.app().delivered()).isTrue();
      running.look();
      pass(Duration.ofMinutes(31));
    }
    assertThat(made).containsExactly("u1");
    assertThat(renewed).isNotEmpty().containsOnly("u1");
    assertThat(takenBack).isEmpty();
    assertThat(user()).isEqualTo("{user=u1}");
    Map<String, @Nullable Object> note = directory.list(GeneratorNotes.KIND).getFirst().tree();
    assertThat(String.valueOf(note.get("spec")))
        .contains("resource={apiVersion=generators.external-secrets.io/v1alpha1")
        .contains("spec={path=database/creds/app}")
        .contains("state={user=u1, token=t1}");
  }

  @Test
  void whatEndsIsReplacedAtOnceAndTakenBackLater() throws Exception {
    Running running = new Running();
    running.app();
    pass(Duration.ofMinutes(20));
    running.look();
    assertThat(renewed).as("it is not time yet").isEmpty();
    ends = true;
    pass(Duration.ofMinutes(21));
    running.look();
    assertThat(user()).isEqualTo("{user=u2}");
    assertThat(takenBack).as("who reads the old Secret may go on for a while").isEmpty();
    ends = false;
    pass(Duration.ofMinutes(1));
    running.look();
    assertThat(takenBack).isEmpty();
    pass(Duration.ofMinutes(2));
    running.look();
    assertThat(takenBack).containsExactly("u1");
    assertThat(directory.list(GeneratorNotes.KIND)).hasSize(1);
  }

  @Test
  void whatCouldNotBeDeliveredIsDeliveredNextTime() throws Exception {
    Running running = new Running();
    broken = true;
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(running::app).isInstanceOf(ObjectsException.class);
      running.look();
    }
    broken = false;
    running.app();
    running.look();
    assertThat(made).containsExactly("u1");
    assertThat(takenBack).isEmpty();
    assertThat(user()).isEqualTo("{user=u1}");
  }

  @Test
  void whatWaitedTooLongIsTakenBackUnused() throws Exception {
    Running running = new Running();
    broken = true;
    assertThatThrownBy(running::app).isInstanceOf(ObjectsException.class);
    broken = false;
    pass(Duration.ofMinutes(41));
    running.app();
    running.look();
    assertThat(user()).isEqualTo("{user=u2}");
    assertThat(takenBack).containsExactly("u1");
  }

  @Test
  void whoComesAfterKeepsItUntilTheNextRefresh() throws Exception {
    new Running().app();
    Running second = new Running();
    second.app();
    second.look();
    assertThat(made).containsExactly("u1");
    assertThat(renewed).containsExactly("u1");
    pass(Duration.ofMinutes(31));
    second.app();
    assertThat(user()).isEqualTo("{user=u2}");
    second.look();
    pass(Duration.ofMinutes(3));
    second.look();
    assertThat(takenBack).containsExactly("u1");
  }

  /** Killed between writing a note and writing the Secret, or right after that: nobody knows. */
  @Test
  void ofTwoThatAKilledProcessLeftNoneIsTrusted() throws Exception {
    new Running().app();
    Running killed = new Running();
    broken = true;
    pass(Duration.ofMinutes(31));
    assertThatThrownBy(killed::app).isInstanceOf(ObjectsException.class);
    broken = false;
    assertThat(made).containsExactly("u1", "u2");

    Running next = new Running();
    next.look();
    next.app();
    assertThat(user()).isEqualTo("{user=u3}");
    next.look();
    pass(Duration.ofMinutes(3));
    next.look();
    assertThat(takenBack).containsExactlyInAnyOrder("u1", "u2");
    assertThat(directory.list(GeneratorNotes.KIND)).hasSize(1);
  }

  /** Killed between the answer and its note: what was asked for is noted, and ends. */
  @Test
  void anAnswerThatAKilledProcessCouldNotNoteIsTakenBack() throws Exception {
    killed = true;
    Running first = new Running();
    assertThatThrownBy(first::app).isInstanceOf(Killed.class);
    killed = false;
    assertThat(made).containsExactly("u1");
    assertThat(directory.list(GeneratorNotes.KIND)).hasSize(1);

    Running next = new Running();
    next.look();
    next.look();
    assertThat(takenBack).containsExactly("all of t1");
    assertThat(directory.list(GeneratorNotes.KIND)).isEmpty();
    next.app();
    assertThat(user()).isEqualTo("{user=u2}");
    assertThat(unanswered()).isZero();
  }

  private long unanswered() throws Exception {
    long unanswered = 0;
    for (KubeObject note : directory.list(GeneratorNotes.KIND)) {
      unanswered += GeneratorNotes.unanswered(note) ? 1 : 0;
    }
    return unanswered;
  }

  @Test
  void itWaitsForWhatIsInUseAndHangsOnTheSame() throws Exception {
    Running first = new Running();
    first.app();
    ends = true;
    killed = true;
    pass(Duration.ofMinutes(41));
    assertThatThrownBy(first::look).isInstanceOf(Killed.class);
    ends = false;
    killed = false;

    Running next = new Running();
    next.look();
    next.look();
    assertThat(takenBack).as("the first one is in use").isEmpty();
    assertThat(user()).isEqualTo("{user=u1}");
    next.app();
    next.look();
    assertThat(user()).isEqualTo("{user=u3}");
    pass(Duration.ofMinutes(3));
    next.look();
    next.look();
    assertThat(takenBack).containsExactly("u1", "all of t1");
    assertThat(directory.list(GeneratorNotes.KIND)).hasSize(1);
  }

  /** It may have been done. It is asked again, and noted once. */
  @Test
  void aQuestionWithoutAnAnswerIsForWhoComesAfter() throws Exception {
    Running first = new Running();
    silent = true;
    for (int i = 0; i < 3; i++) {
      first.app();
      first.look();
      assertThat(unanswered()).isEqualTo(1);
    }
    silent = false;
    first.app();
    first.look();
    assertThat(user()).isEqualTo("{user=u4}");
    assertThat(directory.list(GeneratorNotes.KIND)).hasSize(2);
    assertThat(takenBack).isEmpty();

    Running next = new Running();
    pass(Duration.ofMinutes(31));
    next.app();
    next.look();
    pass(Duration.ofMinutes(3));
    next.look();
    next.look();
    assertThat(takenBack).containsExactly("u4", "all of t1");
    assertThat(user()).isEqualTo("{user=u5}");
  }

  @Test
  void itGoesWithItsOwner() throws Exception {
    Running running = new Running();
    running.app();
    KubeObject note = directory.list(GeneratorNotes.KIND).getFirst();
    assertThat(String.valueOf(note.tree().get("metadata")))
        .contains("kind=ExternalSecret")
        .doesNotContain("controller=true");
    objects.delete(note.ref(), note.metadata().uid());
    running.look();
    assertThat(takenBack).containsExactly("u1");
    assertThat(directory.list(GeneratorNotes.KIND)).isEmpty();
  }
}
