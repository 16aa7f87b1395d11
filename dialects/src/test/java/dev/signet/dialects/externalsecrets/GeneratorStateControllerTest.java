package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Objects;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the notes of generators. It is 2026-01-02T03:04:05.678Z. */
final class GeneratorStateControllerTest {

  private static final Ref STATE = new Ref(GeneratorStateController.KIND, "ns", "gen");
  private static final String OURS = "generatorstate.externalsecrets.io/finalizer";

  private final World world;
  private final Directory directory;

  GeneratorStateControllerTest(@TempDir Path folder) {
    world = new World(folder);
    directory = world.directory();
  }

  /** The directory, with finalizers as a cluster has them. */
  private static Objects holding(Directory inner) {
    return (Objects)
        Proxy.newProxyInstance(
            GeneratorStateControllerTest.class.getClassLoader(),
            new Class<?>[] {Objects.class},
            (_, method, arguments) -> {
              switch (method.getName()) {
                case "setFinalizers" ->
                    finalizers(inner, (KubeObject) arguments[0], (List<?>) arguments[1]);
                case "delete" -> delete(inner, (Ref) arguments[0], (String) arguments[1]);
                case "update" -> whole(inner, (KubeObject) arguments[0]);
                default -> {
                  try {
                    return method.invoke(inner, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }
              }
              return null;
            });
  }

  private static void finalizers(Directory inner, KubeObject seen, List<?> finalizers)
      throws Exception {
    if (finalizers.isEmpty() && Finalizers.going(seen)) {
      inner.delete(seen.ref(), seen.metadata().uid());
    } else {
      inner.update(with(seen, "finalizers", finalizers));
    }
  }

  /** The kind has no status that is written apart from the rest. */
  private static void whole(Directory inner, KubeObject object) throws Exception {
    inner.update(object);
    Map<String, Object> status = new LinkedHashMap<>();
    if (object.tree().get("status") instanceof Map<?, ?> there) {
      there.forEach((key, value) -> status.put((String) key, value));
    }
    inner.updateStatus(object.ref(), status);
  }

  private static void delete(Directory inner, Ref ref, String uid) throws Exception {
    KubeObject there = inner.get(ref).orElseThrow();
    assertThat(uid).isEqualTo(there.metadata().uid());
    inner.update(with(there, "deletionTimestamp", "2026-01-02T03:04:05Z"));
  }

  private static KubeObject with(KubeObject object, String field, Object value) throws Exception {
    Map<String, Object> metadata = new LinkedHashMap<>();
    object.metadata().tree().forEach((key, each) -> metadata.put(key, each));
    metadata.put(field, value);
    return object.with("metadata", metadata);
  }

  private void state(String metadata, String spec) throws Exception {
    directory.create(
        KubeObject.of(
            World.tree(
                "{apiVersion: generators.external-secrets.io/v1alpha1, kind: GeneratorState,"
                    + " metadata: {name: gen, namespace: ns"
                    + metadata
                    + "}, spec: {state: {}, "
                    + spec
                    + "}}"),
            "ns"));
  }

  private Outcome reconcile() throws Exception {
    GeneratorStateController controller =
        new GeneratorStateController(
            holding(directory), directory, Fetchings.generating(directory), World.CLOCK);
    Outcome first = controller.reconcile(STATE);
    return first.equals(new Outcome.After(Duration.ZERO)) ? controller.reconcile(STATE) : first;
  }

  private String seen() throws Exception {
    Optional<KubeObject> state = directory.get(STATE);
    if (state.isEmpty()) {
      return "gone";
    }
    Object finalizers = state.get().metadata().tree().getOrDefault("finalizers", List.of());
    return (Finalizers.going(state.get()) ? "going " : "there ") + finalizers;
  }

  private String ready() throws Exception {
    return directory.get(STATE).orElseThrow().tree().get("status") instanceof Map<?, ?> status
            && status.get("conditions") instanceof List<?> conditions
        ? String.valueOf(conditions)
        : "none";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # deadline, metadata                     | resource         | what became of it | and of that
          ''                                       | {kind: Password} | there [%s]        | there [%s]
          2026-01-02T03:04:06Z                     | {kind: Password} | there [%s]        | there [%s]
          2026-01-02T04:04:06+01:00                | {kind: Password} | there [%s]        | there [%s]
          2026-01-02T03:04:05Z                     | {kind: Password} | going [%s]        | gone
          2026-01-02T03:04:05Z                     | {kind: MFA}      | going [%s]        | gone
          2026-01-02T03:04:06Z                     | {kind: Grafana}  | there [%s]        | there [%s]
          2026-01-02T03:04:05Z                     | {kind: Grafana}  | there [%s]        | there [%s]
          2026-01-02T03:04:05Z                     | {}               | there [%s]        | there [%s]
          soon                                     | {kind: Password} | there [%s]        | there [%s]
          """)
  void aNoteGoesWhenItsTimeHasComeAndItsGeneratorIsHere(
      String deadline, String resource, String first, String second) throws Exception {
    state(
        "",
        (deadline.isEmpty() ? "" : "garbageCollectionDeadline: '" + deadline + "', ")
            + "resource: "
            + resource);
    reconcile();
    assertThat(seen()).isEqualTo(first.replace("%s", OURS));
    reconcile();
    assertThat(seen()).isEqualTo(second.replace("%s", OURS));
  }

  @Test
  void itIsLookedAtAgainWhenItsTimeComes() throws Exception {
    state("", "garbageCollectionDeadline: '2026-01-02T03:04:06Z', resource: {kind: Fake}");
    assertThat(reconcile()).isEqualTo(new Outcome.After(Duration.ofMillis(322)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {kind: UUID}                  | [%s]             | gone
          {kind: UUID}                  | [example.com/x]  | going [example.com/x]
          {kind: UUID}                  | [%s, example.com/x] | going [example.com/x]
          {kind: GitlabDeployToken}     | [%s]             | going [%s]
          {kind: GitlabDeployToken}     | [example.com/x]  | going [example.com/x]
          {name: nothing}               | [%s]             | going [%s]
          """)
  void oneWhoseOwnerWentGoesIfItsGeneratorIsHere(String resource, String finalizers, String after)
      throws Exception {
    state(
        ", deletionTimestamp: '2026-01-02T03:04:00Z', finalizers: "
            + finalizers.replace("%s", OURS),
        "resource: " + resource);
    reconcile();
    assertThat(seen()).isEqualTo(after.replace("%s", OURS));
  }

  /** It says so once in the object, however often it is looked at. */
  @Test
  void oneOfAnotherGeneratorSaysWhyItStays() throws Exception {
    state("", "garbageCollectionDeadline: '2026-01-01T00:00:00Z', resource: {kind: Grafana}");
    String why =
        "could not get generator: generators of kind Grafana are not in this version, so what it"
            + " made is not taken back; take it back there and remove the finalizer "
            + OURS
            + ", or let External Secrets do it";
    assertThat(reconcile()).isEqualTo(new Outcome.Stalled("Error", why));
    assertThat(world.events()).containsExactly("Warning Error: " + why);
    String said = ready();
    assertThat(said)
        .isEqualTo(
            "[{type=Ready, status=False, reason=Error, message="
                + why
                + ", lastTransitionTime=2026-01-02T03:04:05Z}]");
    reconcile();
    assertThat(ready()).isEqualTo(said);
  }

  @Test
  void whatIsGoneIsDone() throws Exception {
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
  }
}
