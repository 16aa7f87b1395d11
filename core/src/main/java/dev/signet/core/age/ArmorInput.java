package dev.signet.core.age;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads an age file from a text.
 *
 * <pre>
 * -----BEGIN AGE ENCRYPTED FILE-----
 * padded Base64, 64 characters a line, the last line may be shorter
 * -----END AGE ENCRYPTED FILE-----
 * </pre>
 *
 * <p>Lines end in LF or CR LF. Up to {@value #MAX_SPACE} bytes of white space may stand before and
 * after; nothing else is left to choose.
 */
final class ArmorInput extends InputStream {

  static final String BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----";
  static final String END = "-----END AGE ENCRYPTED FILE-----";
  static final int COLUMNS = 64;
  static final int LINE = 48;

  private static final int MAX_SPACE = 1024;

  private final InputStream in;
  private byte[] bytes = new byte[0];
  private int at;
  private boolean begun;
  private boolean shortLine;
  private boolean ended;
  private String failure = "";

  ArmorInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    return ready() ? bytes[at++] & 0xff : -1;
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
    int count = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, into, offset, count);
    at += count;
    return count;
  }

  private boolean ready() throws IOException {
    if (!failure.isEmpty()) {
      throw new AgeException(AgeException.Reason.ARMOR, failure);
    }
    if (!begun) {
      begin();
      begun = true;
    }
    while (at == bytes.length && !ended) {
      next();
    }
    return at < bytes.length;
  }

  private void begin() throws IOException {
    int space = 0;
    String line = line();
    while (isBlank(line)) {
      space += line.length() + 1;
      if (space > MAX_SPACE) {
        throw failed("too much white space before it");
      }
      line = line();
    }
    if (!line.equals(BEGIN)) {
      throw failed("it does not begin with " + BEGIN);
    }
  }

  private void next() throws IOException {
    String line = line();
    if (line.equals(END)) {
      end();
      return;
    }
    if (shortLine) {
      throw failed("a short line is not the last");
    }
    if (line.isEmpty() || line.length() > COLUMNS) {
      throw failed("an empty or too long line");
    }
    bytes = StrictBase64.PADDED.decode(line).orElseThrow(() -> failed("malformed base64"));
    at = 0;
    shortLine = bytes.length < LINE;
  }

  private void end() throws IOException {
    ended = true;
    byte[] rest = in.readNBytes(MAX_SPACE + 1);
    if (rest.length > MAX_SPACE || !isBlank(new String(rest, StandardCharsets.ISO_8859_1))) {
      throw failed("there is something after its end");
    }
  }

  private static boolean isBlank(String text) {
    return text.chars().allMatch(ArmorInput::isSpace);
  }

  static boolean isSpace(int character) {
    return character == ' ' || (character >= '\t' && character <= '\r');
  }

  /** Without its end; each byte is a character. */
  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      throw failed("it ends before " + END);
    }
    while (next >= 0 && next != '\n') {
      line.write(next);
      if (line.size() > MAX_SPACE) {
        throw failed("a line is too long");
      }
      next = in.read();
    }
    byte[] text = line.toByteArray();
    boolean carriageReturn = next == '\n' && text.length > 0 && text[text.length - 1] == '\r';
    return new String(
        carriageReturn ? Arrays.copyOf(text, text.length - 1) : text, StandardCharsets.ISO_8859_1);
  }

  private AgeException failed(String why) {
    failure = "malformed armor: " + why;
    return new AgeException(AgeException.Reason.ARMOR, failure);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
