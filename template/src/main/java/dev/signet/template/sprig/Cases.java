package dev.signet.template.sprig;

import dev.signet.template.Unicode;
import dev.signet.template.Utf8;
import java.util.function.IntPredicate;

/**
 * Snake, kebab and Pascal case. Text is read as words: runs of upper-case letters, of letters that
 * start with at most one upper-case letter, of numbers, of connectors (space, hyphen, underscore),
 * of punctuation, and of anything else. A number belongs to the letters before it unless lower-case
 * letters follow it.
 */
final class Cases {
  private Cases() {}

  private enum Kind {
    END,
    INVALID,
    NUMBER,
    UPPER,
    LETTERS,
    CONNECTOR,
    PUNCTUATION,
    OTHER
  }

  private static boolean isConnector(int c) {
    return c == '-' || c == '_' || Unicode.isSpace(c);
  }

  /** A letter of a script with words, which Chinese characters are not. */
  private static boolean isAlphabetic(int c) {
    return Unicode.isLetter(c)
        && !(c >= 0x4E00 && c <= 0x9FCC)
        && !(c >= 0x3400 && c <= 0x4D85)
        && !(c >= 0x20000 && c <= 0x2B81D);
  }

  static String pascal(String raw) {
    StringBuilder out = new StringBuilder();
    int[] points = Utf8.codePoints(raw);
    int at = 0;
    while (at < points.length && isConnector(points[at])) {
      Utf8.append(out, points[at++]);
    }
    if (at == points.length) {
      // A lone connector is written twice by the loop that looks for the end of leading ones.
      if (at > 0) {
        Utf8.append(out, points[at - 1]);
      }
      return out.toString();
    }
    boolean upperRun = Unicode.isUpper(points[at]);
    int current = Unicode.toUpper(points[at++]);
    while (at < points.length) {
      int before = current;
      current = points[at++];
      if (isConnector(current) && isConnector(before)) {
        Utf8.append(out, before);
        continue;
      }
      if (isConnector(before)) {
        upperRun = Unicode.isUpper(current);
        current = Unicode.toUpper(current);
      } else {
        if (upperRun) {
          if (Unicode.isUpper(current)) {
            current = Unicode.toLower(current);
          } else {
            upperRun = false;
          }
        }
        Utf8.append(out, before);
      }
    }
    Utf8.append(out, current);
    return out.toString();
  }

  static String separated(String raw, char connector) {
    return new Separator(raw, connector).run();
  }

  /** Reads one word after another; {@link #word} is the one read last. */
  private static final class Separator {
    private final String raw;
    private final char connector;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private Kind kind = Kind.END;
    private String word = "";

    Separator(String raw, char connector) {
      this.raw = raw;
      this.connector = connector;
    }

    String run() {
      next();
      while (at < raw.length()) {
        Kind previous = kind;
        String last = word;
        if (previous != Kind.CONNECTOR) {
          write(previous, last);
        }
        next();
        switch (previous) {
          case NUMBER -> {
            lettersAndNumbers();
            if (kind != Kind.END && kind != Kind.INVALID) {
              connectBefore(kind);
            }
          }
          case CONNECTOR -> write(previous, last);
          case PUNCTUATION -> {}
          default -> afterWord();
        }
      }
      write(kind, word);
      return out.toString();
    }

    private void afterWord() {
      if (kind != Kind.NUMBER) {
        connectBefore(kind);
        return;
      }
      if (at == raw.length()) {
        return;
      }
      String number = word;
      next();
      if (kind != Kind.LETTERS) {
        write(Kind.NUMBER, number);
        connectBefore(kind);
        return;
      }
      out.append(connector);
      write(Kind.NUMBER, number);
      lettersAndNumbers();
      if (kind != Kind.END && kind != Kind.INVALID) {
        connectBefore(kind);
      }
    }

    private void lettersAndNumbers() {
      while (kind == Kind.LETTERS || kind == Kind.NUMBER) {
        write(kind, word);
        next();
      }
    }

    private void connectBefore(Kind following) {
      if (following != Kind.CONNECTOR && following != Kind.PUNCTUATION) {
        out.append(connector);
      }
    }

    private void write(Kind of, String text) {
      if (of != Kind.UPPER && of != Kind.CONNECTOR) {
        out.append(text);
        return;
      }
      for (int i = 0; i < text.length(); i += Utf8.width(text, i)) {
        int c = Utf8.codePoint(text, i);
        if (isConnector(c)) {
          out.append(connector);
        } else {
          Utf8.append(out, Unicode.isUpper(c) ? Unicode.toLower(c) : c);
        }
      }
    }

    /** The code point at a position, past U+FFFD; the previous one where there is none left. */
    private int point(int from, int previous) {
      int skipped = from + skip(from);
      return skipped < raw.length() ? Utf8.codePoint(raw, skipped) : previous;
    }

    private int skip(int from) {
      int i = from;
      while (i < raw.length() && Utf8.codePoint(raw, i) == Utf8.ERROR) {
        i += Utf8.width(raw, i);
      }
      return i - from;
    }

    /** The bytes up to and including the code point that {@link #point} gives. */
    private int size(int from) {
      int skipped = from + skip(from);
      return skipped < raw.length()
          ? skipped - from + Utf8.width(raw, skipped)
          : raw.length() - from;
    }

    private void next() {
      int start = at;
      if (start >= raw.length()) {
        kind = Kind.END;
        word = "";
        return;
      }
      int c = point(start, Utf8.ERROR);
      at = start + size(start);
      if (c == Utf8.ERROR) {
        kind = Kind.INVALID;
      } else if (isConnector(c)) {
        kind = Kind.CONNECTOR;
        run(c, Cases::isConnector);
      } else if (Unicode.isPunctuation(c)) {
        kind = Kind.PUNCTUATION;
        run(c, Unicode::isPunctuation);
      } else if (Unicode.isUpper(c)) {
        kind = Kind.UPPER;
        upper(c);
      } else if (isAlphabetic(c)) {
        kind = Kind.LETTERS;
        run(c, Separator::continuesWord);
      } else if (Unicode.isNumber(c)) {
        kind = Kind.NUMBER;
        run(c, Unicode::isNumber);
      } else {
        kind = Kind.OTHER;
        run(c, Separator::isOther);
      }
      word = raw.substring(start, at);
    }

    private static boolean continuesWord(int c) {
      return isAlphabetic(c) && !Unicode.isUpper(c);
    }

    private static boolean isOther(int c) {
      return !isConnector(c)
          && !isAlphabetic(c)
          && !Unicode.isNumber(c)
          && !Unicode.isPunctuation(c);
    }

    private void run(int first, IntPredicate belongs) {
      int c = first;
      while (at < raw.length()) {
        c = point(at, c);
        if (!belongs.test(c)) {
          return;
        }
        at += size(at);
      }
    }

    private void upper(int first) {
      if (at >= raw.length()) {
        return;
      }
      int c = point(at, first);
      if (Unicode.isUpper(c)) {
        int lastSize = 0;
        while (at < raw.length()) {
          c = point(at, c);
          if (!Unicode.isUpper(c)) {
            break;
          }
          lastSize = size(at);
          at += lastSize;
        }
        // The last capital belongs to the word that follows: HTTP and Status.
        if (at < raw.length() && isAlphabetic(c)) {
          at -= lastSize;
        }
      } else if (isAlphabetic(c)) {
        run(first, Separator::continuesWord);
      }
    }
  }
}
