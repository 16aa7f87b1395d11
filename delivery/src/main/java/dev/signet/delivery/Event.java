package dev.signet.delivery;

import dev.signet.delivery.object.Ref;

/**
 * Something that people should be able to read later about an object: names and counts, never a
 * value.
 *
 * @param reason one CamelCase word, as Kubernetes events have
 */
public record Event(Ref about, boolean warning, String reason, String message) {

  public static Event normal(Ref about, String reason, String message) {
    return new Event(about, false, reason, message);
  }

  public static Event warning(Ref about, String reason, String message) {
    return new Event(about, true, reason, message);
  }
}
