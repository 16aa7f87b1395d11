package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.core.GoBase64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * PEM (RFC 7468 and its forebears) as Go's {@code encoding/pem} reads and writes it.
 *
 * <pre>
 * -----BEGIN type-----
 * Name: value              headers, as long as lines have a colon
 * Base64, padded           spaces, tabs and line breaks are ignored
 * -----END type-----
 * </pre>
 *
 * <p>Both marks start a line; spaces and tabs may follow them. What stands between blocks, and what
 * looks like a block but is none, is passed over, so one bad block does not hide the next. An END
 * mark belongs to the last BEGIN mark before it. Reading takes one pass; the text may have {@value
 * #MAX_TEXT} bytes, room for some hundred keys.
 */
final class Pem {

  static final int MAX_TEXT = 1 << 20;

  private static final byte[] BEGIN = "-----BEGIN ".getBytes(US_ASCII);
  private static final byte[] END = "\n-----END ".getBytes(US_ASCII);
  private static final byte[] DASHES = "-----".getBytes(US_ASCII);
  private static final int LINE_LENGTH = 64;

  /** One block; whoever asked for a private key zeroes its bytes. */
  static final class Block {
    private final String type;
    private final boolean hasHeaders;
    private final byte[] bytes;

    Block(String type, boolean hasHeaders, byte[] bytes) {
      this.type = type;
      this.hasHeaders = hasHeaders;
      this.bytes = bytes;
    }

    String type() {
      return type;
    }

    boolean hasHeaders() {
      return hasHeaders;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private final byte[] text;
  private int at;

  private Pem(byte[] text) {
    this.text = text;
  }

  static List<Block> blocks(byte[] text) throws MalformedKeyException {
    if (text.length > MAX_TEXT) {
      throw new MalformedKeyException("pem data is longer than " + MAX_TEXT + " bytes");
    }
    Pem reader = new Pem(text);
    List<Block> blocks = new ArrayList<>();
    for (var next = reader.next(); next.isPresent(); next = reader.next()) {
      blocks.add(next.get());
    }
    return blocks;
  }

  static byte[] encode(String type, byte[] bytes) {
    byte[] base64 = GoBase64.STD.encode(bytes);
    byte[] begin = ("-----BEGIN " + type + "-----\n").getBytes(US_ASCII);
    byte[] end = ("-----END " + type + "-----\n").getBytes(US_ASCII);
    int lines = (base64.length + LINE_LENGTH - 1) / LINE_LENGTH;
    byte[] pem = new byte[begin.length + base64.length + lines + end.length];
    System.arraycopy(begin, 0, pem, 0, begin.length);
    int to = begin.length;
    for (int from = 0; from < base64.length; from += LINE_LENGTH) {
      int length = Math.min(LINE_LENGTH, base64.length - from);
      System.arraycopy(base64, from, pem, to, length);
      to += length;
      pem[to++] = '\n';
    }
    System.arraycopy(end, 0, pem, to, end.length);
    Arrays.fill(base64, (byte) 0);
    return pem;
  }

  private Optional<Block> next() {
    for (int end = indexOf(END, at); end >= 0; end = indexOf(END, at)) {
      OptionalInt begin = lastBegin(at, end);
      at = end + END.length;
      if (begin.isPresent()) {
        Optional<Block> block = block(line(begin.getAsInt()), end);
        if (block.isPresent()) {
          return block;
        }
      }
    }
    return Optional.empty();
  }

  /** The block between two marks, if it is one; moves behind what it took or gave up. */
  private Optional<Block> block(Line typeLine, int end) {
    int afterEnd = end + END.length;
    if (!typeLine.endsInDashes()) {
      return Optional.empty();
    }
    int body = typeLine.next();
    boolean hasHeaders = false;
    for (Line line = line(body); line.hasColon(); line = line(body)) {
      hasHeaders = true;
      body = line.next();
    }
    if (body == text.length || (hasHeaders && body > end)) {
      // headers that run over their END mark hide all behind it
      at = body == text.length || body > afterEnd ? text.length : afterEnd;
      return Optional.empty();
    }
    if (!ends(typeLine, afterEnd)) {
      return Optional.empty();
    }
    Optional<byte[]> content = content(body, end);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    at = line(afterEnd).next();
    return Optional.of(new Block(typeLine.type(), hasHeaders, content.get()));
  }

  /** Where the type of the last BEGIN mark between the two places starts. */
  private OptionalInt lastBegin(int from, int end) {
    for (int i = end - BEGIN.length; i >= from; i--) {
      if (startsWith(BEGIN, i)) {
        return i == from || text[i - 1] == '\n'
            ? OptionalInt.of(i + BEGIN.length)
            : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  /** Whether the END mark is of the same type and alone on its line. */
  private boolean ends(Line typeLine, int afterEnd) {
    int length = typeLine.end - typeLine.start;
    return afterEnd + length <= text.length
        && Arrays.equals(text, typeLine.start, typeLine.end, text, afterEnd, afterEnd + length)
        && line(afterEnd + length).isEmpty();
  }

  private Optional<byte[]> content(int start, int end) {
    byte[] base64 = new byte[Math.max(0, end - start)];
    int length = 0;
    for (int i = start; i < end; i++) {
      if (text[i] != ' ' && text[i] != '\t') {
        base64[length++] = text[i];
      }
    }
    byte[] exact = Arrays.copyOf(base64, length);
    GoBase64.Decoded decoded = GoBase64.STD.decodeAsFarAsPossible(exact);
    Arrays.fill(base64, (byte) 0);
    Arrays.fill(exact, (byte) 0);
    return decoded.illegalAt().isEmpty() ? Optional.of(decoded.bytes()) : Optional.empty();
  }

  private int indexOf(byte[] mark, int from) {
    for (int i = from; i <= text.length - mark.length; i++) {
      if (startsWith(mark, i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean startsWith(byte[] mark, int from) {
    return from + mark.length <= text.length
        && Arrays.equals(text, from, from + mark.length, mark, 0, mark.length);
  }

  /** The line from there on, without its end and without the blanks before that. */
  private Line line(int start) {
    int end = start;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    int next = Math.min(end + 1, text.length);
    if (end < text.length && end > start && text[end - 1] == '\r') {
      end--;
    }
    while (end > start && (text[end - 1] == ' ' || text[end - 1] == '\t')) {
      end--;
    }
    return new Line(start, end, next);
  }

  private final class Line {
    final int start;
    final int end;
    private final int next;

    Line(int start, int end, int next) {
      this.start = start;
      this.end = end;
      this.next = next;
    }

    int next() {
      return next;
    }

    boolean isEmpty() {
      return start == end;
    }

    boolean hasColon() {
      for (int i = start; i < end; i++) {
        if (text[i] == ':') {
          return true;
        }
      }
      return false;
    }

    boolean endsInDashes() {
      return end - start >= DASHES.length && startsWith(DASHES, end - DASHES.length);
    }

    String type() {
      return new String(text, start, end - DASHES.length - start, UTF_8);
    }
  }
}
