package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What stands before the payload of an age file (c2sp.org/age).
 *
 * <pre>
 * age-encryption.org/v1
 * -> ...                  one stanza or more
 * --- MAC                 Base64 without padding, of HMAC-SHA-256 over all up to the last dash
 * </pre>
 *
 * <p>Every line ends in a line feed, arguments are visible ASCII between single spaces, all Base64
 * is canonical: a header has one form. Stanzas of unknown types are passed over; the MAC covers
 * them. A stanza for a passphrase stands alone, for whoever knows the passphrase of a file may rely
 * on nobody else having written it.
 *
 * <p>Limit: {@value #MAX} bytes, room for some seven hundred post-quantum recipients.
 */
final class Header {

  static final int MAX = 1 << 20;

  private static final String VERSION = "age-encryption.org/v1";
  private static final int MAC = 32;

  private final List<Stanza> stanzas;
  private final byte[] authenticated;
  private final byte[] mac;

  private Header(List<Stanza> stanzas, byte[] authenticated, byte[] mac) {
    this.stanzas = stanzas;
    this.authenticated = authenticated;
    this.mac = mac;
  }

  List<Stanza> stanzas() {
    return stanzas;
  }

  /** Reads up to the payload and not a byte further. */
  static Header read(InputStream in) throws IOException {
    return header(new StanzaReader(in, "age header", MAX));
  }

  /** The header with these stanzas, ready to be written. */
  static byte[] write(List<Stanza> stanzas, SecretBytes fileKey) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    line(out, VERSION);
    stanzas.forEach(stanza -> stanza.write(out));
    out.writeBytes("---".getBytes(StandardCharsets.US_ASCII));
    byte[] mac = mac(fileKey, out.toByteArray());
    line(out, " " + StrictBase64.UNPADDED.text(mac));
    return out.toByteArray();
  }

  private static void line(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    out.write('\n');
  }

  private static byte[] mac(SecretBytes fileKey, byte[] authenticated) {
    try (SecretBytes key = FileKey.macKey(fileKey)) {
      return key.with(bytes -> Primitives.hmac(bytes, authenticated));
    }
  }

  /** Whether it was written by somebody who knew that file key. */
  boolean isGenuine(SecretBytes fileKey) {
    return MessageDigest.isEqual(mac, mac(fileKey, authenticated));
  }

  private static Header header(StanzaReader reader) throws IOException {
    if (!reader.line().equals(VERSION)) {
      throw reader.malformed("it does not begin with " + VERSION);
    }
    List<Stanza> stanzas = new ArrayList<>();
    String line = reader.line();
    while (line.startsWith(Stanza.ARROW)) {
      stanzas.add(reader.stanza(line.substring(Stanza.ARROW.length())));
      line = reader.line();
    }
    if (stanzas.isEmpty()) {
      throw reader.malformed("it has no recipient");
    }
    if (!line.startsWith("--- ")) {
      throw reader.malformed("neither a stanza nor the closing line where one of them must be");
    }
    byte[] mac =
        StrictBase64.UNPADDED
            .decode(line.substring(4))
            .filter(bytes -> bytes.length == MAC)
            .orElseThrow(() -> reader.malformed("malformed closing line"));
    boolean passphrase = stanzas.stream().anyMatch(each -> each.type().equals(Scrypt.STANZA));
    if (passphrase && stanzas.size() > 1) {
      throw reader.malformed("a passphrase is not the only recipient");
    }
    byte[] bytes = reader.bytes();
    int covered = bytes.length - line.length() - 1 + "---".length();
    return new Header(List.copyOf(stanzas), Arrays.copyOf(bytes, covered), mac);
  }
}
