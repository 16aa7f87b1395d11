package dev.signet.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.OptionalInt;

/**
 * Base64 as Go's {@code encoding/base64} reads it, which is what Kubernetes and its tools accept.
 *
 * <p>The JDK's decoder differs on both sides: it takes text without padding and refuses line
 * breaks. Here:
 *
 * <ul>
 *   <li>CR and LF are skipped wherever they stand, padding included; no other white space is.
 *   <li>{@link #STD} and {@link #URL} want their padding, {@link #RAW_STD} and {@link #RAW_URL}
 *       refuse it.
 *   <li>The unused low bits of the last character may be anything.
 *   <li>The offset of an error counts input bytes, skipped ones included: an illegal character is
 *       named by its own place; input that ends within a group, by its length less the characters
 *       the group has; input that ends after the first of two padding characters, by its length; a
 *       second padding character that is another, by the place before it.
 * </ul>
 *
 * <p>The output is at most three quarters of the input, so whoever bounds the input bounds this.
 */
public final class GoBase64 {

  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  private static final byte ILLEGAL = -1;
  private static final byte LINE_BREAK = -2;
  private static final byte PADDING = -3;

  public static final GoBase64 STD = new GoBase64("+/", true);
  public static final GoBase64 URL = new GoBase64("-_", true);
  public static final GoBase64 RAW_STD = new GoBase64("+/", false);
  public static final GoBase64 RAW_URL = new GoBase64("-_", false);

  private final boolean padded;
  private final byte[] meanings = new byte[256];
  private final Base64.Encoder encoder;

  private GoBase64(String lastTwo, boolean padded) {
    this.padded = padded;
    Arrays.fill(meanings, ILLEGAL);
    String alphabet = LETTERS_AND_DIGITS + lastTwo;
    for (int value = 0; value < alphabet.length(); value++) {
      meanings[alphabet.charAt(value)] = (byte) value;
    }
    meanings['\n'] = LINE_BREAK;
    meanings['\r'] = LINE_BREAK;
    if (padded) {
      meanings['='] = PADDING;
    }
    Base64.Encoder full = lastTwo.equals("+/") ? Base64.getEncoder() : Base64.getUrlEncoder();
    this.encoder = padded ? full : full.withoutPadding();
  }

  /** What a decoder got before it stopped. */
  public static final class Decoded {
    private final byte[] bytes;
    private final OptionalInt illegalAt;

    private Decoded(byte[] bytes, OptionalInt illegalAt) {
      this.bytes = bytes;
      this.illegalAt = illegalAt;
    }

    /** The bytes up to the error, all of them when there was none. The array is the caller's. */
    public byte[] bytes() {
      return bytes;
    }

    /** The offset of the error, if there was one. */
    public OptionalInt illegalAt() {
      return illegalAt;
    }
  }

  public byte[] decode(String text) throws IllegalBase64Exception {
    return decode(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] decode(byte[] text) throws IllegalBase64Exception {
    Decoded decoded = decodeAsFarAsPossible(text);
    if (decoded.illegalAt().isPresent()) {
      Arrays.fill(decoded.bytes(), (byte) 0);
      throw new IllegalBase64Exception(decoded.illegalAt().getAsInt());
    }
    return decoded.bytes();
  }

  /** Decodes and keeps what came before an error, as Go hands it out beside the error. */
  public Decoded decodeAsFarAsPossible(byte[] text) {
    return new Decoding(text).run();
  }

  public byte[] encode(byte[] bytes) {
    return encoder.encode(bytes);
  }

  public String encodeToString(byte[] bytes) {
    return encoder.encodeToString(bytes);
  }

  /** One pass over one text, in groups of four characters. */
  private final class Decoding {
    private final byte[] text;
    private final byte[] out;
    private int at;
    private int written;

    Decoding(byte[] text) {
      this.text = text;
      this.out = new byte[(int) (text.length * 6L / 8)];
    }

    Decoded run() {
      while (true) {
        decodeWholeGroups();
        int group = 0;
        int filled = 0;
        while (filled < 4) {
          if (at == text.length) {
            return end(group, filled);
          }
          byte meaning = meanings[text[at] & 0xff];
          if (meaning >= 0) {
            group = (group << 6) | meaning;
            filled++;
          } else if (meaning == PADDING) {
            return padding(group, filled);
          } else if (meaning == ILLEGAL) {
            return result(at);
          }
          at++;
        }
        write(group, 4);
      }
    }

    private void decodeWholeGroups() {
      while (text.length - at >= 4) {
        int a = meanings[text[at] & 0xff];
        int b = meanings[text[at + 1] & 0xff];
        int c = meanings[text[at + 2] & 0xff];
        int d = meanings[text[at + 3] & 0xff];
        if ((a | b | c | d) < 0) {
          return;
        }
        write((a << 18) | (b << 12) | (c << 6) | d, 4);
        at += 4;
      }
    }

    private Decoded end(int group, int filled) {
      if (filled == 0) {
        return result();
      }
      if (padded || filled == 1) {
        return result(text.length - filled);
      }
      write(group, filled);
      return result();
    }

    private Decoded padding(int group, int filled) {
      if (filled < 2) {
        return result(at);
      }
      at++;
      if (filled == 2) {
        skipLineBreaks();
        if (at == text.length) {
          return result(text.length);
        }
        if (text[at] != '=') {
          return result(at - 1);
        }
        at++;
      }
      skipLineBreaks();
      write(group, filled);
      return at == text.length ? result() : result(at);
    }

    private void skipLineBreaks() {
      while (at < text.length && meanings[text[at] & 0xff] == LINE_BREAK) {
        at++;
      }
    }

    /** Writes the whole bytes of a group of {@code filled} characters: one less than those. */
    private void write(int group, int filled) {
      int aligned = group << (6 * (4 - filled));
      for (int shift = 16; shift > 16 - 8 * (filled - 1); shift -= 8) {
        out[written++] = (byte) (aligned >> shift);
      }
    }

    private Decoded result() {
      return new Decoded(trimmed(), OptionalInt.empty());
    }

    private Decoded result(int illegalAt) {
      return new Decoded(trimmed(), OptionalInt.of(illegalAt));
    }

    private byte[] trimmed() {
      if (written == out.length) {
        return out;
      }
      byte[] exact = Arrays.copyOf(out, written);
      Arrays.fill(out, (byte) 0);
      return exact;
    }
  }
}
