package dev.signet.delivery.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Apply;
import dev.signet.delivery.Controller;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PassTest {

  private static final GroupKind KIND = new GroupKind("test", "Thing");

  /** What a controller of a test does with one object. */
  private interface Work {
    Outcome reconcile(Ref ref) throws ObjectsException;
  }

  @TempDir Path folder;
  private final State state = new State();

  @AfterEach
  void close() {
    state.close();
  }

  private Directory things(String... names) throws IOException {
    StringBuilder yaml = new StringBuilder();
    for (String name : names) {
      yaml.append("{apiVersion: test/v1, kind: Thing, metadata: {name: " + name + "}}\n---\n");
    }
    Files.writeString(folder.resolve("things.yaml"), yaml);
    return new Directory(
        state,
        Manifests.read(List.of(folder), "ns"),
        InstantSource.fixed(Instant.EPOCH),
        new SecureRandom());
  }

  private static Controller controller(Work work) {
    return new Controller() {
      @Override
      public GroupKind kind() {
        return KIND;
      }

      @Override
      public Outcome reconcile(Ref ref) throws ObjectsException {
        return work.reconcile(ref);
      }
    };
  }

  private static Map<Ref, Outcome> run(Directory directory, Work work) {
    return new Pass(directory, List.of(controller(work)), 2).run((_, _) -> {});
  }

  private static void put(Directory directory, String name, String value) throws ObjectsException {
    new Apply(directory)
        .secret("ns", name, _ -> new Apply.Decision.Write(States.secret("ns", name, "k", value)));
  }

  private static Ref thing(String name) {
    return new Ref(KIND, "ns", name);
  }

  /** Each copies what the one before it wrote, in the worst order. */
  @Test
  void aChainSettles() throws Exception {
    Directory directory = things("a", "b", "c", "d", "e");
    AtomicInteger reconciled = new AtomicInteger();
    Map<Ref, Outcome> outcomes =
        run(
            directory,
            ref -> {
              reconciled.incrementAndGet();
              String next = String.valueOf((char) (ref.name().charAt(0) + 1));
              if (ref.name().equals("e")) {
                put(directory, "e", "v");
              } else if (directory.secretVersion("ns", next).isPresent()) {
                put(directory, ref.name(), "v");
              } else {
                return new Outcome.Retry("Waiting", "for " + next);
              }
              return new Outcome.Done();
            });
    assertThat(outcomes)
        .hasSize(5)
        .allSatisfy((_, outcome) -> assertThat(outcome.delivered()).isTrue());
    assertThat(reconciled.get()).isLessThanOrEqualTo(30);
  }

  @Test
  void whatIsSettledIsLookedAtOnce() throws Exception {
    AtomicInteger reconciled = new AtomicInteger();
    Directory directory = things("a");
    Map<Ref, Outcome> outcomes =
        run(
            directory,
            ref -> {
              reconciled.incrementAndGet();
              return new Outcome.Stalled("Broken", ref.name());
            });
    assertThat(outcomes).containsExactly(Map.entry(thing("a"), new Outcome.Stalled("Broken", "a")));
    assertThat(reconciled).hasValue(1);
  }

  @Test
  void twoThatFightForOneSecretAreTold() throws Exception {
    Directory directory = things("a", "b", "c");
    Map<Ref, Outcome> outcomes =
        run(
            directory,
            ref -> {
              if (ref.name().equals("c")) {
                return new Outcome.Stalled("Broken", "c");
              }
              put(directory, "shared", ref.name());
              return new Outcome.Done();
            });
    assertThat(outcomes.get(thing("a")))
        .isEqualTo(
            new Outcome.Retry(
                "Unsettled", "resources keep changing each other's Secrets; see the events"));
    assertThat(outcomes.get(thing("b"))).isInstanceOf(Outcome.Retry.class);
    assertThat(outcomes.get(thing("c"))).isEqualTo(new Outcome.Stalled("Broken", "c"));
  }

  @Test
  void aBugInOneObjectDoesNotEndThePass() throws Exception {
    Directory directory = things("a", "b", "c");
    Map<Ref, Outcome> outcomes =
        run(
            directory,
            ref -> {
              if (ref.name().equals("b")) {
                throw new IllegalStateException("the password is hunter2");
              }
              put(directory, ref.name(), "v");
              return new Outcome.Done();
            });
    assertThat(outcomes.get(thing("b")))
        .isEqualTo(
            new Outcome.Stalled(
                "InternalError", "unexpected java.lang.IllegalStateException; please report it"));
    assertThat(directory.secretVersion("ns", "a")).isPresent();
    assertThat(directory.secretVersion("ns", "c")).isPresent();
  }

  @Test
  void anErrorOfTheMachineEndsIt() throws Exception {
    Directory directory = things("a");
    assertThatThrownBy(
            () ->
                run(
                    directory,
                    _ -> {
                      throw new OutOfMemoryError("test");
                    }))
        .isInstanceOf(OutOfMemoryError.class);
  }

  @Test
  void whatThePortRefusesIsTriedLater() throws Exception {
    Directory directory = things("a");
    assertThat(
            run(
                directory,
                _ -> {
                  throw new ObjectsException(new Problem.Unreachable(), "no answer");
                }))
        .containsValue(new Outcome.Retry("WriteFailed", "no answer"));
  }

  @Test
  void progressCountsEachObjectOnce() throws Exception {
    Directory directory = things("a", "b", "c");
    List<String> progress = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger version = new AtomicInteger();
    new Pass(
            directory,
            List.of(
                controller(
                    ref -> {
                      if (version.get() < 3) {
                        put(directory, ref.name(), "v" + version.incrementAndGet());
                      }
                      return new Outcome.Done();
                    })),
            1)
        .run((done, total) -> progress.add(done + "/" + total));
    assertThat(progress).containsExactly("1/3", "2/3", "3/3");
  }

  @Test
  void kindsAreReconciledInTheOrderOfTheirControllers() throws Exception {
    Files.writeString(
        folder.resolve("secret.yaml"),
        "{apiVersion: v1, kind: Secret, metadata: {name: plain}, stringData: {k: v}}");
    Directory directory = things("a");
    List<Ref> order = new ArrayList<>();
    Map<Ref, Outcome> outcomes =
        new Pass(
                directory,
                List.of(
                    new PlainSecrets(directory, InstantSource.fixed(Instant.EPOCH)),
                    controller(
                        ref -> {
                          assertThat(directory.secretVersion("ns", "plain")).isPresent();
                          order.add(ref);
                          return new Outcome.Done();
                        })),
                1)
            .run((_, _) -> {});
    assertThat(outcomes).hasSize(2);
    assertThat(order).containsOnly(thing("a"));
    try (Secret secret = directory.secret("ns", "plain").orElseThrow()) {
      assertThat(secret.data().items()).containsOnlyKeys("k");
    }
  }
}
