package dev.signet.core.sealing;

import static java.util.Objects.requireNonNull;

/**
 * No key of the ring opens a ciphertext. Whether it was cut, changed, sealed for another object or
 * sealed with another key is not said, for the caller may be the one who is guessing.
 *
 * <p>Failures of a key's provider, such as a token that was unplugged, are {@linkplain
 * #getSuppressed suppressed exceptions} of this one: with one of them, trying again later may help.
 */
public final class NoKeyException extends Exception {

  public NoKeyException() {
    super("no key could decrypt secret");
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
