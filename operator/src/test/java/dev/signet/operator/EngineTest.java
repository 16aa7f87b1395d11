package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.queue.Depth;
import dev.signet.delivery.queue.Next;
import dev.signet.delivery.queue.Pace;
import dev.signet.delivery.queue.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineTest {

  private static final GroupKind KIND = new GroupKind("example.com", "Thing");
  private static final Duration RESYNC = Duration.ofMinutes(10);

  private final Map<Ref, KubeObject> there = new TreeMap<>();
  private final List<String> told = new ArrayList<>();
  private final Memory memory = new Memory(_ -> {});
  private final WorkQueue queue = new WorkQueue(Pace.DEFAULT, () -> 0);
  private boolean mayWrite = true;
  private boolean unreadable;
  private Runnable meanwhile = () -> {};
  private Reconcile reconcile = _ -> new Outcome.Done();
  private final Set<GroupKind> held = new HashSet<>();
  private final Settings.Looks looks = Settings.Looks.every(RESYNC);
  private final Engine engine =
      new Engine(
          List.of(new Things()),
          new There(),
          memory,
          queue,
          new Told(),
          looks,
          () -> mayWrite,
          held::contains);

  private interface Reconcile {
    Outcome run(Ref ref) throws ObjectsException;
  }

  /** A Secret concerns the thing of its name, and "key" concerns all things. */
  private final class Things implements Controller {
    @Override
    public GroupKind kind() {
      return KIND;
    }

    @Override
    public Outcome reconcile(Ref ref) throws ObjectsException {
      meanwhile.run();
      return reconcile.run(ref);
    }

    @Override
    public List<Ref> concernedBy(Ref changed) {
      if (!changed.kind().equals(GroupKind.SECRET)) {
        return List.of();
      }
      return changed.name().equals("key")
          ? List.copyOf(there.keySet())
          : List.of(thing(changed.name()));
    }
  }

  private final class Told implements Journal {
    @Override
    public void reconciled(Ref ref, Reconciled result, Duration took) {
      told.add(ref.name() + " " + result.getClass().getSimpleName());
    }

    @Override
    public void gone(Ref ref) {
      told.add(ref.name() + " gone");
    }

    @Override
    public void unread(Ref ref, ObjectsException why) {
      told.add(ref.name() + " unread");
    }
  }

  private final class There implements Objects {
    @Override
    public Optional<KubeObject> get(Ref ref) throws ObjectsException {
      if (unreadable) {
        throw new ObjectsException(new Problem.Unreachable(), "no answer");
      }
      return Optional.ofNullable(there.get(ref));
    }

    @Override
    public List<KubeObject> list(GroupKind kind) {
      return List.copyOf(there.values());
    }

    @Override
    public void updateStatus(Ref ref, Map<String, Object> status) {
      throw new AssertionError("the engine writes nothing");
    }

    @Override
    public Optional<Secret> secret(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public List<Secret> secrets(String namespace, String label, String value) {
      return List.of();
    }

    @Override
    public List<Metadata> secretMetadata(String namespace, String label, String value) {
      return List.of();
    }

    @Override
    public Optional<String> secretVersion(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public String create(Secret secret) {
      throw new AssertionError("the engine writes nothing");
    }

    @Override
    public String update(Secret secret) {
      throw new AssertionError("the engine writes nothing");
    }

    @Override
    public void deleteSecret(String namespace, String name, String uid) {
      throw new AssertionError("the engine writes nothing");
    }
  }

  private static Ref thing(String name) {
    return new Ref(KIND, "ns", name);
  }

  private Ref appears(String name) {
    Ref ref = thing(name);
    there.put(ref, new KubeObject(ref, "example.com/v1", Map.of("metadata", Map.of("name", name))));
    engine.changed(ref);
    return ref;
  }

  private List<String> waiting() throws InterruptedException {
    List<String> names = new ArrayList<>();
    for (int left = queue.depth().ready(); left > 0; left--) {
      Ref ref = queue.take().orElseThrow();
      names.add(ref.name());
      queue.finish(ref, new Next.Never());
    }
    return names;
  }

  @Test
  void aKindThatWaitsRunsWhenItNeedNotAnyMore() throws InterruptedException {
    Ref a = appears("a");
    engine.lead();
    assertThat(waiting()).containsExactly("a");
    held.add(KIND);
    appears("b");
    assertThat(waiting()).isEmpty();
    assertThat(engine.run(a)).isEqualTo(new Next.Never());
    assertThat(told).as("nothing ran").isEmpty();
    held.clear();
    engine.resume(KIND);
    assertThat(waiting()).containsExactlyInAnyOrder("a", "b");
    engine.standBy();
    engine.resume(KIND);
    assertThat(waiting()).as("only who leads").isEmpty();
  }

  @Test
  void nothingRunsBeforeThisProcessLeadsAndThenEverythingDoes() throws InterruptedException {
    appears("a");
    appears("b");
    engine.changed(Ref.secret("ns", "a"));
    assertThat(waiting()).isEmpty();
    assertThat(engine.run(thing("a"))).isEqualTo(new Next.Never());

    engine.lead();
    assertThat(waiting()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aChangeWakesTheObjectThoseConcernedAndThoseThatDeliveredIntoIt()
      throws InterruptedException {
    appears("a");
    appears("b");
    appears("c");
    memory.delivered(new Delivery(thing("b"), Ref.secret("ns", "shared"), Map.of(), Instant.EPOCH));
    engine.lead();
    waiting();

    appears("c");
    assertThat(waiting()).containsExactly("c");
    engine.changed(Ref.secret("ns", "a"));
    assertThat(waiting()).containsExactly("a");
    engine.changed(Ref.secret("ns", "shared"));
    assertThat(waiting()).containsExactly("b");
    engine.changed(Ref.secret("ns", "key"));
    assertThat(waiting()).containsExactly("a", "b", "c");
    engine.changed(Ref.secret("ns", "nobody's"));
    assertThat(waiting()).isEmpty();
  }

  @Test
  void anObjectThatIsGoneIsForgotten() throws InterruptedException {
    Ref ref = appears("a");
    memory.delivered(new Delivery(ref, Ref.secret("ns", "a"), Map.of(), Instant.EPOCH));
    engine.lead();
    waiting();
    there.remove(ref);
    engine.changed(ref);
    engine.changed(ref);
    engine.changed(Ref.secret("ns", "a"));

    assertThat(waiting()).isEmpty();
    assertThat(told).containsExactly("a gone");
    assertThat(memory.size()).isZero();
    assertThat(memory.deliveredInto(Ref.secret("ns", "a"))).isEmpty();
  }

  @Test
  void anObjectThatGoesWhileItIsReconciledLeavesNoTrace() {
    Ref ref = appears("a");
    engine.lead();
    meanwhile =
        () -> {
          there.remove(ref);
          engine.changed(ref);
          memory.delivered(new Delivery(ref, Ref.secret("ns", "a"), Map.of(), Instant.EPOCH));
        };

    assertThat(engine.run(ref)).isEqualTo(new Next.Never());
    assertThat(memory.size()).isZero();
    assertThat(told).containsExactly("a gone", "a As", "a gone");
  }

  @Test
  void aChangeThatCannotBeReadIsReadAgain() throws InterruptedException {
    engine.lead();
    unreadable = true;
    appears("a");
    engine.readAgain();
    assertThat(waiting()).isEmpty();
    unreadable = false;
    engine.readAgain();

    assertThat(waiting()).containsExactly("a");
    assertThat(told).containsExactly("a unread", "a unread");
  }

  @Test
  void whoStandsByDropsWhatWaits() throws InterruptedException {
    Ref ref = appears("a");
    engine.lead();
    engine.standBy();

    assertThat(queue.depth()).isEqualTo(new Depth(0, 0, 0));
    assertThat(engine.run(ref)).isEqualTo(new Next.Never());
    assertThat(told).isEmpty();
  }

  @Test
  void withoutTheLeaseNothingIsBegun() {
    Ref ref = appears("a");
    engine.lead();
    mayWrite = false;

    assertThat(engine.run(ref)).isEqualTo(new Next.Failed(Duration.ZERO));
    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Done,        PT10M, As
          After PT1H,  PT1H,  As
          After PT0S,  PT1S,  As
          Stalled,     PT10M, As
          Retry,       failed PT0S, As
          Unreachable, failed PT0S, Unfinished
          Throttled,   failed PT7S, Unfinished
          Bug,         failed PT0S, Crashed
          Overflow,    failed PT0S, Crashed
          """)
  void theOutcomeSaysWhenTheObjectIsDueAgain(String outcome, String next, String how) {
    Ref ref = appears("a");
    engine.lead();
    reconcile = _ -> outcome(outcome);

    String[] words = next.split(" ");
    Duration wait = Duration.parse(words[words.length - 1]);
    assertThat(engine.run(ref))
        .isEqualTo(words.length == 2 ? new Next.Failed(wait) : new Next.In(wait));
    assertThat(told).containsExactly("a " + how);
  }

  private static Outcome outcome(String text) throws ObjectsException {
    String[] words = text.split(" ");
    return switch (words[0]) {
      case "Done" -> new Outcome.Done();
      case "After" -> new Outcome.After(Duration.parse(words[1]));
      case "Stalled" -> new Outcome.Stalled("Broken", "it is broken");
      case "Retry" -> new Outcome.Retry("Down", "it is down");
      case "Unreachable" -> throw new ObjectsException(new Problem.Unreachable(), "no answer");
      case "Throttled" ->
          throw new ObjectsException(new Problem.Throttled(Duration.ofSeconds(7)), "too much");
      case "Overflow" -> throw new StackOverflowError();
      default -> throw new IllegalStateException("a bug");
    };
  }
}
