package dev.signet.dialects.externalsecrets.functions;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.template.GoError;
import dev.signet.template.Str;
import dev.signet.template.Utf8;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * PEM blocks as Go's encoding/pem (1.26) finds and writes them, in raw strings (see {@link Str}).
 *
 * <p>A block ends at the first {@code -----END} line and begins at the last {@code -----BEGIN}
 * before it, so a BEGIN without END costs nothing but itself. BEGIN has to start a line; the END
 * line may have blanks behind it. Lines with a colon after BEGIN are headers. What is malformed
 * (other type at the end, no Base64) is skipped up to its END line. One pass: each byte is looked
 * at a bounded number of times.
 */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PRIVATE_KEY = "PRIVATE KEY";
  static final String PUBLIC_KEY = "PUBLIC KEY";

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String LINE_END = "\n" + END;
  private static final String DASHES = "-----";
  private static final String PROC_TYPE = "Proc-Type";
  private static final int LINE = 64;

  private final String type;
  private final Map<String, String> headers;
  private final byte[] der;

  private Pem(String type, Map<String, String> headers, byte[] der) {
    this.type = type;
    this.headers = headers;
    this.der = der;
  }

  static Pem of(String type, byte[] der) {
    return new Pem(type, Map.of(), der);
  }

  String type() {
    return type;
  }

  /** The bytes of the block, not a copy. */
  byte[] der() {
    return der;
  }

  /** The first block of a text, as bytes; a text without one is an error in Go's words. */
  static byte[] firstDer(String raw, String ifNone) throws GoError {
    Pem pem = new Reader(raw).next();
    if (pem == null) {
      throw new GoError(ifNone);
    }
    return pem.der;
  }

  /** All blocks of a text. */
  static List<Pem> all(String raw) {
    List<Pem> blocks = new ArrayList<>();
    Reader reader = new Reader(raw);
    for (Pem next = reader.next(); next != null; next = reader.next()) {
      blocks.add(next);
    }
    return blocks;
  }

  /** Takes the blocks of a text one after the other. */
  static final class Reader {
    private final String raw;
    private int rest;
    private int cursor;

    Reader(String raw) {
      this.raw = raw;
    }

    /** Whether there is anything behind the last block. */
    boolean hasRest() {
      return rest < raw.length();
    }

    /** The next block; null where there is none, and then the rest stays as it is. */
    @Nullable Pem next() {
      int from = rest;
      while (true) {
        int end = raw.indexOf(LINE_END, from);
        if (end < 0) {
          return null;
        }
        int trailer = end + LINE_END.length();
        int begin = raw.substring(from, end).lastIndexOf(BEGIN);
        if (begin == 0 || (begin > 0 && raw.charAt(from + begin - 1) == '\n')) {
          cursor = from + begin + BEGIN.length();
          Pem pem = block(end, trailer);
          if (pem != null) {
            return pem;
          }
          if (cursor > trailer) {
            return null;
          }
        }
        from = trailer;
      }
    }

    /** The block whose type follows the cursor; null where it is malformed. */
    private @Nullable Pem block(int end, int trailer) {
      String typeLine = line();
      if (!typeLine.endsWith(DASHES)) {
        return null;
      }
      String type = typeLine.substring(0, typeLine.length() - DASHES.length());
      Map<String, String> headers = new TreeMap<>();
      int body = cursor;
      while (true) {
        if (cursor >= raw.length()) {
          // As Go does: headers up to the end of the text end the search.
          cursor = Integer.MAX_VALUE;
          return null;
        }
        String line = line();
        int colon = line.indexOf(':');
        if (colon < 0) {
          break;
        }
        headers.put(trim(line.substring(0, colon)), trim(line.substring(colon + 1)));
        body = cursor;
      }
      cursor = body;
      if (!headers.isEmpty() && end < body) {
        return null;
      }
      String closing = type + DASHES;
      if (!raw.startsWith(closing, trailer)) {
        return null;
      }
      cursor = trailer + closing.length();
      if (!line().isEmpty()) {
        cursor = body;
        return null;
      }
      int next = cursor;
      cursor = body;
      byte[] der = end > body ? decode(raw.substring(body, end)) : new byte[0];
      if (der == null) {
        return null;
      }
      rest = next;
      return new Pem(type, headers, der);
    }

    /** The rest of the line at the cursor without the blanks at its end. */
    private String line() {
      int newline = raw.indexOf('\n', cursor);
      int end = newline < 0 ? raw.length() : newline;
      int next = newline < 0 ? end : newline + 1;
      if (newline > cursor && raw.charAt(end - 1) == '\r') {
        end--;
      }
      while (end > cursor && (raw.charAt(end - 1) == ' ' || raw.charAt(end - 1) == '\t')) {
        end--;
      }
      String line = raw.substring(cursor, end);
      cursor = next;
      return line;
    }

    private static byte @Nullable [] decode(String text) {
      try {
        return GoBase64.STD.decode(new Str(text.replace(" ", "").replace("\t", "")).bytes());
      } catch (IllegalBase64Exception e) {
        return null;
      }
    }
  }

  /** Without the white space, in Unicode's sense, at both ends. */
  private static String trim(String raw) {
    int from = 0;
    int to = raw.length();
    while (from < to && isSpace(Utf8.codePoint(raw, from))) {
      from += Utf8.width(raw, from);
    }
    while (to > from && isSpace(Utf8.codePoint(raw, to - Utf8.widthBefore(raw, to)))) {
      to -= Utf8.widthBefore(raw, to);
    }
    return raw.substring(from, to);
  }

  private static boolean isSpace(int c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == ' ' || isSpaceBeyond(c);
  }

  private static boolean isSpaceBeyond(int c) {
    return c >= 0x1680 && Character.isSpaceChar(c);
  }

  /** The block as text: headers sorted, but {@code Proc-Type} first, and lines of 64 characters. */
  String encode() {
    StringBuilder out = new StringBuilder(der.length * 4 / 3 + 128);
    out.append(BEGIN).append(type).append(DASHES).append('\n');
    if (!headers.isEmpty()) {
      String first = headers.get(PROC_TYPE);
      if (first != null) {
        out.append(PROC_TYPE).append(": ").append(first).append('\n');
      }
      headers.forEach(
          (name, value) -> {
            if (!name.equals(PROC_TYPE)) {
              out.append(name).append(": ").append(value).append('\n');
            }
          });
      out.append('\n');
    }
    String base64 = GoBase64.STD.encodeToString(der);
    for (int i = 0; i < base64.length(); i += LINE) {
      out.append(base64, i, Math.min(i + LINE, base64.length())).append('\n');
    }
    return out.append(END).append(type).append(DASHES).append('\n').toString();
  }
}
