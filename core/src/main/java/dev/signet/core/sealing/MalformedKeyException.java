package dev.signet.core.sealing;

/**
 * A certificate or private key that cannot be used, in the words of the upstream tools where they
 * have some.
 */
public final class MalformedKeyException extends Exception {

  public MalformedKeyException(String message) {
    super(message);
  }
}
