package dev.signet.core.age;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** Writes a payload; closing it writes the last chunk. See {@link Chunks}. */
final class PayloadOutput extends OutputStream {

  private final OutputStream out;
  private final Chunks chunks;
  private final byte[] plain = new byte[Chunks.PLAIN];
  private final byte[] sealed = new byte[Chunks.SEALED];
  private int held;
  private boolean closed;

  PayloadOutput(OutputStream out, Chunks chunks) {
    this.out = out;
    this.chunks = chunks;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    if (closed) {
      throw new IOException("this age file has been ended");
    }
    int at = offset;
    int left = length;
    while (left > 0) {
      if (held == plain.length) {
        // Only now is it known that this chunk is not the last.
        seal(/* last= */ false);
      }
      int count = Math.min(left, plain.length - held);
      System.arraycopy(from, at, plain, held, count);
      held += count;
      at += count;
      left -= count;
    }
  }

  private void seal(boolean last) throws IOException {
    int length = chunks.seal(plain, held, last, sealed);
    chunks.advance();
    held = 0;
    out.write(sealed, 0, length);
  }

  /** Writes nothing: a chunk is written when it is full. */
  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (out) {
        seal(/* last= */ true);
      } finally {
        Chunks.zero(plain);
      }
    }
  }
}
