package dev.signet.core.age;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Bech32 (BIP 173) without its limit of 90 characters, as age writes keys.
 *
 * <pre>
 * prefix | "1" | data in groups of 5 bits | checksum (6 characters)
 * </pre>
 *
 * <p>All letters are of one case; the last {@code 1} is the separator; the bits that fill the last
 * group are zero and fewer than five. Limit: {@value #MAX_TEXT} characters.
 */
final class Bech32 {

  static final int MAX_TEXT = 8192;

  private static final String CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM = 6;

  /** The bytes are the caller's, to zero if they are secret. */
  static final class Decoded {
    private final String prefix;
    private final byte[] bytes;

    private Decoded(String prefix, byte[] bytes) {
      this.prefix = prefix;
      this.bytes = bytes;
    }

    /** In the case of the text. */
    String prefix() {
      return prefix;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private Bech32() {}

  /** In the case of the prefix. */
  static byte[] encode(String prefix, byte[] data) {
    String lower = prefix.toLowerCase(Locale.ROOT);
    byte[] groups = toGroups(data);
    byte[] sum = new byte[CHECKSUM];
    int value = polymod(lower, groups, sum) ^ 1;
    for (int i = 0; i < CHECKSUM; i++) {
      sum[i] = (byte) ((value >>> (5 * (CHECKSUM - 1 - i))) & 31);
    }
    byte[] text = new byte[prefix.length() + 1 + groups.length + CHECKSUM];
    int at = 0;
    for (int i = 0; i < prefix.length(); i++) {
      text[at++] = (byte) prefix.charAt(i);
    }
    text[at++] = '1';
    boolean upper = !prefix.equals(lower);
    for (byte group : groups) {
      text[at++] = character(group, upper);
    }
    for (byte group : sum) {
      text[at++] = character(group, upper);
    }
    Arrays.fill(groups, (byte) 0);
    return text;
  }

  private static byte character(byte group, boolean upper) {
    char lower = CHARACTERS.charAt(group);
    return (byte) (upper ? Character.toUpperCase(lower) : lower);
  }

  /** The message of a failure says nothing of the text but places in it. */
  static Decoded decode(byte[] text) throws AgeKeyException {
    if (text.length > MAX_TEXT) {
      throw new AgeKeyException("longer than " + MAX_TEXT + " characters");
    }
    boolean lower = false;
    boolean upper = false;
    int separator = -1;
    for (int i = 0; i < text.length; i++) {
      if (text[i] < 33 || text[i] > 126) {
        throw new AgeKeyException("invalid character at " + i);
      }
      lower |= text[i] >= 'a' && text[i] <= 'z';
      upper |= text[i] >= 'A' && text[i] <= 'Z';
      if (text[i] == '1') {
        separator = i;
      }
    }
    if (lower && upper) {
      throw new AgeKeyException("mixed case");
    }
    if (separator < 1 || separator + CHECKSUM >= text.length) {
      throw new AgeKeyException("separator '1' at an invalid place");
    }
    byte[] groups = new byte[text.length - separator - 1];
    try {
      for (int i = 0; i < groups.length; i++) {
        char character = Character.toLowerCase((char) text[separator + 1 + i]);
        int group = CHARACTERS.indexOf(character);
        if (group < 0) {
          throw new AgeKeyException("invalid character at " + (separator + 1 + i));
        }
        groups[i] = (byte) group;
      }
      String prefix = new String(text, 0, separator, StandardCharsets.US_ASCII);
      if (polymod(prefix.toLowerCase(Locale.ROOT), groups, new byte[0]) != 1) {
        throw new AgeKeyException("invalid checksum");
      }
      return new Decoded(prefix, toBytes(groups, groups.length - CHECKSUM));
    } finally {
      Arrays.fill(groups, (byte) 0);
    }
  }

  private static int polymod(String prefix, byte[] first, byte[] second) {
    int value = 1;
    for (int i = 0; i < prefix.length(); i++) {
      value = step(value, prefix.charAt(i) >>> 5);
    }
    value = step(value, 0);
    for (int i = 0; i < prefix.length(); i++) {
      value = step(value, prefix.charAt(i) & 31);
    }
    for (byte group : first) {
      value = step(value, group);
    }
    for (byte group : second) {
      value = step(value, group);
    }
    return value;
  }

  private static int step(int value, int group) {
    int top = value >>> 25;
    int next = ((value & 0x1ffffff) << 5) ^ group;
    for (int i = 0; i < GENERATOR.length; i++) {
      if (((top >>> i) & 1) != 0) {
        next ^= GENERATOR[i];
      }
    }
    return next;
  }

  private static byte[] toGroups(byte[] bytes) {
    byte[] groups = new byte[(bytes.length * 8 + 4) / 5];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (byte each : bytes) {
      held = ((held << 8) | (each & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        groups[at++] = (byte) ((held >>> bits) & 31);
      }
    }
    if (bits > 0) {
      groups[at] = (byte) ((held << (5 - bits)) & 31);
    }
    return groups;
  }

  private static byte[] toBytes(byte[] groups, int count) throws AgeKeyException {
    byte[] bytes = new byte[count * 5 / 8];
    int bits = 0;
    int held = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      held = ((held << 5) | groups[i]) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (byte) (held >>> bits);
      }
    }
    if (bits >= 5 || (held & ((1 << bits) - 1)) != 0) {
      Arrays.fill(bytes, (byte) 0);
      throw new AgeKeyException("invalid padding");
    }
    return bytes;
  }

  /** The text of a public key. */
  static String text(String prefix, byte[] data) {
    return new String(encode(prefix, data), StandardCharsets.US_ASCII);
  }
}
