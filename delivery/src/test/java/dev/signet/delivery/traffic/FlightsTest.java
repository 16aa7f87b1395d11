package dev.signet.delivery.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FlightsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Flights.Key KEY = new Flights.Key("store", "key");
  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private final AtomicInteger calls = new AtomicInteger();
  private final List<SecretBytes> originals = new CopyOnWriteArrayList<>();
  private volatile long now;

  private Material value(String text) {
    calls.incrementAndGet();
    SecretBytes bytes = SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    originals.add(bytes);
    Material material = new Material();
    material.put("value", new Item(bytes, Origin.of("store", "key")));
    return material;
  }

  private static String text(Material material) {
    try (material) {
      return text(material.get("value").orElseThrow().value());
    }
  }

  private static String text(SecretBytes value) {
    return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private String get(Flights flights, OptionalLong since, String answer) throws StoreException {
    return text(flights.get(KEY, since, PATIENCE, () -> value(answer)));
  }

  private static boolean zeroed(SecretBytes bytes) {
    try {
      return bytes.size() < 0;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  @Test
  void manyWhoAskAtOnceAreServedByOneCallEachWithBytesOfItsOwn() throws Exception {
    Flights flights = new Flights(Duration.ZERO, () -> now);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      StoreGate.Call<Material> call =
          () -> {
            asked.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return value("one");
          };
      List<Future<Material>> results = new ArrayList<>();
      results.add(threads.submit(() -> flights.get(KEY, UNKNOWN, PATIENCE, call)));
      asked.await();
      for (int i = 1; i < 200; i++) {
        results.add(threads.submit(() -> flights.get(KEY, UNKNOWN, PATIENCE, call)));
      }
      while (flights.joined() < 199 && !Thread.interrupted()) {
        LockSupport.parkNanos(100_000);
      }
      go.countDown();
      for (Future<Material> each : results) {
        assertThat(text(each.get())).isEqualTo("one");
      }
    }
    assertThat(calls).hasValue(1);
    assertThat(originals).allMatch(FlightsTest::zeroed);
    assertThat(flights.size()).isZero();
  }

  @Test
  void aResultServesThoseWhoseWishIsOlderThanItsCallAndNobodyElse() throws Exception {
    Flights flights = new Flights(Duration.ofSeconds(2), () -> now);
    now = 100;
    assertThat(get(flights, OptionalLong.of(50), "at 100")).isEqualTo("at 100");
    now = 200;

    assertThat(get(flights, OptionalLong.of(100), "new")).isEqualTo("at 100");
    assertThat(get(flights, OptionalLong.of(101), "at 200")).isEqualTo("at 200");
    assertThat(get(flights, OptionalLong.of(100), "new")).isEqualTo("at 200");
    assertThat(get(flights, UNKNOWN, "for who does not say since when")).startsWith("for who");
  }

  @Test
  void whatIsKeptIsZeroedInTime() throws Exception {
    Flights flights = new Flights(Duration.ofSeconds(2), () -> now);
    now = 100;
    get(flights, OptionalLong.of(0), "value");
    assertThat(originals).noneMatch(FlightsTest::zeroed);
    now = 100 + Duration.ofSeconds(2).toNanos();
    flights.sweep();

    assertThat(originals).allMatch(FlightsTest::zeroed);
    assertThat(get(flights, OptionalLong.of(0), "again")).isEqualTo("again");
  }

  @Test
  void aFailureIsToldToThoseWhoWaitAndNotKept() throws Exception {
    Flights flights = new Flights(Duration.ofSeconds(2), () -> now);
    assertThatThrownBy(
            () ->
                flights.get(
                    KEY,
                    OptionalLong.of(0),
                    PATIENCE,
                    () -> {
                      throw new StoreException(new Problem.Denied(), "not allowed");
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessage("not allowed");

    assertThat(get(flights, OptionalLong.of(0), "now it is")).isEqualTo("now it is");
  }

  @Test
  void aCallThatHangsIsGivenUpAndWhatItBringsLaterIsZeroed() throws Exception {
    Flights flights = new Flights(Duration.ofSeconds(2), () -> now);
    CountDownLatch interrupted = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                flights.get(
                    KEY,
                    OptionalLong.of(0),
                    Duration.ofMillis(10),
                    () -> {
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        // Brings something all the same.
                      }
                      Material late = value("late");
                      interrupted.countDown();
                      return late;
                    }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no answer within");

    assertThat(get(flights, OptionalLong.of(0), "next")).isEqualTo("next");
    interrupted.await();
    while (!Thread.interrupted() && originals.stream().filter(each -> !zeroed(each)).count() > 1) {
      LockSupport.parkNanos(100_000);
    }
    assertThat(originals).filteredOn(each -> !zeroed(each)).as("next").hasSize(1);
  }

  @Test
  void whatIsLargeIsNotKept() throws Exception {
    Flights flights = new Flights(Duration.ofSeconds(2), () -> now);
    get(flights, OptionalLong.of(0), "x".repeat(100_000));

    assertThat(originals).allMatch(FlightsTest::zeroed);
    assertThat(flights.size()).isZero();
  }

  @Test
  void aBugOfAStoreIsABugForAllWhoWait() {
    Flights flights = new Flights(Duration.ZERO, () -> now);
    assertThatThrownBy(
            () ->
                flights.get(
                    KEY,
                    UNKNOWN,
                    PATIENCE,
                    () -> {
                      throw new IllegalArgumentException("bug");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(flights.size()).isZero();
  }
}
