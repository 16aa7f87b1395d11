package dev.signet.template.sprig;

import dev.signet.template.Str;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A block of PEM. */
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";
  private final String type;
  private final byte[] der;

  Pem(String type, byte[] der) {
    this.type = type;
    this.der = der;
  }

  String type() {
    return type;
  }

  /** The bytes of the block, not a copy. */
  byte[] der() {
    return der;
  }

  /** The first well-formed block; null where there is none. Headers are skipped. */
  static @Nullable Pem first(String raw) {
    int at = 0;
    while (true) {
      int begin = raw.indexOf(BEGIN, at);
      if (begin < 0) {
        return null;
      }
      at = begin + BEGIN.length();
      if (begin > 0 && raw.charAt(begin - 1) != '\n') {
        continue;
      }
      int lineEnd = raw.indexOf('\n', at);
      String line = lineEnd < 0 ? "" : raw.substring(at, lineEnd).stripTrailing();
      if (!line.endsWith(DASHES)) {
        continue;
      }
      String type = line.substring(0, line.length() - DASHES.length());
      int end = raw.indexOf(END + type + DASHES, lineEnd);
      if (end < 0) {
        continue;
      }
      byte[] der = body(raw.substring(lineEnd + 1, end));
      if (der != null) {
        return new Pem(type, der);
      }
    }
  }

  private static byte @Nullable [] body(String text) {
    StringBuilder base64 = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      if (line.indexOf(':') < 0) {
        base64.append(line.strip());
      }
    }
    try {
      return Base64.getDecoder().decode(new Str(base64.toString()).bytes());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  String encode() {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return BEGIN + type + DASHES + "\n" + base64 + "\n" + END + type + DASHES + "\n";
  }
}
