package dev.signet.dialects.sopssecrets;

/**
 * How SopsSecrets become Secrets.
 *
 * @param enforceOwnership whether Secrets of others are taken over where the SopsSecret says
 *     nothing of that
 */
public record SopsSecretRules(Mac mac, boolean enforceOwnership) {

  /** What the MAC of a SopsSecret is good for. */
  public enum Mac {
    /**
     * It is compared, and the result is told. Upstream ignores it: it covers the order of a file,
     * which an API server does not keep.
     */
    REPORTED,
    /** What it does not fit is not delivered. */
    REQUIRED,
    /** It was compared with the whole file already. */
    COMPARED
  }

  /** As upstream without any flag. */
  public static final SopsSecretRules UPSTREAM =
      new SopsSecretRules(Mac.REPORTED, /* enforceOwnership= */ false);
}
