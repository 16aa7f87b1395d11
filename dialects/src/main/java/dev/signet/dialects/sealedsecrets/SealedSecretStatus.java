package dev.signet.dialects.sealedsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The status of a SealedSecret: upstream's condition {@code Synced}, and beside it {@code
 * Delivered}, which upstream does not have. It says what was written from which input, so that a
 * later look can tell without opening anything that all is still so; and when something failed,
 * what to do.
 */
final class SealedSecretStatus {

  /** There is no key at all. */
  static final String NO_KEYS = "NoKeys";

  /** No key there is opens it. */
  static final String NO_KEY_OPENS = "NoKeyOpens";

  /** A Secret of that name is somebody else's. */
  static final String NOT_MANAGED = "NotManaged";

  /** Somebody else edited the Secret, and that stays. */
  static final String EDITED = "Edited";

  private static final String SYNCED = "Synced";
  private static final String DELIVERED = "Delivered";

  private static final String CURRENT = "Current";
  private static final String PATCHED = "Patched";
  private static final String PATCH_EDITED = "PatchEdited";

  /** Whose the Secret is. */
  enum Hold {
    /** Nobody has said yet, or the SealedSecret's. */
    OWN,
    /** Somebody else's, with values of the SealedSecret in it. */
    PART,
    /** Somebody else's, who has not agreed. */
    NONE
  }

  /**
   * What {@code Delivered} remembers.
   *
   * @param input digest of the SealedSecret that was opened
   * @param version the resourceVersion of the Secret after it was written
   * @param hold whose the Secret is since then
   * @param edited whether that version is what somebody else made of it
   */
  record Written(String input, String version, Hold hold, boolean edited) {

    Written withoutEdits() {
      return new Written(input, version, hold, false);
    }
  }

  private SealedSecretStatus() {}

  static Optional<Written> written(KubeObject object) throws MalformedObjectException {
    Optional<Fields> condition = condition(object, DELIVERED);
    if (condition.isEmpty()) {
      return Optional.empty();
    }
    boolean edited = isEdited(condition.get().string("reason").orElse(""));
    if (!edited && !condition.get().string("status").orElse("").equals("True")) {
      return Optional.empty();
    }
    String message = condition.get().string("message").orElse("");
    String[] parts =
        (edited ? message.substring(message.indexOf('[') + 1) : message).split("[ \\]]");
    return parts.length == 2
        ? Optional.of(new Written(parts[0], parts[1], hold(object), edited))
        : Optional.empty();
  }

  /** Whether the reason of {@code Delivered} is that somebody else's edit stays. */
  static boolean isEdited(String reason) {
    return reason.equals(EDITED) || reason.equals(PATCH_EDITED);
  }

  /** Whose the Secret was at the last look. */
  static Hold hold(KubeObject object) {
    return switch (reason(object)) {
      case PATCHED, PATCH_EDITED -> Hold.PART;
      case NOT_MANAGED -> Hold.NONE;
      default -> Hold.OWN;
    };
  }

  private static String reason(KubeObject object) {
    try {
      return condition(object, DELIVERED)
          .orElse(Fields.of(Map.of(), ""))
          .string("reason")
          .orElse("");
    } catch (MalformedObjectException e) {
      return "";
    }
  }

  static Map<String, Object> synced(
      KubeObject object, long generation, Written written, Instant now)
      throws MalformedObjectException {
    return status(
        generation,
        condition(object, generation, SYNCED, true, "", "", now),
        condition(
            object,
            generation,
            DELIVERED,
            true,
            written.hold() == Hold.PART ? PATCHED : CURRENT,
            written.input() + " " + written.version(),
            now));
  }

  /**
   * @param message for people; what has to be remembered follows it in brackets
   */
  static Map<String, Object> edited(
      KubeObject object, long generation, Written seen, String message, Instant now)
      throws MalformedObjectException {
    return status(
        generation,
        condition(object, generation, SYNCED, true, "", "", now),
        condition(
            object,
            generation,
            DELIVERED,
            false,
            seen.hold() == Hold.PART ? PATCH_EDITED : EDITED,
            message + " [" + seen.input() + " " + seen.version() + "]",
            now));
  }

  /**
   * @param message upstream's words, for {@code Synced}
   * @param advice ours, for {@code Delivered}
   */
  static Map<String, Object> failed(
      KubeObject object, long generation, String message, String reason, String advice, Instant now)
      throws MalformedObjectException {
    return status(
        generation,
        condition(object, generation, SYNCED, false, "", message, now),
        condition(object, generation, DELIVERED, false, reason, advice, now));
  }

  private static Map<String, Object> status(
      long generation, Map<String, Object> synced, Map<String, Object> delivered) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("observedGeneration", generation);
    status.put("conditions", List.of(synced, delivered));
    return status;
  }

  /**
   * Times move only when something else does, so that an unchanged status is an equal one: that of
   * the last update also with the generation.
   */
  private static Map<String, Object> condition(
      KubeObject object,
      long generation,
      String type,
      boolean holds,
      String reason,
      String message,
      Instant now)
      throws MalformedObjectException {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String status = holds ? "True" : "False";
    Optional<Fields> before = condition(object, type);
    String updated = time;
    String transition = time;
    if (before.isPresent() && before.get().string("status").orElse("").equals(status)) {
      transition = before.get().string("lastTransitionTime").orElse(time);
      if (before.get().string("message").orElse("").equals(message)
          && observed(object) == generation) {
        updated = before.get().string("lastUpdateTime").orElse(time);
      }
    }
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    condition.put("lastUpdateTime", updated);
    condition.put("lastTransitionTime", transition);
    if (!reason.isEmpty()) {
      condition.put("reason", reason);
    }
    if (!message.isEmpty()) {
      condition.put("message", message);
    }
    return condition;
  }

  private static long observed(KubeObject object) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    return status.isPresent() && status.get().raw("observedGeneration") instanceof Long generation
        ? generation
        : 0;
  }

  private static Optional<Fields> condition(KubeObject object, String type)
      throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    List<Fields> conditions =
        status.isPresent() ? status.get().objects("conditions") : new ArrayList<>();
    for (Fields condition : conditions) {
      if (condition.string("type").orElse("").equals(type)) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }
}
