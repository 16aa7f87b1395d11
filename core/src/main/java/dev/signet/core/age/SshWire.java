package dev.signet.core.age;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Values as SSH writes them (RFC 4251, section 5): a string is its length in four bytes, then its
 * bytes.
 */
final class SshWire {

  static final String ED25519 = "ssh-ed25519";
  static final String RSA = "ssh-rsa";

  private static final int TAG = 4;

  private final ByteBuffer rest;

  SshWire(byte[] bytes) {
    this.rest = ByteBuffer.wrap(bytes);
  }

  byte[] string() throws AgeKeyException {
    if (rest.remaining() >= Integer.BYTES) {
      int length = rest.getInt();
      if (length >= 0 && length <= rest.remaining()) {
        byte[] bytes = new byte[length];
        rest.get(bytes);
        return bytes;
      }
    }
    throw new AgeKeyException("ssh: a value is cut off");
  }

  String text() throws AgeKeyException {
    return new String(string(), StandardCharsets.ISO_8859_1);
  }

  int number() throws AgeKeyException {
    if (rest.remaining() < Integer.BYTES) {
      throw new AgeKeyException("ssh: a value is cut off");
    }
    return rest.getInt();
  }

  boolean isAtEnd() {
    return !rest.hasRemaining();
  }

  static byte[] write(byte[]... strings) {
    int length = 0;
    for (byte[] each : strings) {
      length += Integer.BYTES + each.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (byte[] each : strings) {
      out.putInt(each.length).put(each);
    }
    return out.array();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** By which a stanza names a public key: four bytes of its hash. */
  static String tag(byte[] publicKey) {
    return StrictBase64.UNPADDED.text(Arrays.copyOf(Primitives.sha256(publicKey), TAG));
  }

  /** The public key of a line as in {@code authorized_keys}, with or without options before it. */
  static Optional<byte[]> authorizedKey(String line) {
    String[] words = line.strip().split("[ \t]+");
    for (int i = 0; i + 1 < words.length; i++) {
      String type = words[i];
      Optional<byte[]> key =
          StrictBase64.PADDED.decode(words[i + 1]).filter(bytes -> isOf(type, bytes));
      if (key.isPresent()) {
        return key;
      }
    }
    return Optional.empty();
  }

  private static boolean isOf(String type, byte[] key) {
    byte[] start = write(ascii(type));
    return key.length > start.length && Arrays.equals(start, Arrays.copyOf(key, start.length));
  }
}
