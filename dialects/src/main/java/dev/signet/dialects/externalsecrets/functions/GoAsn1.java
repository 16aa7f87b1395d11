package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;

/**
 * The complaints of Go's encoding/asn1 about the first element of an input that should be a
 * sequence: what users see who forgot {@code b64dec}, or gave PEM, or a file cut short.
 */
final class GoAsn1 {
  private static final String SYNTAX = "asn1: syntax error: ";
  private static final String STRUCTURE = "asn1: structure error: ";

  private final byte[] bytes;
  private int at;

  private GoAsn1(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Refuses bytes that do not start with a whole sequence.
   *
   * @param type the name of the Go type that is read
   */
  static void checkSequence(byte[] bytes, String type) throws GoError {
    new GoAsn1(bytes).sequence(type);
  }

  private void sequence(String type) throws GoError {
    if (bytes.length == 0) {
      throw new GoError(SYNTAX + "sequence truncated");
    }
    int first = next();
    int tag = first & 0x1F;
    if (tag == 0x1F) {
      tag = longTag();
      if (tag < 0x1F) {
        throw new GoError(SYNTAX + "non-minimal tag");
      }
    }
    int length = length();
    if (first != Der.SEQUENCE) {
      throw new GoError(
          "%stags don't match (16 vs {class:%d tag:%d length:%d isCompound:%b}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} %s @%d"
              .formatted(STRUCTURE, first >> 6, tag, length, (first & 0x20) != 0, type, at));
    }
    if (length > bytes.length - at) {
      throw new GoError(SYNTAX + "data truncated");
    }
  }

  private int next() {
    return bytes[at++] & 0xFF;
  }

  private int longTag() throws GoError {
    long tag = 0;
    for (int digits = 0; at < bytes.length; digits++) {
      if (digits == 5) {
        throw new GoError(STRUCTURE + "base 128 integer too large");
      }
      int b = next();
      if (digits == 0 && b == 0x80) {
        throw new GoError(SYNTAX + "integer is not minimally encoded");
      }
      tag = tag << 7 | (b & 0x7F);
      if (b < 0x80) {
        if (tag > Integer.MAX_VALUE) {
          throw new GoError(STRUCTURE + "base 128 integer too large");
        }
        return (int) tag;
      }
    }
    throw new GoError(SYNTAX + "truncated base 128 integer");
  }

  private int length() throws GoError {
    if (at >= bytes.length) {
      throw new GoError(SYNTAX + "truncated tag or length");
    }
    int first = next();
    if (first < 0x80) {
      return first;
    }
    if (first == 0x80) {
      throw new GoError(SYNTAX + "indefinite length found (not DER)");
    }
    int length = 0;
    for (int i = first & 0x7F; i > 0; i--) {
      if (at >= bytes.length) {
        throw new GoError(SYNTAX + "truncated tag or length");
      }
      int b = next();
      if (length >= 1 << 23) {
        throw new GoError(STRUCTURE + "length too large");
      }
      length = length << 8 | b;
      if (length == 0) {
        throw new GoError(STRUCTURE + "superfluous leading zeros in length");
      }
    }
    if (length < 0x80) {
      throw new GoError(STRUCTURE + "non-minimal length");
    }
    return length;
  }
}
