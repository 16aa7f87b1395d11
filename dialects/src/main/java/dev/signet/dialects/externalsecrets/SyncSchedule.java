package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * How old what an ExternalSecret delivered is, and how old it may get.
 *
 * @param last when it was fetched last
 * @param interval after what time it is to be fetched again
 */
public record SyncSchedule(Instant last, Duration interval) {

  /** Of one that is fetched again and again, and was fetched before. */
  public static Optional<SyncSchedule> of(KubeObject externalSecret) {
    try {
      ExternalSecret spec = ExternalSecret.of(externalSecret, /* strict= */ false);
      boolean periodic =
          spec.refreshPolicy() == ExternalSecret.RefreshPolicy.Periodic
              && spec.refreshInterval().isPositive();
      Optional<String> last =
          periodic && externalSecret.fields().object("status").isPresent()
              ? externalSecret.fields().requiredObject("status").string("refreshTime")
              : Optional.empty();
      return last.map(
          text -> new SyncSchedule(OffsetDateTime.parse(text).toInstant(), spec.refreshInterval()));
    } catch (MalformedObjectException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
