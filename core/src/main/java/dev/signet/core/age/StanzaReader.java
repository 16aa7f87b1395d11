package dev.signet.core.age;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Reads the lines and {@link Stanza stanzas} of a header, or of what a plugin says, and remembers
 * the bytes of them.
 */
final class StanzaReader {

  static final int COLUMNS = 64;

  private final InputStream in;
  private final String what;
  private final int limit;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  /**
   * @param what how messages call it
   * @param limit of bytes that are remembered
   */
  StanzaReader(InputStream in, String what, int limit) {
    this.in = in;
    this.what = what;
    this.limit = limit;
  }

  /** All that was read since the beginning, or since it was forgotten. */
  byte[] bytes() {
    return read.toByteArray();
  }

  void forget() {
    read.reset();
  }

  /** What follows the arrow in its first line, and then the lines of its body. */
  Stanza stanza(String line) throws IOException {
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
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw malformed(read.size() == 0 ? "the file is empty" : "it ends within its header");
      }
      read.write(next);
      line.append((char) next);
      if (read.size() > limit) {
        throw malformed("longer than " + limit + " bytes");
      }
    }
    read.write('\n');
    return line.toString();
  }

  AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed " + what + ": " + why);
  }
}
