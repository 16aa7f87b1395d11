package dev.signet.delivery.directory;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * A growing buffer for secret content: the arrays it outgrows are zeroed, and so is the last one
 * when it closes.
 */
final class ZeroingOutput extends OutputStream {

  private byte[] buffer = new byte[8192];
  private int size;

  @Override
  public void write(int b) {
    ensure(1);
    buffer[size++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    ensure(length);
    System.arraycopy(bytes, offset, buffer, size, length);
    size += length;
  }

  private void ensure(int more) {
    if (more > buffer.length - size) {
      byte[] larger = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
      Arrays.fill(buffer, (byte) 0);
      buffer = larger;
    }
  }

  /** A copy of what was written; the caller zeroes it. */
  byte[] toByteArray() {
    return Arrays.copyOf(buffer, size);
  }

  @Override
  public void close() {
    Arrays.fill(buffer, (byte) 0);
  }
}
