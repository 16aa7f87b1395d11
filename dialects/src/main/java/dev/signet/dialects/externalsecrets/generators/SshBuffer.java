package dev.signet.dialects.externalsecrets.generators;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes in SSH's encoding (RFC 4251, section 5); what it outgrows is zeroed. */
final class SshBuffer {

  private byte[] bytes = new byte[256];
  private int size;

  SshBuffer raw(byte[] more) {
    if (size + more.length > bytes.length) {
      byte[] before = bytes;
      bytes = Arrays.copyOf(before, Math.max(before.length * 2, size + more.length));
      Arrays.fill(before, (byte) 0);
    }
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
    return this;
  }

  SshBuffer number(int value) {
    return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
  }

  SshBuffer string(byte[] value) {
    return number(value.length).raw(value);
  }

  SshBuffer text(String value) {
    return string(value.getBytes(StandardCharsets.UTF_8));
  }

  SshBuffer integer(BigInteger value) {
    return string(value.toByteArray());
  }

  /** The number, big-endian and without sign, in that many bytes. */
  static byte[] fixed(BigInteger value, int width) {
    byte[] number = value.toByteArray();
    byte[] fixed = new byte[width];
    int from = Math.max(0, number.length - width);
    int length = number.length - from;
    System.arraycopy(number, from, fixed, width - length, length);
    return fixed;
  }

  int size() {
    return size;
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  void clear() {
    Arrays.fill(bytes, (byte) 0);
    size = 0;
  }
}
