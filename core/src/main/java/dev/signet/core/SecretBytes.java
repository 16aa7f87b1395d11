package dev.signet.core;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A secret value: bytes that can be zeroed, that compare in constant time and that never print
 * themselves.
 *
 * <p>The bytes are reached only through {@link #with}, so every place that sees a plain value can
 * be found by searching for that name. {@link #close} zeroes the bytes; reading afterwards is a bug
 * and throws. Copies that the garbage collector, the JCA or a library made stay behind:
 * docs/threat-model.md names them.
 *
 * <p>Not thread-safe: one delivery owns one copy.
 */
public final class SecretBytes implements AutoCloseable {

  /** Reads the bytes in place. The array is the live one: it must not be kept or changed. */
  @FunctionalInterface
  public interface Reader<T, X extends Exception> {
    T read(byte[] bytes) throws X;
  }

  private final byte[] bytes;
  private boolean closed;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Copies; the caller still owns, and zeroes, its own array. */
  public static SecretBytes copyOf(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** Takes the array over without copying: the caller must neither use nor keep it. */
  public static SecretBytes wrap(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  /**
   * The UTF-8 form of {@code text}, which the caller still owns; a lone surrogate becomes a
   * question mark.
   */
  public static SecretBytes ofText(CharBuffer text) {
    ByteBuffer encoded = ByteBuffer.allocate(Math.multiplyExact(text.remaining(), 3));
    StandardCharsets.UTF_8
        .newEncoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .encode(text.duplicate(), encoded, /* endOfInput= */ true);
    byte[] exact = Arrays.copyOf(encoded.array(), encoded.position());
    Arrays.fill(encoded.array(), (byte) 0);
    return wrap(exact);
  }

  /** Hands the live bytes to {@code reader} and returns what it makes of them. */
  public <T, X extends Exception> T with(Reader<T, X> reader) throws X {
    ensureOpen();
    return reader.read(bytes);
  }

  /** A copy with a life of its own. */
  public SecretBytes copy() {
    ensureOpen();
    return copyOf(bytes);
  }

  public int size() {
    ensureOpen();
    return bytes.length;
  }

  /** Compares the contents in a time that depends on the lengths only. */
  public boolean matches(SecretBytes other) {
    ensureOpen();
    other.ensureOpen();
    return MessageDigest.isEqual(bytes, other.bytes);
  }

  /** Zeroes the bytes. Closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    Arrays.fill(bytes, (byte) 0);
  }

  /** Says what it is, never what it holds nor how long it is. */
  @Override
  public String toString() {
    return closed ? "SecretBytes[closed]" : "SecretBytes[hidden]";
  }

  private void ensureOpen() {
    if (closed) {
      throw new IllegalStateException("secret bytes were read after they were closed");
    }
  }
}
