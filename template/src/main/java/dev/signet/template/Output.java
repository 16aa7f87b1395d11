package dev.signet.template;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes rendered so far, up to a limit. */
final class Output {
  private final long limit;
  private final @Nullable String mask;
  private byte[] bytes = new byte[512];
  private int size;

  Output(long limit) {
    this(limit, null);
  }

  /**
   * @param mask written instead of everything that an action prints; null to write it as it is
   */
  Output(long limit, @Nullable String mask) {
    this.limit = limit;
    this.mask = mask;
  }

  /** Writes what an action printed, or its mask. */
  void print(String raw) {
    write(mask == null ? raw : mask);
  }

  void write(String raw) {
    int length = raw.length();
    if (size + (long) length > Math.min(limit, Integer.MAX_VALUE - 16)) {
      throw new LimitExceeded(Limits.Name.OUTPUT, limit + " bytes");
    }
    if (size + length > bytes.length) {
      byte[] old = bytes;
      bytes =
          Arrays.copyOf(
              old,
              (int)
                  Math.min(
                      Math.max(old.length * 2L, size + (long) length), Integer.MAX_VALUE - 16));
      Arrays.fill(old, (byte) 0);
    }
    if (length < 64) {
      for (int i = 0; i < length; i++) {
        bytes[size + i] = (byte) raw.charAt(i);
      }
    } else {
      System.arraycopy(raw.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, size, length);
    }
    size += length;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  /** Overwrites what was rendered: it may be a secret. */
  void clear() {
    Arrays.fill(bytes, (byte) 0);
    size = 0;
  }
}
