package dev.signet.delivery.traffic;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The gates of all stores, and the calls that many share. Safe for use by many threads. */
public final class StoreGates {

  /**
   * What is known of a store's traffic.
   *
   * @param perSecond how many calls a second it is asked at most, infinite when nothing limits it
   * @param parked whether nobody asks it, because it did not answer
   * @param throttled how often it said that it is asked too much
   * @param shared how many reads were served by the call of another
   */
  public record State(double perSecond, boolean parked, long throttled, long shared) {}

  /** How calls ended, for whoever counts. */
  @FunctionalInterface
  public interface Listener {
    void ended(Ref store, String result);
  }

  private final Map<Ref, StoreGate> gates = new ConcurrentHashMap<>();
  private final Flights flights;
  private final LongSupplier nanos;
  private volatile Consumer<Ref> recovered = _ -> {};
  private volatile Function<Ref, OptionalLong> wishes = _ -> OptionalLong.empty();
  private volatile Listener listener = (_, _) -> {};

  /**
   * @param kept for how long what was fetched serves those who waited for it already
   * @param nanos a clock that only goes forward, as {@link System#nanoTime} is
   */
  public StoreGates(Duration kept, LongSupplier nanos) {
    this.flights = new Flights(kept, nanos);
    this.nanos = nanos;
  }

  /** Whom to tell when a store that was down answers again. */
  public void onRecovery(Consumer<Ref> told) {
    recovered = told;
  }

  /** Who knows since when an object that is reconciled has waited for it, by the same clock. */
  public void wishes(Function<Ref, OptionalLong> asked) {
    wishes = asked;
  }

  /** Since when that object has waited, as far as is known. */
  public OptionalLong wished(Ref resource) {
    return wishes.apply(resource);
  }

  public void onCall(Listener told) {
    listener = told;
  }

  public Flights flights() {
    return flights;
  }

  public StoreGate gate(Ref store) {
    return gates.computeIfAbsent(
        store,
        ref ->
            new StoreGate(
                ref.kind().kind() + " \"" + ref.name() + "\"",
                Limits.DEFAULT,
                nanos,
                () -> recovered.accept(ref),
                (_, result) -> listener.ended(ref, result)));
  }

  /** It, or what it reads, was changed: it may work again. */
  public void repaired(Ref store) {
    StoreGate gate = gates.get(store);
    if (gate != null) {
      gate.repaired();
    }
  }

  public void gone(Ref store) {
    gates.remove(store);
  }

  /** How long nothing should begin that will ask it, in nanoseconds; zero when it may. */
  public long closedFor(Ref store) {
    StoreGate gate = gates.get(store);
    return gate == null ? 0 : gate.closedFor();
  }

  /** How many objects may keep it busy at once. */
  public int width(Ref store) {
    StoreGate gate = gates.get(store);
    return gate == null ? Limits.DEFAULT.concurrency() : gate.width();
  }

  /** By store, ordered. */
  public Map<Ref, State> states() {
    Map<Ref, State> states = new TreeMap<>();
    gates.forEach((ref, gate) -> states.put(ref, gate.state()));
    return new LinkedHashMap<>(states);
  }
}
