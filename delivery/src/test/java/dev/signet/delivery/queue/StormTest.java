package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.traffic.Limits;
import dev.signet.delivery.traffic.StoreGates;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/**
 * A storm in virtual time: three clusters with 1,500 secrets each that are refreshed every five
 * minutes, all from one store that counts the calls of each second. The queue and the gates are the
 * real ones; the clock, the store and the work are made up.
 */
class StormTest {

  private static final GroupKind SECRETS = new GroupKind("external-secrets.io", "ExternalSecret");
  private static final Ref STORE =
      new Ref(new GroupKind("external-secrets.io", "ClusterSecretStore"), "", "store");
  private static final int CLUSTERS = 3;
  private static final int OBJECTS = 1500;
  private static final int WORKERS = 16;
  private static final int QUOTA = 25;
  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final long LATENCY = Duration.ofMillis(100).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private long now;

  /** Refuses what is more than its quota within any second. */
  private final class Quota {
    private final Deque<Long> served = new ArrayDeque<>();
    private int calls;
    private int throttled;

    void call() throws StoreException {
      calls++;
      while (!served.isEmpty() && now - served.getFirst() >= SECOND) {
        served.removeFirst();
      }
      if (served.size() >= QUOTA) {
        throttled++;
        throw new StoreException(new Problem.Throttled(Duration.ofSeconds(1)), "too many");
      }
      served.addLast(now);
    }
  }

  private record Run(Ref ref, Next next, long ends) {}

  /** One operator; what it knows ends with it, what it wrote does not. */
  private final class Station {
    private final StoreGates gates = new StoreGates(Duration.ZERO, () -> now);
    private final Agenda agenda =
        new Agenda(
            Pace.DEFAULT,
            new Lanes() {
              @Override
              public Optional<Ref> of(Ref ref) {
                return Optional.of(STORE);
              }

              @Override
              public long closedFor(Ref lane) {
                return gates.closedFor(lane);
              }

              @Override
              public int width(Ref lane) {
                return gates.width(lane);
              }
            });
    private final PriorityQueue<Run> runs =
        new PriorityQueue<>((a, b) -> Long.compare(a.ends(), b.ends()));
    private final Map<Ref, Long> synced;
    private final Quota quota;

    Station(Map<Ref, Long> synced, Quota quota, Optional<Double> perSecond) {
      this.synced = synced;
      this.quota = quota;
      perSecond.ifPresent(
          rate ->
              gates
                  .gate(STORE)
                  .limit(
                      new Limits(rate, Limits.DEFAULT.concurrency(), Limits.DEFAULT.deadline())));
      for (int i = 0; i < OBJECTS; i++) {
        agenda.add(new Ref(SECRETS, "team-" + i % 40, "app-" + i), Urgency.FIRST);
      }
    }

    /** All that can happen now; when to come back. */
    long step() {
      while (!runs.isEmpty() && runs.peek().ends() <= now) {
        Run run = runs.remove();
        agenda.finish(run.ref(), run.next(), now);
      }
      while (runs.size() < WORKERS) {
        Optional<Ref> ref = agenda.poll(now);
        if (ref.isEmpty()) {
          break;
        }
        runs.add(begin(ref.get()));
      }
      long next = runs.isEmpty() ? Long.MAX_VALUE : runs.peek().ends();
      if (runs.size() < WORKERS) {
        next = Math.min(next, agenda.nextDue().orElse(Long.MAX_VALUE));
        OptionalLong opening = agenda.nextOpening();
        if (opening.isPresent()) {
          next = Math.min(next, now + Math.max(1, opening.getAsLong()));
        }
      }
      return next;
    }

    private Run begin(Ref ref) {
      Long before = synced.get(ref);
      if (before != null && now - before < INTERVAL.toNanos()) {
        return new Run(ref, new Next.In(INTERVAL.minusNanos(now - before)), now);
      }
      try {
        gates
            .gate(STORE)
            .pass(
                () -> {
                  quota.call();
                  return true;
                });
        synced.put(ref, now);
        return new Run(ref, new Next.In(INTERVAL), now + LATENCY);
      } catch (StoreException e) {
        return new Run(ref, new Next.Failed(Duration.ZERO), now + LATENCY);
      }
    }
  }

  private final List<Map<Ref, Long>> clusters = new ArrayList<>();

  StormTest() {
    for (int i = 0; i < CLUSTERS; i++) {
      clusters.add(new HashMap<>());
    }
  }

  /** Starts all clusters at one moment and lets them run for that long. */
  private Quota run(Duration time, Optional<Double> perSecond) {
    Quota quota = new Quota();
    List<Station> stations =
        clusters.stream().map(synced -> new Station(synced, quota, perSecond)).toList();
    long end = now + time.toNanos();
    while (now < end) {
      long next = end;
      for (Station station : stations) {
        next = Math.min(next, station.step());
      }
      now = Math.max(now + 1, next);
    }
    return quota;
  }

  private void allSyncedWithin(Duration age) {
    for (Map<Ref, Long> synced : clusters) {
      assertThat(synced).hasSize(OBJECTS);
      assertThat(synced.values()).allMatch(at -> now - at <= age.toNanos());
    }
  }

  @Test
  void atFourFifthsOfTheQuotaNoCallIsThrottledNotEvenWhenAllClustersRestartAtOnce() {
    Optional<Double> share = Optional.of(0.8 * QUOTA / CLUSTERS);

    Quota first = run(Duration.ofMinutes(20), share);
    allSyncedWithin(INTERVAL.plusSeconds(60));
    now += Duration.ofMinutes(30).toNanos();
    Quota wave = run(Duration.ofMinutes(20), share);

    allSyncedWithin(INTERVAL.plusSeconds(60));
    assertThat(first.throttled).isZero();
    assertThat(wave.throttled).isZero();
    assertThat(wave.calls)
        .as("once at the start and once in each interval, stretched by up to a twentieth")
        .isBetween(CLUSTERS * OBJECTS * 3, CLUSTERS * OBJECTS * 4);
  }

  @Test
  void withoutARateTheStoresAnswersTeachOneAndAllAreServed() {
    Quota first = run(Duration.ofMinutes(30), Optional.empty());

    allSyncedWithin(INTERVAL.plus(INTERVAL));
    assertThat(first.throttled).as("of " + first.calls).isLessThan(first.calls / 20);
  }
}
