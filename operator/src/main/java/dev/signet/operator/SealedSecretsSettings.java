package dev.signet.operator;

import dev.signet.dialects.sealedsecrets.DeliveryRules;
import dev.signet.dialects.sealedsecrets.KeyRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How SealedSecrets are treated.
 *
 * @param keys where sealing keys are and what new ones look like
 * @param renewal when new ones are made
 * @param delivery how SealedSecrets become Secrets
 * @param sealing what kubeseal may ask, and how often
 * @param namesInMetrics whether metrics name the SealedSecrets there are
 */
public record SealedSecretsSettings(
    KeyRules keys,
    Renewal renewal,
    DeliveryRules delivery,
    SealingEndpoints.Terms sealing,
    boolean namesInMetrics) {

  /**
   * When a sealing key is made. Old ones stay and open what was sealed with them.
   *
   * @param first whether one is made when there is none
   * @param cutoff one is made at start when the newest is from before that time
   * @param period one is made whenever the newest is older than that
   */
  public record Renewal(boolean first, Optional<Instant> cutoff, Optional<Duration> period) {

    /** None is made by itself. */
    public static final Renewal NEVER = new Renewal(false, Optional.empty(), Optional.empty());

    /** Only a first one. */
    public static final Renewal FIRST = new Renewal(true, Optional.empty(), Optional.empty());

    public Renewal {
      if (period.isPresent() && !period.get().isPositive()) {
        throw new IllegalArgumentException("keys cannot be renewed every " + period.get());
      }
    }
  }

  /** What {@code signet operator} does unless told otherwise. */
  public static final SealedSecretsSettings DEFAULT =
      new SealedSecretsSettings(
          KeyRules.DEFAULT,
          Renewal.FIRST,
          DeliveryRules.KEEP,
          SealingEndpoints.Terms.DEFAULT,
          /* namesInMetrics= */ true);

  public SealedSecretsSettings withKeys(KeyRules keys) {
    return new SealedSecretsSettings(keys, renewal, delivery, sealing, namesInMetrics);
  }

  public SealedSecretsSettings withRenewal(Renewal renewal) {
    return new SealedSecretsSettings(keys, renewal, delivery, sealing, namesInMetrics);
  }

  public SealedSecretsSettings withDelivery(DeliveryRules delivery) {
    return new SealedSecretsSettings(keys, renewal, delivery, sealing, namesInMetrics);
  }

  public SealedSecretsSettings withSealing(SealingEndpoints.Terms sealing) {
    return new SealedSecretsSettings(keys, renewal, delivery, sealing, namesInMetrics);
  }
}
