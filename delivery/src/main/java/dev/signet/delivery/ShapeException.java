package dev.signet.delivery;

/** Material cannot be shaped as asked. The message names keys, never values. */
public final class ShapeException extends Exception {

  public ShapeException(String message) {
    super(message);
  }
}
