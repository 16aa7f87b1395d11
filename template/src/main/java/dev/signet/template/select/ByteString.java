package dev.signet.template.select;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable range of bytes, usually UTF-8: what a string is in Go. Comparison is by unsigned
 * byte. A range shares its bytes with what it was cut from, so results of a selector cost nothing
 * until {@link #toBytes}.
 *
 * <p>{@link #toString} shows nothing, because the bytes may be a secret; ask for {@link #text}.
 */
public final class ByteString implements Comparable<ByteString> {
  static final ByteString EMPTY = new ByteString(new byte[0], 0, 0);

  private final byte[] data;
  private final int from;
  private final int to;

  private ByteString(byte[] data, int from, int to) {
    this.data = data;
    this.from = from;
    this.to = to;
  }

  public static ByteString copyOf(byte[] bytes) {
    return new ByteString(bytes.clone(), 0, bytes.length);
  }

  public static ByteString of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ByteString(bytes, 0, bytes.length);
  }

  /** The caller hands over the array and does not change it while the result is in use. */
  static ByteString wrap(byte[] bytes) {
    return new ByteString(bytes, 0, bytes.length);
  }

  static ByteString wrap(byte[] bytes, int length) {
    return new ByteString(bytes, 0, length);
  }

  public int length() {
    return to - from;
  }

  public boolean isEmpty() {
    return to == from;
  }

  public byte[] toBytes() {
    return Arrays.copyOfRange(data, from, to);
  }

  /** The bytes as UTF-8; what is not UTF-8 becomes U+FFFD. */
  public String text() {
    return new String(data, from, length(), StandardCharsets.UTF_8);
  }

  /** The byte at an index, 0 to 255. */
  int at(int index) {
    return data[from + index] & 0xFF;
  }

  /** Whether the byte at an index exists and is this one. */
  boolean is(int index, char expected) {
    return index >= 0 && index < length() && at(index) == expected;
  }

  ByteString slice(int start) {
    return new ByteString(data, from + start, to);
  }

  ByteString slice(int start, int end) {
    return new ByteString(data, from + start, from + end);
  }

  boolean startsWith(ByteString prefix) {
    return length() >= prefix.length() && slice(0, prefix.length()).equals(prefix);
  }

  boolean endsWith(ByteString suffix) {
    return length() >= suffix.length() && slice(length() - suffix.length()).equals(suffix);
  }

  /** Whether the other one occurs in this one; every byte compared is a step. */
  boolean contains(ByteString other, Budget budget) throws SelectorException {
    for (int i = from; i + other.length() <= to; i++) {
      int same = Arrays.mismatch(data, i, i + other.length(), other.data, other.from, other.to);
      if (same < 0) {
        return true;
      }
      budget.steps(same + 1L);
    }
    return false;
  }

  int indexOf(char wanted) {
    for (int i = 0; i < length(); i++) {
      if (at(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  /** Without bytes up to the space character at both ends. */
  ByteString trim() {
    int start = 0;
    int end = length();
    while (start < end && at(start) <= ' ') {
      start++;
    }
    while (end > start && at(end - 1) <= ' ') {
      end--;
    }
    return slice(start, end);
  }

  void copyTo(byte[] target, int position) {
    System.arraycopy(data, from, target, position, length());
  }

  /**
   * The code point that starts at an index, as Go decodes it: what is not UTF-8 is U+FFFD and one
   * byte wide.
   *
   * @return the code point in the low 32 bits, its width in the high 32 bits
   */
  long rune(int index) {
    int first = at(index);
    if (first < 0x80) {
      return rune(first, 1);
    }
    int width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || index + width > length()) {
      return rune(0xFFFD, 1);
    }
    int value = first & (0xFF >> (width + 1));
    for (int i = 1; i < width; i++) {
      int next = at(index + i);
      if ((next & 0xC0) != 0x80) {
        return rune(0xFFFD, 1);
      }
      value = value << 6 | (next & 0x3F);
    }
    boolean overlong = value < (width == 4 ? 0x10000 : width == 3 ? 0x800 : 0x80);
    boolean surrogate = value >= 0xD800 && value <= 0xDFFF;
    return overlong || surrogate || value > 0x10FFFF ? rune(0xFFFD, 1) : rune(value, width);
  }

  private static long rune(int value, int width) {
    return (long) width << 32 | value;
  }

  static int valueOf(long rune) {
    return (int) rune;
  }

  static int widthOf(long rune) {
    return (int) (rune >>> 32);
  }

  @Override
  public int compareTo(ByteString other) {
    return Arrays.compareUnsigned(data, from, to, other.data, other.from, other.to);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that
        && Arrays.equals(data, from, to, that.data, that.from, that.to);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + data[i];
    }
    return hash;
  }

  @Override
  public String toString() {
    return "ByteString[not shown]";
  }
}
