package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.traffic.Limits;
import java.util.Map;

/**
 * How a store may be asked: what its annotations say, {@code signet.dev/requests-per-second}, the
 * most and what it begins with, and {@code signet.dev/concurrent-requests}; else what its back end
 * publishes.
 */
final class StoreLimits {

  static final String RATE = "signet.dev/requests-per-second";
  static final String CONCURRENCY = "signet.dev/concurrent-requests";

  private static final int MOST_AT_ONCE = 1000;
  private static final double FASTEST = 100_000;

  private StoreLimits() {}

  static Limits of(Map<String, String> annotations, PublishedLimits published)
      throws MalformedObjectException {
    String rate = annotations.get(RATE);
    String concurrency = annotations.get(CONCURRENCY);
    return new Limits(
        rate == null ? published.first().orElse(Limits.DEFAULT.perSecond()) : rate(rate),
        concurrency == null ? Limits.DEFAULT.concurrency() : concurrency(concurrency),
        Limits.DEFAULT.deadline());
  }

  private static double rate(String text) throws MalformedObjectException {
    if (text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
      double rate = Double.parseDouble(text);
      if (rate >= Limits.SLOWEST && rate <= FASTEST) {
        return rate;
      }
    }
    throw new MalformedObjectException(
        "annotation "
            + RATE
            + " must be a number from "
            + Limits.SLOWEST
            + " to "
            + (long) FASTEST
            + ", such as 20 or 0.5");
  }

  private static int concurrency(String text) throws MalformedObjectException {
    if (text.matches("[0-9]{1,4}")) {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= MOST_AT_ONCE) {
        return count;
      }
    }
    throw new MalformedObjectException(
        "annotation " + CONCURRENCY + " must be a number from 1 to " + MOST_AT_ONCE);
  }
}
