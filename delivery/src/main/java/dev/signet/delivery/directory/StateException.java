package dev.signet.delivery.directory;

/** The state file cannot be read or written. The message says which file, why and what to do. */
public final class StateException extends Exception {

  public StateException(String message) {
    super(message);
  }
}
