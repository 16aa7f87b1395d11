package dev.signet.template.sprig;

import dev.signet.template.GoError;
import dev.signet.template.Str;
import java.util.Base64;

/** Base64 and Base32 with padding, with Go's tolerance for line breaks and its error positions. */
enum BaseEncoding {
  BASE64,
  BASE32;

  private static final String ALPHABET32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String ALPHABET64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  String encode(String raw) {
    return switch (this) {
      case BASE64 -> Base64.getEncoder().encodeToString(new Str(raw).bytes());
      case BASE32 -> encode32(raw);
    };
  }

  String decode(String raw) throws GoError {
    return switch (this) {
      case BASE64 -> decode64(raw);
      case BASE32 -> decode32(raw);
    };
  }

  private static String encode32(String raw) {
    StringBuilder out = new StringBuilder((raw.length() + 4) / 5 * 8);
    for (int i = 0; i < raw.length(); i += 5) {
      long bits = 0;
      int bytes = Math.min(5, raw.length() - i);
      for (int j = 0; j < 5; j++) {
        bits = bits << 8 | (j < bytes ? raw.charAt(i + j) : 0);
      }
      int digits = (bytes * 8 + 4) / 5;
      for (int j = 0; j < 8; j++) {
        out.append(j < digits ? ALPHABET32.charAt((int) (bits >> (35 - 5 * j) & 31)) : '=');
      }
    }
    return out.toString();
  }

  private static GoError corrupt(int base, int at) {
    return new GoError("illegal base" + base + " data at input byte " + at);
  }

  private static String decode64(String raw) throws GoError {
    StringBuilder out = new StringBuilder(raw.length() / 4 * 3);
    int at = 0;
    while (true) {
      int bits = 0;
      int digits = 0;
      while (digits < 4) {
        if (at == raw.length()) {
          if (digits == 0) {
            return out.toString();
          }
          throw corrupt(64, at - digits);
        }
        char c = raw.charAt(at++);
        int value = ALPHABET64.indexOf(c);
        if (value >= 0) {
          bits = bits << 6 | value;
          digits++;
        } else if (c == '=') {
          finish64(raw, at, digits);
          bits <<= 6 * (4 - digits);
          out.append((char) (bits >> 16 & 0xFF));
          if (digits == 3) {
            out.append((char) (bits >> 8 & 0xFF));
          }
          return out.toString();
        } else if (c != '\n' && c != '\r') {
          throw corrupt(64, at - 1);
        }
      }
      out.append((char) (bits >> 16 & 0xFF))
          .append((char) (bits >> 8 & 0xFF))
          .append((char) (bits & 0xFF));
    }
  }

  /** Checks what follows the first padding character. */
  private static void finish64(String raw, int after, int digits) throws GoError {
    if (digits < 2) {
      throw corrupt(64, after - 1);
    }
    int at = after;
    if (digits == 2) {
      at = skipNewlines(raw, at);
      if (at == raw.length()) {
        throw corrupt(64, at);
      }
      if (raw.charAt(at) != '=') {
        throw corrupt(64, at - 1);
      }
      at++;
    }
    at = skipNewlines(raw, at);
    if (at < raw.length()) {
      throw corrupt(64, at);
    }
  }

  private static int skipNewlines(String raw, int from) {
    int at = from;
    while (at < raw.length() && (raw.charAt(at) == '\n' || raw.charAt(at) == '\r')) {
      at++;
    }
    return at;
  }

  private static String decode32(String raw) throws GoError {
    String text = raw.replace("\n", "").replace("\r", "");
    StringBuilder out = new StringBuilder(text.length() / 8 * 5);
    int at = 0;
    boolean ended = false;
    while (at < text.length() && !ended) {
      long bits = 0;
      int digits = 0;
      while (digits < 8) {
        if (at == text.length()) {
          throw corrupt(32, at - digits);
        }
        char c = text.charAt(at++);
        int left = text.length() - at;
        if (c == '=' && digits >= 2 && left < 8) {
          checkPadding32(text, at, digits);
          ended = true;
          break;
        }
        int value = ALPHABET32.indexOf(c);
        if (value < 0) {
          throw corrupt(32, at - 1);
        }
        bits = bits << 5 | value;
        digits++;
      }
      bits <<= 5 * (8 - digits);
      int bytes = digits * 5 / 8;
      for (int i = 0; i < bytes; i++) {
        out.append((char) (bits >> (32 - 8 * i) & 0xFF));
      }
    }
    return out.toString();
  }

  private static void checkPadding32(String text, int at, int digits) throws GoError {
    int left = text.length() - at;
    if (left + digits < 7) {
      throw corrupt(32, text.length());
    }
    for (int i = 0; i < 7 - digits; i++) {
      if (left > i && text.charAt(at + i) != '=') {
        throw corrupt(32, at + i - 1);
      }
    }
    if (digits == 3 || digits == 6) {
      throw corrupt(32, at - 1);
    }
  }
}
