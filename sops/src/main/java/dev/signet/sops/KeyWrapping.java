package dev.signet.sops;

import static java.util.Objects.requireNonNull;

import dev.signet.core.SecretBytes;

/** Encrypts data keys, or parts of them, with master keys and decrypts them again. */
public interface KeyWrapping {

  /** It could not be done; the message says why and where was looked, and quotes no key. */
  final class UnavailableException extends Exception {

    private static final long serialVersionUID = 1;

    public UnavailableException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return requireNonNull(super.getMessage());
    }
  }

  /** The key with what is found out only when it is used, before it is. */
  default MasterKey complete(MasterKey key) throws UnavailableException {
    return key;
  }

  /** What stands in the file as {@code enc}. */
  String wrap(MasterKey key, SecretBytes part) throws UnavailableException;

  SecretBytes unwrap(MasterKey key) throws UnavailableException;
}
