package dev.signet.operator;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each of many may ask: the generic cell rate algorithm, with the numbers that upstream's
 * limiter (github.com/throttled/throttled) puts into headers.
 *
 * <p>Of each key one time is kept, the <i>theoretical arrival</i> of the next request at the
 * sustained rate. A request moves it on by one interval; it is refused when it would come to lie
 * more than {@code burst + 1} intervals ahead of now. The keys used last are kept, {@value
 * #CAPACITY} of them: whoever is forgotten has not asked for long.
 *
 * <p>Not thread-safe.
 */
final class Gcra {

  private static final int CAPACITY = 1 << 16;

  /**
   * What a key has left.
   *
   * @param remaining requests that would pass right now
   * @param resetNanos until all of them would
   */
  record State(boolean limited, int limit, int remaining, long resetNanos) {}

  private final long interval;
  private final int limit;
  private final LinkedHashMap<String, Long> arrivals = new LinkedHashMap<>(16, 0.75f, true);

  /** Sustained requests a second, and how many more may come at once. */
  Gcra(int perSecond, int burst) {
    this.interval = 1_000_000_000L / perSecond;
    this.limit = burst + 1;
  }

  /** What a request now would find, without it being counted. */
  State look(String key, long now) {
    long arrival = arrival(key, now);
    boolean limited = arrival + interval - now > interval * limit;
    return state(limited, limited ? arrival - now : arrival + interval - now);
  }

  /** Counts a request that {@link #look} said would pass. */
  void count(String key, long now) {
    arrivals.put(key, arrival(key, now) + interval);
    if (arrivals.size() > CAPACITY) {
      Map.Entry<String, Long> eldest = arrivals.firstEntry();
      arrivals.remove(eldest.getKey());
    }
  }

  private long arrival(String key, long now) {
    Long kept = arrivals.get(key);
    return kept == null || kept - now < 0 ? now : kept;
  }

  private State state(boolean limited, long ahead) {
    return new State(limited, limit, (int) ((interval * limit - ahead) / interval), ahead);
  }
}
