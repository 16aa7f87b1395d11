package dev.signet.dialects.sealedsecrets;

/**
 * How SealedSecrets become Secrets.
 *
 * @param restored which changes to a Secret that is delivered are undone
 * @param acceptDeprecatedData whether {@code spec.data} of 2017 is opened
 * @param writeStatus whether the status of a SealedSecret is written; without it nothing outlives
 *     the process, and each SealedSecret is opened once by the next one
 * @param deleteSecrets whether the Secret is deleted here when its SealedSecret is gone, whoever
 *     owns it; without it the cluster's garbage collection does that
 */
public record DeliveryRules(
    Restored restored, boolean acceptDeprecatedData, boolean writeStatus, boolean deleteSecrets) {

  /** Which changes that others make to a delivered Secret are undone. */
  public enum Restored {
    /** All of them, at once. */
    EDITED,
    /**
     * As upstream: a Secret that is deleted is made again, unless it was only patched. One that is
     * edited stays so until its SealedSecret changes or another process starts.
     */
    DELETED,
    /** None, until the SealedSecret changes or another process starts. */
    NOTHING
  }

  /** Whatever is not as it is described is made so. */
  public static final DeliveryRules KEEP =
      new DeliveryRules(
          Restored.EDITED,
          /* acceptDeprecatedData= */ true,
          /* writeStatus= */ true,
          /* deleteSecrets= */ false);

  /** As the Sealed Secrets controller without any flag. */
  public static final DeliveryRules UPSTREAM =
      new DeliveryRules(
          Restored.DELETED,
          /* acceptDeprecatedData= */ true,
          /* writeStatus= */ true,
          /* deleteSecrets= */ false);
}
