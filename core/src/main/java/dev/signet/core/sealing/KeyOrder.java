package dev.signet.core.sealing;

import java.time.Instant;

/** Which time of a stored key says since when it is the one to seal with. */
public enum KeyOrder {
  CERTIFICATE_NOT_BEFORE,
  SECRET_CREATION;

  public Instant timeOf(SealingKey key) {
    return switch (this) {
      case CERTIFICATE_NOT_BEFORE -> key.certificate().notBefore();
      case SECRET_CREATION -> key.created();
    };
  }
}
