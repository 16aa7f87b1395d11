package dev.signet.delivery;

import java.time.Duration;

/** What one reconcile came to, and when the object is due again. */
public sealed interface Outcome {

  /** All is as it should be; nothing to do until something changes. */
  record Done() implements Outcome {}

  /** All is as it should be; look again after that time. */
  record After(Duration interval) implements Outcome {}

  /** It failed for now and is worth trying again. */
  record Retry(String reason, String message) implements Outcome {}

  /** It cannot work until somebody changes something. */
  record Stalled(String reason, String message) implements Outcome {}

  /** Whether the object's target is as its source says. */
  default boolean delivered() {
    return switch (this) {
      case Done _, After _ -> true;
      case Retry _, Stalled _ -> false;
    };
  }
}
