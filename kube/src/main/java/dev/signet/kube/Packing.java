package dev.signet.kube;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Makes texts that are much alike small: raw DEFLATE, with the first text as the dictionary of all.
 * Objects of one kind shrink to a fifth and less, so that ten thousand of them leave the collector
 * room to work.
 *
 * <pre>
 * length of the text, 4 bytes, big-endian
 * the text, deflated
 * </pre>
 */
final class Packing {

  private static final int LENGTH = 4;
  private static final int DICTIONARY = 8 << 10;

  /** What DEFLATE may add to a short text; to a long one, less than a byte for each 256. */
  private static final int MARGIN = 64;

  private final Object lock = new Object();
  private @Nullable Deflater deflater;
  private @Nullable Inflater inflater;
  private byte @Nullable [] dictionary;

  byte[] pack(byte[] text) {
    synchronized (lock) {
      Deflater by = deflater;
      if (by == null) {
        by = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
        deflater = by;
      }
      by.reset();
      by.setDictionary(dictionary(text));
      by.setInput(text);
      by.finish();
      byte[] packed = new byte[LENGTH + text.length + (text.length >> 8) + MARGIN];
      for (int i = 0; i < LENGTH; i++) {
        packed[i] = (byte) (text.length >>> (Byte.SIZE * (LENGTH - 1 - i)));
      }
      int length = by.deflate(packed, LENGTH, packed.length - LENGTH);
      if (!by.finished()) {
        throw new IllegalStateException("a text of " + text.length + " bytes grew too much");
      }
      return Arrays.copyOf(packed, LENGTH + length);
    }
  }

  private byte[] dictionary(byte[] first) {
    byte[] known = dictionary;
    if (known == null) {
      known = Arrays.copyOf(first, Math.min(first.length, DICTIONARY));
      dictionary = known;
    }
    return known;
  }

  byte[] unpack(byte[] packed) {
    int length = 0;
    for (int i = 0; i < LENGTH; i++) {
      length = (length << Byte.SIZE) | (packed[i] & 0xFF);
    }
    byte[] text = new byte[length];
    synchronized (lock) {
      Inflater by = inflater;
      if (by == null) {
        by = new Inflater(/* nowrap= */ true);
        inflater = by;
      }
      by.reset();
      by.setDictionary(requireNonNull(dictionary));
      by.setInput(packed, LENGTH, packed.length - LENGTH);
      try {
        if (by.inflate(text) != length) {
          throw new IllegalStateException("a packed text is shorter than it says");
        }
      } catch (DataFormatException e) {
        throw new IllegalStateException("a packed text cannot be read", e);
      }
    }
    return text;
  }
}
