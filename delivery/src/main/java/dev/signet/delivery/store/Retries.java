package dev.signet.delivery.store;

import dev.signet.delivery.GoDuration;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.Duration;
import java.util.Optional;

/**
 * How often, and after which time, a back end is asked again that failed.
 *
 * @param pause empty where the store knows best
 */
public record Retries(int most, Optional<Duration> pause) {

  private static final long MOST = 100;

  /** The field {@code retrySettings} of a store or a generator; none without {@code maxRetries}. */
  public static Optional<Retries> of(Fields spec) throws MalformedObjectException {
    Optional<Fields> found = spec.object("retrySettings");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Fields settings = found.get();
    Object retries = settings.raw("maxRetries");
    if (retries != null && !(retries instanceof Long)) {
      throw new MalformedObjectException(settings.path() + ".maxRetries must be a whole number");
    }
    Optional<String> interval = settings.string("retryInterval").filter(it -> !it.isEmpty());
    Optional<Duration> pause = interval.flatMap(GoDuration::parse);
    if (interval.isPresent() && pause.isEmpty()) {
      throw new MalformedObjectException(
          settings.path() + ".retryInterval is not a duration such as 1s or 2m");
    }
    long most = retries instanceof Long number ? Math.clamp(number, 0, MOST) : 0;
    return Optional.of(new Retries((int) most, pause.filter(it -> !it.isNegative())));
  }
}
