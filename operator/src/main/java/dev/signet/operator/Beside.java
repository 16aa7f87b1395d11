package dev.signet.operator;

import java.time.Duration;

/**
 * What is done beside another controller of the same SealedSecrets.
 *
 * @param writer under which name writes are noted in managedFields; it begins with {@value #OURS},
 *     by which all processes of Signet know each other
 * @param quiet for how long nobody else may have written a status before anything is written here
 * @param settled for how long an object must not have changed before a difference is told
 */
public record Beside(Conduct conduct, String writer, Duration quiet, Duration settled) {

  static final String OURS = "signet-";

  /** What is done. */
  public enum Conduct {
    /** As long as another controller is at work, nothing is written. */
    STAND_BACK,
    /** Others are not looked for. */
    NEVER_STAND_BACK,
    /** Nothing is written at all; what would have been written is told. */
    SHADOW
  }

  /** What {@code signet operator} does unless told otherwise. */
  public static final Beside DEFAULT =
      new Beside(
          Conduct.STAND_BACK, OURS + "operator", Duration.ofSeconds(30), Duration.ofSeconds(10));

  public Beside {
    if (!writer.startsWith(OURS)) {
      throw new IllegalArgumentException("the name " + writer + " does not begin with " + OURS);
    }
  }

  public Beside with(Conduct conduct) {
    return new Beside(conduct, writer, quiet, settled);
  }

  public Beside withWriter(String writer) {
    return new Beside(conduct, writer, quiet, settled);
  }

  public Beside withQuiet(Duration quiet) {
    return new Beside(conduct, writer, quiet, settled);
  }

  public Beside withSettled(Duration settled) {
    return new Beside(conduct, writer, quiet, settled);
  }

  /** What two flags say. */
  public static Conduct conduct(boolean shadow, boolean neverStandBack) {
    if (shadow && neverStandBack) {
      throw new IllegalArgumentException(
          "--shadow writes nothing, so --never-stand-back has no meaning beside it; leave one out");
    }
    return shadow ? Conduct.SHADOW : neverStandBack ? Conduct.NEVER_STAND_BACK : Conduct.STAND_BACK;
  }

  boolean isShadow() {
    return conduct == Conduct.SHADOW;
  }
}
