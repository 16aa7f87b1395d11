package dev.signet.delivery;

/**
 * What the status of a resource says of it as it is now, to whoever reads nothing but the object.
 */
public sealed interface Standing {

  /** Nobody has reported on it as it is now. */
  record Unseen() implements Standing {}

  /** It is delivered; a store is usable. */
  record Delivered(String message) implements Standing {}

  /** Somebody tried in vain. */
  record Failing(String reason, String message) implements Standing {}
}
