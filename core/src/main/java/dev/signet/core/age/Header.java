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
  private static final int COLUMNS = 64;
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
    return new Reader(in).header();
  }

  /** The header with these stanzas, ready to be written. */
  static byte[] write(List<Stanza> stanzas, SecretBytes fileKey) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    line(out, VERSION);
    for (Stanza stanza : stanzas) {
      StringBuilder first = new StringBuilder("-> ").append(stanza.type());
      stanza.arguments().forEach(argument -> first.append(' ').append(argument));
      line(out, first.toString());
      String body = StrictBase64.UNPADDED.text(stanza.body());
      int at = 0;
      for (; body.length() - at >= COLUMNS; at += COLUMNS) {
        line(out, body.substring(at, at + COLUMNS));
      }
      line(out, body.substring(at));
    }
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

  private static final class Reader {

    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    Reader(InputStream in) {
      this.in = in;
    }

    Header header() throws IOException {
      String version = line();
      if (!version.equals(VERSION)) {
        throw malformed("it does not begin with " + VERSION);
      }
      List<Stanza> stanzas = new ArrayList<>();
      String line = line();
      while (line.startsWith("-> ")) {
        stanzas.add(stanza(line.substring(3)));
        line = line();
      }
      if (stanzas.isEmpty()) {
        throw malformed("it has no recipient");
      }
      if (!line.startsWith("--- ")) {
        throw malformed("neither a stanza nor the closing line where one of them must be");
      }
      byte[] mac =
          StrictBase64.UNPADDED
              .decode(line.substring(4))
              .filter(bytes -> bytes.length == MAC)
              .orElseThrow(() -> malformed("malformed closing line"));
      boolean passphrase = stanzas.stream().anyMatch(each -> each.type().equals(Scrypt.STANZA));
      if (passphrase && stanzas.size() > 1) {
        throw malformed("a passphrase is not the only recipient");
      }
      byte[] bytes = read.toByteArray();
      int covered = bytes.length - line.length() - 1 + "---".length();
      return new Header(List.copyOf(stanzas), Arrays.copyOf(bytes, covered), mac);
    }

    private Stanza stanza(String line) throws IOException {
      List<String> words = List.of(line.split(" ", -1));
      for (String word : words) {
        if (word.isEmpty() || !word.chars().allMatch(each -> each >= 0x21 && each <= 0x7e)) {
          throw malformed("malformed stanza");
        }
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      String text;
      do {
        text = line();
        if (text.length() > COLUMNS) {
          throw malformed("a line of a stanza is too long");
        }
        body.writeBytes(
            StrictBase64.UNPADDED
                .decode(text)
                .orElseThrow(() -> malformed("malformed body of a stanza")));
      } while (text.length() == COLUMNS);
      return new Stanza(words.getFirst(), words.subList(1, words.size()), body.toByteArray());
    }

    /** Without its end; each byte is a character. */
    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw malformed(read.size() == 0 ? "the file is empty" : "it ends within its header");
        }
        read.write(next);
        line.append((char) next);
        if (read.size() > MAX) {
          throw malformed("longer than " + MAX + " bytes");
        }
      }
      read.write('\n');
      return line.toString();
    }
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed age header: " + why);
  }
}
