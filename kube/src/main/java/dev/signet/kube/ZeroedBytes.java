package dev.signet.kube;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that grow and leave nothing behind: what is outgrown is zeroed, and all of it when closed.
 * Not thread-safe.
 */
final class ZeroedBytes extends OutputStream {

  private byte[] bytes;
  private int size;

  ZeroedBytes(int capacity) {
    this.bytes = new byte[capacity];
  }

  @Override
  public void write(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
  }

  @Override
  public void write(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, size, count);
    size += count;
  }

  /** Takes the rest of the buffer over and zeroes it there, where it can be written. */
  void drain(ByteBuffer source) {
    int from = source.position();
    int count = source.remaining();
    reserve(count);
    source.get(bytes, size, count);
    size += count;
    if (source.hasArray()) {
      int start = source.arrayOffset() + from;
      Arrays.fill(source.array(), start, start + count, (byte) 0);
    }
  }

  int size() {
    return size;
  }

  /** An array of exactly these bytes, which is the caller's to zero. */
  byte[] exact() {
    return Arrays.copyOf(bytes, size);
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      byte[] larger =
          Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * size)));
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    size = 0;
  }
}
