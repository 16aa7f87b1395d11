package dev.signet.delivery.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {

  private final WorkQueue queue =
      new WorkQueue(
          new Pace(Duration.ofNanos(1), Duration.ofNanos(1), Duration.ZERO), System::nanoTime);

  private static Ref ref(int i) {
    return Ref.secret("ns", "s" + i);
  }

  @Test
  void manyThreadsRunEverythingAndNeverOneObjectTwiceAtOnce() throws InterruptedException {
    Set<Ref> running = ConcurrentHashMap.newKeySet();
    Map<Ref, AtomicInteger> runs = new ConcurrentHashMap<>();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(200);
    Workers workers =
        Workers.start(
            8,
            queue,
            ref -> {
              if (!running.add(ref)) {
                overlaps.incrementAndGet();
              }
              Thread.onSpinWait();
              int times = runs.computeIfAbsent(ref, _ -> new AtomicInteger()).incrementAndGet();
              running.remove(ref);
              // The third run of each succeeds.
              if (times == 3) {
                all.countDown();
                return new Next.Never();
              }
              return times > 3 ? new Next.Never() : new Next.Failed(Duration.ZERO);
            });
    for (int i = 0; i < 200; i++) {
      queue.add(ref(i), Urgency.FIRST);
    }
    for (int i = 0; i < 200; i++) {
      queue.add(ref(i), Urgency.CHANGE);
    }

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(workers.stop(Duration.ofSeconds(10))).isTrue();
    assertThat(overlaps).hasValue(0);
    assertThat(runs).hasSize(200);
  }

  @Test
  void stoppingLetsARunEndAndBeginsNoOther() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Set<Ref> ended = ConcurrentHashMap.newKeySet();
    Workers workers =
        Workers.start(
            1,
            queue,
            ref -> {
              begun.countDown();
              mayEnd.await();
              ended.add(ref);
              return new Next.Never();
            });
    queue.add(ref(1), Urgency.CHANGE);
    begun.await();
    queue.add(ref(2), Urgency.CHANGE);
    queue.close();
    mayEnd.countDown();

    assertThat(workers.stop(Duration.ofSeconds(10))).isTrue();
    assertThat(ended).containsExactly(ref(1));
  }

  @Test
  void aRunThatDoesNotEndInTimeIsInterrupted() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Workers workers =
        Workers.start(
            1,
            queue,
            _ -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
                return new Next.Never();
              } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
              }
            });
    queue.add(ref(1), Urgency.CHANGE);
    begun.await();

    assertThat(workers.stop(Duration.ZERO)).isFalse();
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
