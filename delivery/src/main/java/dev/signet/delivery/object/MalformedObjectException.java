package dev.signet.delivery.object;

/**
 * An object does not have the shape its kind demands. The message names the field, never its value.
 */
public final class MalformedObjectException extends Exception {

  public MalformedObjectException(String message) {
    super(message);
  }
}
