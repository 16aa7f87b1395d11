package dev.signet.core.sealing;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Reads DER (X.690) from front to back: the few types that certificates and RSA keys are made of.
 *
 * <p>It exists because the JDK refuses certificates with an empty name, which is what the Sealed
 * Secrets controller issues, and because it starts in no time. It is strict: definite, minimal
 * lengths, one-byte tags, minimal integers. It copies only what is asked for, follows no nesting of
 * the input's choosing, and reads within the bounds of the element it was opened on; so its cost is
 * the input's length, which {@link Pem} bounds.
 */
final class Der {

  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;

  /** The context-specific constructed tag [{@code number}]. */
  static int explicit(int number) {
    return 0xa0 | number;
  }

  /** Bytes that are not what the caller said they must be. Carries nothing: the caller words it. */
  static final class MalformedDerException extends Exception {
    MalformedDerException() {
      super("malformed der", null, false, false);
    }
  }

  private final byte[] bytes;
  private final int end;
  private int at;

  Der(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private Der(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  boolean isAtEnd() {
    return at == end;
  }

  boolean nextIs(int tag) {
    return at < end && (bytes[at] & 0xff) == tag;
  }

  /** Steps over the next element, which must have that tag, and returns a reader of its content. */
  Der enter(int tag) throws MalformedDerException {
    if (end - at < 2 || !nextIs(tag)) {
      throw new MalformedDerException();
    }
    int start = at + 2;
    int length = bytes[at + 1] & 0xff;
    if (length >= 0x80) {
      int lengthBytes = length - 0x80;
      if (lengthBytes == 0 || lengthBytes > 4 || end - start < lengthBytes) {
        throw new MalformedDerException();
      }
      long value = 0;
      for (int i = 0; i < lengthBytes; i++) {
        value = (value << 8) | (bytes[start + i] & 0xff);
      }
      start += lengthBytes;
      if (value < 0x80 || value >> (8 * (lengthBytes - 1)) == 0 || value > end - start) {
        throw new MalformedDerException();
      }
      length = (int) value;
    } else if (length > end - start) {
      throw new MalformedDerException();
    }
    at = start + length;
    return new Der(bytes, start, at);
  }

  void skip(int tag) throws MalformedDerException {
    Der _ = enter(tag);
  }

  void skipIfNext(int tag) throws MalformedDerException {
    if (nextIs(tag)) {
      skip(tag);
    }
  }

  /** What is left, as a copy. */
  byte[] rest() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  byte[] octetString() throws MalformedDerException {
    return enter(OCTET_STRING).rest();
  }

  byte[] objectIdentifier() throws MalformedDerException {
    byte[] oid = enter(OBJECT_IDENTIFIER).rest();
    if (oid.length == 0) {
      throw new MalformedDerException();
    }
    return oid;
  }

  BigInteger integer() throws MalformedDerException {
    byte[] value = enter(INTEGER).rest();
    boolean minimal =
        value.length == 1
            || (value.length > 1
                && !(value[0] == 0 && value[1] >= 0)
                && !(value[0] == -1 && value[1] < 0));
    if (!minimal) {
      throw new MalformedDerException();
    }
    try {
      return new BigInteger(value);
    } finally {
      Arrays.fill(value, (byte) 0);
    }
  }

  /** The content of a BIT STRING of whole bytes. */
  Der wholeBytes() throws MalformedDerException {
    Der content = enter(BIT_STRING);
    if (content.isAtEnd() || content.bytes[content.at] != 0) {
      throw new MalformedDerException();
    }
    content.at++;
    return content;
  }

  /**
   * UTCTime {@code YYMMDDhhmm[ss]} or GeneralizedTime {@code YYYYMMDDhhmmss}, each with {@code Z}
   * or {@code +hhmm}. Two-digit years are those from 1950 to 2049 (RFC 5280 4.1.2.5.1).
   */
  Instant time() throws MalformedDerException {
    boolean utc = nextIs(UTC_TIME);
    Der digits = enter(utc ? UTC_TIME : GENERALIZED_TIME);
    int year = utc ? digits.digits(2) : digits.digits(4);
    if (utc) {
      year += year < 50 ? 2000 : 1900;
    }
    int month = digits.digits(2);
    int day = digits.digits(2);
    int hour = digits.digits(2);
    int minute = digits.digits(2);
    boolean minutesOnly = utc && (digits.nextIs('Z') || digits.nextIs('+') || digits.nextIs('-'));
    int second = minutesOnly ? 0 : digits.digits(2);
    try {
      LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second);
      Instant instant = local.toInstant(digits.offset());
      if (!digits.isAtEnd()) {
        throw new MalformedDerException();
      }
      return instant;
    } catch (DateTimeException e) {
      throw new MalformedDerException();
    }
  }

  private ZoneOffset offset() throws MalformedDerException {
    if (isAtEnd()) {
      throw new MalformedDerException();
    }
    return switch (bytes[at++]) {
      case 'Z' -> ZoneOffset.UTC;
      case '+' -> nonZero(ZoneOffset.ofHoursMinutes(digits(2), digits(2)));
      case '-' -> nonZero(ZoneOffset.ofHoursMinutes(-digits(2), -digits(2)));
      default -> throw new MalformedDerException();
    };
  }

  /** No offset is written {@code Z} and nothing else. */
  private static ZoneOffset nonZero(ZoneOffset offset) throws MalformedDerException {
    if (offset.getTotalSeconds() == 0) {
      throw new MalformedDerException();
    }
    return offset;
  }

  private int digits(int count) throws MalformedDerException {
    if (end - at < count) {
      throw new MalformedDerException();
    }
    int value = 0;
    for (int i = 0; i < count; i++) {
      int digit = bytes[at++] - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedDerException();
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
