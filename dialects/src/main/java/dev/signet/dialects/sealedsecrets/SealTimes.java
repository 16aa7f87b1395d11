package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.Hint;
import dev.signet.delivery.object.Metadata;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a SealedSecret was sealed, as far as a cluster can tell: shortly before it was last written
 * by somebody who writes more than its status, unless that was about something else, and else
 * before it was made.
 */
final class SealTimes {

  private SealTimes() {}

  static Hint of(Metadata metadata) {
    List<Instant> written = new ArrayList<>();
    if (metadata.tree().get("managedFields") instanceof List<?> entries) {
      for (Object entry : entries) {
        if (entry instanceof Map<?, ?> fields && !fields.containsKey("subresource")) {
          time(fields.get("time")).ifPresent(written::add);
        }
      }
    }
    List<Instant> times = new ArrayList<>();
    written.stream().max(Comparator.naturalOrder()).ifPresent(times::add);
    time(metadata.tree().get("creationTimestamp")).ifPresent(times::add);
    return new Hint(Optional.empty(), times);
  }

  private static Optional<Instant> time(@Nullable Object value) {
    try {
      return value instanceof String text ? Optional.of(Instant.parse(text)) : Optional.empty();
    } catch (DateTimeException e) {
      // A hint that is none.
      return Optional.empty();
    }
  }
}
