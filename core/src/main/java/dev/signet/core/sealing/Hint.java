package dev.signet.core.sealing;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known about a ciphertext before it is opened. It changes the order in which keys are
 * tried, never the result.
 *
 * @param key the fingerprint of the likeliest key, such as the one that opened another item of the
 *     same object
 * @param sealedAbout when it was sealed, or as near to that as is known, such as when it was
 *     stored; the likeliest first
 */
public record Hint(Optional<String> key, List<Instant> sealedAbout) {

  public static final Hint NONE = new Hint(Optional.empty(), List.of());

  public Hint {
    requireNonNull(key, "key");
    sealedAbout = List.copyOf(sealedAbout);
  }

  public static Hint sealedAbout(Instant time) {
    return new Hint(Optional.empty(), List.of(time));
  }

  public Hint andKey(String fingerprint) {
    return new Hint(Optional.of(fingerprint), sealedAbout);
  }
}
