package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/**
 * ExternalSecrets of a store that lies, in virtual time. Whatever it does: what was delivered stays
 * as it was delivered until something newer is there whole; nobody is asked in a hot loop; and once
 * the store is good again, all are served.
 */
class LyingStoreTest {

  private static final int OBJECTS = 12;
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final Duration SPELL = Duration.ofMinutes(20);

  private final InMemory objects = new InMemory();
  private final Lying store = new Lying();

  private static String externalSecret(int number) {
    String from =
        number % 3 == 0
            ? "{\"find\": {\"name\": {\"regexp\": \"found\"}}}"
            : "{\"extract\": {\"key\": \"key-%d\"}}".formatted(number % 4);
    return """
    {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
     "metadata": {"name": "app-%d", "namespace": "ns-%d"},
     "spec": {"refreshInterval": "5m", "secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"},
      "dataFrom": [%s]}}
    """
        .formatted(number, number % 2, from);
  }

  private static Ref target(int number) {
    return Ref.secret("ns-" + number % 2, "app-" + number);
  }

  private static void set(InMemory objects) {
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": []}}}}
        """);
    for (int i = 0; i < OBJECTS; i++) {
      objects.apply(externalSecret(i));
    }
  }

  /** All of one Secret is of one version of the store, and nothing is missing. */
  private static Optional<Integer> version(InMemory objects, int number) {
    Optional<Map<String, String>> values = objects.values(target(number));
    if (values.isEmpty()) {
      return Optional.empty();
    }
    List<String> all = new ArrayList<>(values.get().values());
    assertThat(values.get().keySet())
        .as("keys of " + number)
        .containsExactlyElementsOf(
            number % 3 == 0 ? List.of("found-a", "found-b") : List.of("password", "user"));
    List<String> versions =
        all.stream()
            .flatMap(
                value -> java.util.regex.Pattern.compile("[up]-([0-9]+)").matcher(value).results())
            .map(found -> found.group(1))
            .distinct()
            .toList();
    assertThat(versions).as("versions within " + values.get()).hasSize(1);
    assertThat(String.join("", all)).as("whole values").contains("u-", "p-");
    return Optional.of(Integer.valueOf(versions.getFirst()));
  }

  @Property(tries = 25)
  void noSecretIsEverTornOrEmptiedAndNobodyIsAskedInAHotLoop(
      @ForAll @Size(min = 1, max = 6) List<Lying.Mood> moods) {
    InMemory world = new InMemory();
    Lying lying = new Lying();
    set(world);
    VirtualOperator operator = new VirtualOperator(world, lying, Duration.ofMinutes(1)).lead();
    int[] last = new int[OBJECTS];
    for (Lying.Mood mood : moods) {
      lying.is(mood);
      lying.rotate();
      int before = lying.calls();
      int runs = operator.runs();
      int writes = writes(world);
      operator.pass(SPELL);

      for (int i = 0; i < OBJECTS; i++) {
        Optional<Integer> version = version(world, i);
        if (last[i] > 0) {
          assertThat(version).as("it was there").isPresent();
          assertThat(version.orElseThrow()).as("not set back").isGreaterThanOrEqualTo(last[i]);
        }
        last[i] = version.orElse(last[i]);
      }
      // At most four refreshes, or retries after 1, 2, 4 … 300 seconds, the store being woken once.
      assertThat(lying.calls() - before)
          .as("store calls while it " + mood)
          .isLessThan(OBJECTS * 24);
      assertThat(operator.runs() - runs).as("reconciles").isLessThan(OBJECTS * 60);
      assertThat(writes(world) - writes).as("Secret writes").isLessThanOrEqualTo(OBJECTS * 5);
    }
    lying.is(Lying.Mood.GOOD);
    lying.rotate();
    operator.pass(SPELL);

    for (int i = 0; i < OBJECTS; i++) {
      assertThat(version(world, i)).contains(lying.version());
    }
    assertThat(world.violations()).isEmpty();
    assertThat(world.requests()).doesNotContainKey("delete secrets");
  }

  private static int writes(InMemory world) {
    return world.requests().getOrDefault("create secrets", 0)
        + world.requests().getOrDefault("update secrets", 0);
  }

  @Test
  void aStoreThatIsDownIsAskedByOneAndNotByAll() {
    set(objects);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(1)).lead();
    operator.pass(Duration.ofMinutes(1));
    store.is(Lying.Mood.FAILS);
    int before = store.calls();
    operator.pass(Duration.ofHours(6));

    assertThat(store.calls() - before)
        .as("some until it is parked, then one in five minutes at most")
        .isBetween(6 * 12 - 20, 6 * 12 + 20);

    int statuses = objects.requests().getOrDefault("update status", 0);
    store.is(Lying.Mood.GOOD);
    store.rotate();
    operator.pass(Duration.ofMinutes(6));
    for (int i = 0; i < OBJECTS; i++) {
      assertThat(version(objects, i)).contains(store.version());
    }
    assertThat(objects.requests().getOrDefault("update status", 0) - statuses)
        .as("each once, and the store")
        .isLessThanOrEqualTo(2 * OBJECTS);
  }

  @Test
  void aRepairedStoreSyncsItsObjectsAtOnce() {
    set(objects);
    store.is(Lying.Mood.FAILS);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(1)).lead();
    operator.pass(Duration.ofHours(2));
    assertThat(objects.values(target(1))).isEmpty();

    store.is(Lying.Mood.GOOD);
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore",
         "metadata": {"name": "store", "annotations": {"repaired": "yes"}},
         "spec": {"provider": {"fake": {"data": []}}}}
        """);
    operator.pass(Duration.ofSeconds(1));

    for (int i = 0; i < OBJECTS; i++) {
      assertThat(version(objects, i)).isPresent();
    }
  }

  @Test
  void manyWhoWaitForTheSameValueCostOneCall() {
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": []}}}}
        """);
    for (int i = 0; i < 200; i++) {
      objects.apply(
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
           "metadata": {"name": "app-%d", "namespace": "ns-%d"},
           "spec": {"refreshInterval": "1h", "secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"},
            "data": [{"secretKey": "k", "remoteRef": {"key": "shared"}}]}}
          """
              .formatted(i, i % 20));
    }
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(1)).lead();
    operator.pass(Duration.ofSeconds(1));

    assertThat(objects.requests()).containsEntry("create secrets", 200);
    assertThat(store.calls()).isEqualTo(1);

    operator.pass(Duration.ofMinutes(59));
    store.rotate();
    operator.pass(Duration.ofMinutes(5));
    assertThat(objects.requests()).containsEntry("update secrets", 200);
  }

  /** The store that lost its content; 40 objects of 100 may go in an hour. */
  @Test
  void aStoreThatHasLostItsContentDoesNotTakeTheClusterWithIt() {
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": []}}}}
        """);
    for (int i = 0; i < 100; i++) {
      objects.apply(
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
           "metadata": {"name": "app-%d", "namespace": "ns"},
           "spec": {"refreshInterval": "5m", "secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"},
            "target": {"deletionPolicy": "%s"}, "data": [{"secretKey": "k", "remoteRef": {"key": "k"}}]}}
          """
              .formatted(i, i % 2 == 0 ? "Delete" : "Merge"));
    }
    VirtualOperator operator =
        new VirtualOperator(objects, store, Duration.ofMinutes(1), Removals.Limit.parse("40%/1h"))
            .lead();
    operator.pass(Duration.ofMinutes(4));
    store.is(Lying.Mood.FORGETS);
    operator.pass(Duration.ofMinutes(50));

    assertThat(delivered()).isEqualTo(60);
    assertThat(operator.removals().refused()).isGreaterThanOrEqualTo(60);
    assertThat(refusals()).as("objects whose condition says so").isEqualTo(60);

    store.is(Lying.Mood.GOOD);
    operator.pass(Duration.ofMinutes(20));
    assertThat(delivered()).isEqualTo(100);
    assertThat(refusals()).isZero();
  }

  private long delivered() {
    long count = 0;
    for (int i = 0; i < 100; i++) {
      count +=
          objects.values(Ref.secret("ns", "app-" + i)).filter(each -> !each.isEmpty()).isPresent()
              ? 1
              : 0;
    }
    return count;
  }

  private long refusals() {
    return objects.all().stream()
        .flatMap(ref -> objects.get(ref).stream())
        .filter(object -> String.valueOf(object.tree().get("status")).contains("--max-removals"))
        .count();
  }

  @Test
  void anApiServerThatFailsCostsNoStoreCallMoreThanOnePerTry() {
    set(objects);
    VirtualOperator operator = new VirtualOperator(objects, store, Duration.ofMinutes(1)).lead();
    operator.pass(Duration.ofMinutes(1));
    store.rotate();
    int before = store.calls();
    objects.fail(40);
    operator.pass(INTERVAL.plusMinutes(3));

    for (int i = 0; i < OBJECTS; i++) {
      assertThat(version(objects, i)).contains(store.version());
    }
    assertThat(store.calls() - before).isLessThanOrEqualTo(OBJECTS + 40);
    assertThat(objects.violations()).isEmpty();
  }
}
