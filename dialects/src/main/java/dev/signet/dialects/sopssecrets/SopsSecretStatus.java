package dev.signet.dialects.sopssecrets;

import dev.signet.delivery.object.KubeObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The status of a SopsSecret: {@code message} in the words of upstream, and conditions beside it,
 * which upstream's definition of the resource has no place for and drops.
 *
 * <pre>
 *   Ready      whether all Secrets are as described
 *   Verified   whether the MAC was found to fit; Unknown where it was not
 * </pre>
 */
final class SopsSecretStatus {

  static final String READY = "Ready";
  static final String VERIFIED = "Verified";

  /** Upstream's words. */
  enum Message {
    HEALTHY("Healthy"),
    DECRYPTION("Decryption error"),
    NOT_OWNED("Child secret is not owned by controller error"),
    UPDATE("Child secret update error"),
    CREATION("New child secret creation error"),
    SUSPENDED("Reconciliation is suspended"),
    UNKNOWN("Unknown Error");

    private final String text;

    Message(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  private SopsSecretStatus() {}

  /**
   * @param reason for the condition, in one word
   * @param macFits what was found of the MAC, if it was looked at
   */
  static Map<String, Object> of(
      KubeObject object,
      Message message,
      String reason,
      String said,
      Optional<Boolean> macFits,
      Instant now) {
    List<Object> conditions = new ArrayList<>();
    String ready = message == Message.HEALTHY ? "True" : "False";
    conditions.add(condition(object, READY, ready, reason, said, now));
    macFits.ifPresentOrElse(
        fits ->
            conditions.add(
                condition(
                    object,
                    VERIFIED,
                    fits ? "True" : "Unknown",
                    fits ? "MACFits" : "OrderUnknown",
                    fits ? Verification.FITS : Verification.UNPROVEN,
                    now)),
        () -> before(object, VERIFIED).ifPresent(conditions::add));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("message", message.text());
    status.put("conditions", conditions);
    return status;
  }

  private static Map<String, Object> condition(
      KubeObject object, String type, String status, String reason, String message, Instant now) {
    Map<String, Object> condition = new LinkedHashMap<>();
    condition.put("type", type);
    condition.put("status", status);
    generation(object).ifPresent(generation -> condition.put("observedGeneration", generation));
    condition.put("reason", reason);
    condition.put("message", message);
    condition.put(
        "lastTransitionTime",
        before(object, type)
            .filter(each -> status.equals(each.get("status")))
            .flatMap(each -> Optional.<Object>ofNullable(each.get("lastTransitionTime")))
            .orElseGet(() -> now.truncatedTo(ChronoUnit.SECONDS).toString()));
    return condition;
  }

  private static Optional<Object> generation(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
        ? Optional.ofNullable(metadata.get("generation"))
        : Optional.empty();
  }

  /** The condition as it is now. */
  static Optional<Map<?, ?>> before(KubeObject object, String type) {
    if (object.tree().get("status") instanceof Map<?, ?> status
        && status.get("conditions") instanceof List<?> conditions) {
      for (Object each : conditions) {
        if (each instanceof Map<?, ?> condition && type.equals(condition.get("type"))) {
          return Optional.of(condition);
        }
      }
    }
    return Optional.empty();
  }
}
