package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.Sealer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;

/**
 * Seals items anew for one key, the newest as a rule, unless that key made them. A value is in
 * memory between being opened and being sealed, and zeroed at once. Both happen under the label
 * that the object's own metadata gives: what {@code spec.template} says of scope, name or namespace
 * counts for nothing, so a value can never end up bound to less than before.
 *
 * <p>Safe for use by several threads at once.
 */
public final class Resealing {

  /** What became of an item. */
  public sealed interface Result {}

  /** It is sealed with the key already. */
  public record Current() implements Result {}

  /**
   * It was sealed with another key.
   *
   * @param text the new ciphertext
   * @param key the fingerprint of the key that opened the old one
   */
  public record Stale(String text, String key) implements Result {}

  /** It does not open, so nobody can tell. */
  public record Failed(String reason) implements Result {}

  private final KeyRing ring;
  private final RsaPublicKey target;
  private final Sealer sealer;

  /**
   * @param ring what opens; where it lacks the private half of {@code target}, items that are
   *     sealed with that already fail
   */
  public Resealing(KeyRing ring, RsaPublicKey target, SecureRandom random) {
    this.ring = ring;
    this.target = target;
    this.sealer = new Sealer(target, random);
  }

  /** Every item of an object, by name. */
  Map<String, Result> reseal(SealedSecret sealed) {
    byte[] label = sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
    Map<String, Result> results = new TreeMap<>();
    sealed.encryptedData().forEach((name, text) -> results.put(name, item(text, label)));
    return results;
  }

  private Result item(String text, byte[] label) {
    String newest = target.fingerprint();
    try {
      Opened opened = ring.open(GoBase64.STD.decode(text), label, Hint.NONE.andKey(newest));
      try (SecretBytes value = opened.value()) {
        return opened.key().equals(newest)
            ? new Current()
            : new Stale(laidOut(text, sealer.sealToBase64(value, label)), opened.key());
      }
    } catch (IllegalBase64Exception e) {
      return new Failed(e.getMessage());
    } catch (NoKeyException e) {
      return new Failed("none of the keys opens it under this name, namespace and scope");
    }
  }

  /** A ciphertext in lines, as some tools wrap Base64, stays one in lines of that length. */
  static String laidOut(String before, String text) {
    int width = before.strip().indexOf('\n');
    if (width <= 0) {
      return before.endsWith("\n") ? text + "\n" : text;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < text.length(); i += width) {
      lines.append(text, i, Math.min(i + width, text.length())).append('\n');
    }
    if (!before.endsWith("\n")) {
      lines.setLength(lines.length() - 1);
    }
    return lines.toString();
  }
}
