package dev.signet.delivery.traffic;

import static java.util.Objects.requireNonNull;

import dev.signet.core.Material;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Many who want the same value of the same store at once ask once, as Go's {@code singleflight} has
 * it, with three differences.
 *
 * <ul>
 *   <li><em>What may be shared</em> follows from when the wish arose, not from when it is told. An
 *       object waits for its turn in a queue; a value whose call began after the object had begun
 *       to wait is as new as the one it would have fetched had it been first. So a call may be
 *       joined while it runs, and its result taken for a short while after it, by everybody whose
 *       wish is older than the call, and by nobody else: a change in the store that was made before
 *       somebody asked for a sync is always seen. Who does not say since when he wishes may join
 *       what runs, and takes nothing that has ended.
 *   <li><em>Whose bytes.</em> Everybody gets a copy of his own; the original is zeroed when the
 *       last one has it and its time is over. Failures are told to those who wait, and not kept.
 *   <li><em>Nobody waits for ever.</em> The call has a thread of its own. When it takes longer than
 *       its deadline, it is interrupted and all who wait are told; what it brings later is zeroed.
 *       That somebody who waits is interrupted does not end the call for the others.
 * </ul>
 *
 * <p>Who may use a store is decided before this is asked. The key must name all that a result
 * depends on: the store at its version and as whom it is asked.
 */
public final class Flights {

  /**
   * What is asked.
   *
   * @param store which one, at which version, as whom
   * @param call which of its calls, with what
   */
  public record Key(String store, Object call) {}

  /** Results are kept while they are this few, and each no larger than this: 16 MiB in all. */
  private static final int MOST_KEPT = 256;

  private static final int LARGEST_KEPT = 64 * 1024;

  private static final long BETWEEN_SWEEPS = Duration.ofMillis(100).toNanos();

  private static final class Flight {
    final Condition landed;

    /** Before the call is on its way. */
    final long began;

    int waiting;
    boolean ended;
    boolean withdrawn;
    long expires;
    @Nullable Material result;
    @Nullable StoreException failure;
    @Nullable Throwable bug;
    @Nullable Thread thread;

    Flight(Condition landed, long began) {
      this.landed = landed;
      this.began = began;
    }

    void closeIfUnused() {
      if (withdrawn && waiting == 0 && result != null) {
        result.close();
        result = null;
      }
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Flight> flights = new HashMap<>();
  private final LongSupplier nanos;
  private final Duration kept;
  private int joined;
  private long swept;

  /**
   * @param kept for how long a result serves those whose wish is older than its call; zero for not
   *     at all
   * @param nanos a clock that only goes forward
   */
  public Flights(Duration kept, LongSupplier nanos) {
    this.kept = kept;
    this.nanos = nanos;
  }

  /**
   * The result of that call or of one that is as good. The caller owns it.
   *
   * @param since when the wish arose, by this clock; empty when that is not known
   */
  public Material get(Key key, OptionalLong since, Duration deadline, StoreGate.Call<Material> call)
      throws StoreException {
    lock.lock();
    try {
      if (nanos.getAsLong() - swept > BETWEEN_SWEEPS) {
        sweep();
      }
      Flight flight = flights.get(key);
      if (flight != null && serves(flight, since)) {
        joined++;
      } else {
        if (flight != null) {
          withdraw(flight);
        }
        flight = start(key, call);
      }
      return await(flight, key, deadline);
    } finally {
      lock.unlock();
    }
  }

  private static boolean serves(Flight flight, OptionalLong since) {
    return since.isPresent() ? flight.began - since.getAsLong() >= 0 : !flight.ended;
  }

  private Flight start(Key key, StoreGate.Call<Material> call) {
    Flight flight = new Flight(lock.newCondition(), nanos.getAsLong());
    flights.put(key, flight);
    flight.thread = Thread.ofVirtual().name("fetch").start(() -> fly(key, flight, call));
    return flight;
  }

  private void fly(Key key, Flight flight, StoreGate.Call<Material> call) {
    Material result = null;
    StoreException failure = null;
    Throwable bug = null;
    try {
      result = call.run();
    } catch (StoreException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      // Thrown again by everybody who waits.
      bug = e;
    }
    lock.lock();
    try {
      flight.result = result;
      flight.failure = failure;
      flight.bug = bug;
      flight.ended = true;
      flight.expires = nanos.getAsLong() + kept.toNanos();
      flight.landed.signalAll();
      if (flight.withdrawn || result == null || kept.isZero() || !keeps(result)) {
        flights.remove(key, flight);
        withdraw(flight);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean keeps(Material result) {
    long size = result.items().values().stream().mapToLong(item -> item.value().size()).sum();
    return flights.size() <= MOST_KEPT && size <= LARGEST_KEPT;
  }

  private Material await(Flight flight, Key key, Duration deadline) throws StoreException {
    flight.waiting++;
    try {
      long left = deadline.toNanos();
      while (!flight.ended) {
        if (left <= 0) {
          flights.remove(key, flight);
          withdraw(flight);
          requireNonNull(flight.thread).interrupt();
          throw new StoreException(
              new Problem.Unreachable(), "no answer within " + deadline.toSeconds() + " seconds");
        }
        left = flight.landed.awaitNanos(left);
      }
      if (flight.failure != null) {
        throw new StoreException(flight.failure.problem(), flight.failure.getMessage());
      }
      if (flight.bug != null) {
        throw new IllegalStateException("a store failed unexpectedly", flight.bug);
      }
      return requireNonNull(flight.result).copy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Throttled(Duration.ZERO), "interrupted while waiting for a store");
    } finally {
      flight.waiting--;
      flight.closeIfUnused();
    }
  }

  private static void withdraw(Flight flight) {
    flight.withdrawn = true;
    flight.closeIfUnused();
  }

  /** Zeroes what is kept and serves nobody any more. To be called every now and then. */
  public void sweep() {
    lock.lock();
    try {
      long now = nanos.getAsLong();
      swept = now;
      for (Iterator<Flight> each = flights.values().iterator(); each.hasNext(); ) {
        Flight flight = each.next();
        if (flight.ended && flight.expires - now <= 0) {
          each.remove();
          withdraw(flight);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets what that store brought so far. */
  public void forget(String store) {
    lock.lock();
    try {
      flights
          .entrySet()
          .removeIf(
              entry -> {
                boolean same = entry.getKey().store().equals(store);
                if (same) {
                  withdraw(entry.getValue());
                }
                return same;
              });
    } finally {
      lock.unlock();
    }
  }

  /** Forgets and zeroes all that was brought so far. */
  public void forgetAll() {
    lock.lock();
    try {
      flights.values().forEach(Flights::withdraw);
      flights.clear();
    } finally {
      lock.unlock();
    }
  }

  /** How often somebody was served by the call of another. */
  public int joined() {
    lock.lock();
    try {
      return joined;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return flights.size();
    } finally {
      lock.unlock();
    }
  }
}
