package dev.signet.core.age;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Reads a payload; see {@link Chunks}. */
final class PayloadInput extends InputStream {

  private static final String TOO_SHORT = "the payload ends before its last chunk";
  private static final String TOO_LONG = "there is data after the end of the payload";

  private final InputStream in;
  private final Chunks chunks;
  private final byte[] plain = new byte[Chunks.PLAIN];

  /** One byte more than a chunk: whether there is one says whether the chunk is the last. */
  private final byte[] sealed = new byte[Chunks.SEALED + 1];

  private int held;
  private int at;
  private int end;
  private boolean last;
  private String failure = "";

  PayloadInput(InputStream in, Chunks chunks) {
    this.in = in;
    this.chunks = chunks;
  }

  @Override
  public int read() throws IOException {
    return ready() ? plain[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!ready()) {
      return -1;
    }
    int count = Math.min(length, end - at);
    System.arraycopy(plain, at, into, offset, count);
    at += count;
    return count;
  }

  private boolean ready() throws IOException {
    if (at < end) {
      return true;
    }
    if (!failure.isEmpty()) {
      throw new AgeException(AgeException.Reason.PAYLOAD, failure);
    }
    if (!last) {
      next();
    }
    return at < end;
  }

  private void next() throws IOException {
    int length = held + in.readNBytes(sealed, held, sealed.length - held);
    boolean more = length > Chunks.SEALED;
    boolean first = chunks.atFirst();
    if (length == 0) {
      throw failed(TOO_SHORT);
    }
    int count = Math.min(length, Chunks.SEALED);
    last = !more;
    int size = chunks.open(sealed, count, last, plain);
    if (size < 0 && count == Chunks.SEALED) {
      // Genuine all the same, but not where it belongs; what it holds may go out before the error.
      size = chunks.open(sealed, count, !last, plain);
      if (size >= 0) {
        failure = more ? TOO_LONG : TOO_SHORT;
      }
    }
    if (size < 0) {
      throw failed("a chunk of the payload is damaged, or the file was cut off there");
    }
    if (size == 0 && !first) {
      throw failed("the last chunk of the payload is empty");
    }
    at = 0;
    end = size;
    chunks.advance();
    if (more) {
      sealed[0] = sealed[Chunks.SEALED];
      held = 1;
    }
  }

  private AgeException failed(String why) {
    failure = why;
    end = at;
    return new AgeException(AgeException.Reason.PAYLOAD, why);
  }

  @Override
  public int available() {
    return end - at;
  }

  @Override
  public void close() throws IOException {
    Chunks.zero(plain);
    at = end;
    in.close();
  }
}
