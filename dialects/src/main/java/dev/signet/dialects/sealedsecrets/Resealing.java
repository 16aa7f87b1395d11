package dev.signet.dialects.sealedsecrets;

import java.util.Map;
import java.util.Optional;

/** Seals the items of SealedSecrets anew where they are not on the newest key. */
public interface Resealing {

  /** What became of an item. */
  sealed interface Result {}

  /** It is sealed with the key already. */
  record Current() implements Result {}

  /**
   * It was sealed with another key.
   *
   * @param text the new ciphertext
   * @param key the fingerprint of the key that opened the old one, where that is known
   */
  record Stale(String text, Optional<String> key) implements Result {}

  /** Nobody can tell, for this reason. */
  record Failed(String reason) implements Result {}

  /** Every item of an object, by name. May be called by several threads at once. */
  Map<String, Result> reseal(SealedSecret sealed);

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
