package dev.signet.core.sealing;

import static java.util.Objects.requireNonNull;

/**
 * A certificate or private key that cannot be used, in the words of the upstream tools where they
 * have some.
 */
public final class MalformedKeyException extends Exception {

  public MalformedKeyException(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
