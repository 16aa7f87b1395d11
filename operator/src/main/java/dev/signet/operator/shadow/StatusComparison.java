package dev.signet.operator.shadow;

import dev.signet.operator.shadow.Difference.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * In what the status of a SealedSecret would read differently to those who know upstream's: whether
 * it is synced, and of which generation that is said. Times differ by nature, upstream lets a
 * message grow old, and the condition {@code Delivered} is ours alone.
 */
final class StatusComparison {

  private StatusComparison() {}

  static List<Difference> between(Map<?, ?> there, Map<?, ?> wanted) {
    List<Difference> found = new ArrayList<>();
    String now = synced(there);
    String then = synced(wanted);
    if (!now.equals(then)) {
      found.add(
          new Difference(
              Kind.STATUS_SYNCED,
              now.isEmpty()
                  ? "is not there, would be " + then
                  : SecretComparison.isWouldBe(now, then)));
    }
    long generation = generation(there);
    if (generation != generation(wanted)) {
      found.add(
          new Difference(
              Kind.STATUS_GENERATION, SecretComparison.isWouldBe(generation, generation(wanted))));
    }
    return found;
  }

  private static String synced(Map<?, ?> status) {
    if (status.get("conditions") instanceof List<?> conditions) {
      for (Object each : conditions) {
        if (each instanceof Map<?, ?> condition
            && "Synced".equals(condition.get("type"))
            && condition.get("status") instanceof String text) {
          return text;
        }
      }
    }
    return "";
  }

  private static long generation(Map<?, ?> status) {
    @Nullable Object observed = status.get("observedGeneration");
    return observed instanceof Long number ? number : 0;
  }
}
