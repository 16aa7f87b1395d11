package dev.signet.dialects.sealedsecrets;

/** A Secret cannot be sealed; the message is upstream's where upstream has one. */
public final class SealException extends Exception {

  public SealException(String message) {
    super(message);
  }
}
