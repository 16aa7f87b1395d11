package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Reads DER, element by element, and writes it. Lengths must be minimal and definite (ITU-T X.690
 * section 10), tags of one byte: what X.509, PKCS#8 and PKCS#12 use. Nothing is copied while
 * reading down, so nesting costs nothing. What does not fit is a {@link GoError} with the words
 * that the caller gave this reader.
 */
final class Der {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int BMP_STRING = 0x1E;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private final byte[] bytes;
  private int at;
  private final int end;
  private final Supplier<String> problem;

  private Der(byte[] bytes, int at, int end, Supplier<String> problem) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.problem = problem;
  }

  /** Reads these bytes; {@code problem} is what errors say. */
  static Der of(byte[] bytes, String problem) {
    return new Der(bytes, 0, bytes.length, () -> problem);
  }

  /** The same place with another text for errors. */
  Der saying(String other) {
    return new Der(bytes, at, end, () -> other);
  }

  boolean isEmpty() {
    return at == end;
  }

  /** The tag of the next element; -1 at the end. */
  int tag() {
    return at < end ? bytes[at] & 0xFF : -1;
  }

  /** The contents of the next element, which has to have this tag. */
  Der read(int tag) throws GoError {
    int contents = header(tag);
    Der inner = new Der(bytes, contents, at, problem);
    return inner;
  }

  /** The contents of the next element, whatever it is. */
  Der readAny() throws GoError {
    return read(tag());
  }

  /** The next element with its tag and length. */
  Der element(int tag) throws GoError {
    int start = at;
    header(tag);
    return new Der(bytes, start, at, problem);
  }

  void skip(int tag) throws GoError {
    header(tag);
  }

  /** Whether an element with this tag was there; it is behind us then. */
  boolean skipOptional(int tag) throws GoError {
    if (tag() != tag) {
      return false;
    }
    header(tag);
    return true;
  }

  /** Moves behind the next element and returns where its contents start. */
  private int header(int tag) throws GoError {
    if (at >= end || (bytes[at] & 0xFF) != tag || (tag & 0x1F) == 0x1F || at + 1 >= end) {
      throw malformed();
    }
    int contents = at + 2;
    int length = bytes[at + 1] & 0xFF;
    if (length >= 0x80) {
      int count = length & 0x7F;
      if (count == 0 || count > 4 || contents + count > end) {
        throw malformed();
      }
      long value = 0;
      for (int i = 0; i < count; i++) {
        value = value << 8 | (bytes[contents + i] & 0xFF);
      }
      if (value < 0x80 || value >> (8 * (count - 1)) == 0 || value > Integer.MAX_VALUE) {
        throw malformed();
      }
      length = (int) value;
      contents += count;
    }
    if (length > end - contents) {
      throw malformed();
    }
    at = contents + length;
    return contents;
  }

  GoError malformed() {
    return new GoError(problem.get());
  }

  /** What is left, as a copy. */
  byte[] bytes() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  int size() {
    return end - at;
  }

  BigInteger integer() throws GoError {
    Der contents = read(INTEGER);
    int size = contents.size();
    if (size == 0) {
      throw malformed();
    }
    if (size > 1) {
      byte first = bytes[contents.at];
      boolean negative = bytes[contents.at + 1] < 0;
      if ((first == 0 && !negative) || (first == -1 && negative)) {
        throw malformed();
      }
    }
    return new BigInteger(bytes, contents.at, size);
  }

  /** An integer that Go reads into an {@code int}. */
  long smallInteger() throws GoError {
    BigInteger value = integer();
    if (value.bitLength() > 63) {
      throw malformed();
    }
    return value.longValue();
  }

  byte[] octets() throws GoError {
    return read(OCTET_STRING).bytes();
  }

  /** A bit string of whole bytes. */
  byte[] bits() throws GoError {
    Der contents = read(BIT_STRING);
    if (contents.size() == 0 || bytes[contents.at] != 0) {
      throw malformed();
    }
    contents.at++;
    return contents.bytes();
  }

  /** An object identifier, with dots. */
  String identifier() throws GoError {
    Der contents = read(OBJECT_IDENTIFIER);
    if (contents.size() == 0) {
      throw malformed();
    }
    StringBuilder text = new StringBuilder();
    long arc = 0;
    int digits = 0;
    for (int i = contents.at; i < contents.end; i++) {
      int b = bytes[i] & 0xFF;
      if (digits++ == 0 && b == 0x80) {
        throw malformed();
      }
      arc = arc << 7 | (b & 0x7F);
      if (arc > Integer.MAX_VALUE) {
        throw malformed();
      }
      if (b < 0x80) {
        if (text.isEmpty()) {
          long first = Math.min(arc / 40, 2);
          text.append(first).append('.').append(arc - 40 * first);
        } else {
          text.append('.').append(arc);
        }
        arc = 0;
        digits = 0;
      }
    }
    if (digits != 0) {
      throw malformed();
    }
    return text.toString();
  }

  static byte[] write(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int count = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | count);
      for (int i = count - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }

  static byte[] writeInteger(BigInteger value) {
    return write(INTEGER, value.toByteArray());
  }

  static byte[] writeInteger(long value) {
    return writeInteger(BigInteger.valueOf(value));
  }

  static byte[] writeBits(byte[] bytes) {
    return write(BIT_STRING, new byte[1], bytes);
  }

  static byte[] writeNull() {
    return write(NULL);
  }

  static byte[] writeIdentifier(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream(dotted.length());
    writeArc(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      writeArc(out, Long.parseLong(arcs[i]));
    }
    return write(OBJECT_IDENTIFIER, out.toByteArray());
  }

  private static void writeArc(ByteArrayOutputStream out, long arc) {
    int shift = 0;
    while (arc >> (shift + 7) != 0) {
      shift += 7;
    }
    for (; shift > 0; shift -= 7) {
      out.write((int) (arc >> shift & 0x7F) | 0x80);
    }
    out.write((int) (arc & 0x7F));
  }
}
