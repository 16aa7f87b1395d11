package dev.signet.template.select;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects output and charges every byte to a {@link Budget}. */
final class ByteSink {
  private final Budget budget;
  private byte[] data = new byte[64];
  private int length;

  ByteSink(Budget budget) {
    this.budget = budget;
  }

  int length() {
    return length;
  }

  int last() {
    return data[length - 1] & 0xFF;
  }

  void setLast(char value) {
    data[length - 1] = (byte) value;
  }

  void truncate(int newLength) {
    length = newLength;
  }

  ByteSink add(int value) throws SelectorException {
    reserve(1);
    data[length++] = (byte) value;
    return this;
  }

  ByteSink add(ByteString bytes) throws SelectorException {
    reserve(bytes.length());
    bytes.copyTo(data, length);
    length += bytes.length();
    return this;
  }

  /** Adds ASCII text. */
  ByteSink add(String text) throws SelectorException {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      data[length++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** Adds a code point as UTF-8; what is none becomes U+FFFD. */
  ByteSink addRune(int codePoint) throws SelectorException {
    boolean valid =
        Character.isValidCodePoint(codePoint)
            && !(codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    String text = Character.toString(valid ? codePoint : 0xFFFD);
    return add(ByteString.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  ByteString slice(int start, int end) {
    return ByteString.wrap(Arrays.copyOfRange(data, start, end));
  }

  ByteString toByteString() {
    return ByteString.wrap(data, length);
  }

  byte[] toBytes() {
    return Arrays.copyOf(data, length);
  }

  private void reserve(int extra) throws SelectorException {
    budget.output(extra);
    if (length + extra > data.length) {
      byte[] grown = Arrays.copyOf(data, Math.max(length + extra, data.length * 2));
      Arrays.fill(data, (byte) 0);
      data = grown;
    }
  }
}
