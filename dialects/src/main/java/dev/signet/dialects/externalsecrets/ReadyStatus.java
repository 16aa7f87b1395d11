package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one condition, {@code Ready}, that External Secrets writes, and those that are ours; a
 * transition time moves only with the status of its condition.
 */
final class ReadyStatus {

  private static final String READY = "Ready";

  private ReadyStatus() {}

  static Map<String, Object> condition(
      KubeObject object, boolean ready, String reason, String message, Instant now)
      throws MalformedObjectException {
    return condition(object, READY, ready, reason, message, now);
  }

  static Map<String, Object> condition(
      KubeObject object, String type, boolean holds, String reason, String message, Instant now)
      throws MalformedObjectException {
    String status = holds ? "True" : "False";
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put("lastTransitionTime", transition(object, type, status, time(now)));
    return condition;
  }

  static String time(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String transition(KubeObject object, String type, String status, String now)
      throws MalformedObjectException {
    Optional<Fields> before = object.fields().object("status");
    if (before.isPresent()) {
      for (Fields condition : before.get().objects("conditions")) {
        if (condition.string("type").orElse("").equals(type)
            && condition.string("status").orElse("").equals(status)) {
          return condition.string("lastTransitionTime").orElse(now);
        }
      }
    }
    return now;
  }

  /** A status with that condition and no other, keeping what else the object's status says. */
  static Map<String, Object> status(KubeObject object, Map<String, Object> condition) {
    Map<String, Object> status = new LinkedHashMap<>();
    if (object.tree().get("status") instanceof Map<?, ?> before) {
      before.forEach((key, value) -> status.put((String) key, value));
    }
    status.put("conditions", List.of(condition));
    return status;
  }
}
