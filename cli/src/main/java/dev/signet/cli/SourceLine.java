package dev.signet.cli;

import java.nio.charset.StandardCharsets;

/**
 * A line of a template as an error shows it: the line, and below it a caret at the place. A tab is
 * shown as four spaces, what does not print as a dot, and of a long line the part around the place.
 * Chinese, Japanese and Korean characters and emoji count as two columns, combining ones as none,
 * as terminals draw them.
 */
final class SourceLine {

  private static final int WIDTH = 72;
  private static final int TAB = 4;

  private SourceLine() {}

  /**
   * The line, and the caret in a second one where the column is known; empty where there is no such
   * line.
   *
   * @param line from 1
   * @param column bytes of the line before the place; negative where only the line is known
   */
  static String of(byte[] text, int line, int column) {
    int start = 0;
    for (int i = 1; i < line; i++) {
      start = endOfLine(text, start) + 1;
      if (start > text.length) {
        return "";
      }
    }
    int end = endOfLine(text, start);
    int place = column < 0 ? -1 : Math.min(start + column, end);
    String before = shown(text, start, Math.max(place, start));
    String after = shown(text, Math.max(place, start), end);
    if (before.isBlank() && after.isBlank()) {
      return "";
    }
    before = lastColumns(before, place < 0 ? WIDTH : WIDTH - Math.min(width(after), WIDTH / 3));
    after = firstColumns(after, WIDTH - width(before));
    if (place < 0) {
      return (before + after).stripTrailing();
    }
    return (before + after).stripTrailing() + "\n" + " ".repeat(width(before)) + "^";
  }

  private static int endOfLine(byte[] text, int from) {
    int end = from;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String shown(byte[] text, int from, int to) {
    StringBuilder shown = new StringBuilder();
    new String(text, from, to - from, StandardCharsets.UTF_8)
        .codePoints()
        .forEach(
            c -> {
              if (c == '\t') {
                shown.repeat(' ', TAB);
              } else if (c != '\r') {
                shown.appendCodePoint(isControl(c) ? '·' : c);
              }
            });
    return shown.toString();
  }

  /** Also what would turn the direction of the text around it. */
  private static boolean isControl(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED;
  }

  private static String lastColumns(String text, int most) {
    if (width(text) <= most) {
      return text;
    }
    int at = text.length();
    int columns = 1;
    while (at > 0 && columns + width(text.codePointBefore(at)) <= most) {
      int c = text.codePointBefore(at);
      columns += width(c);
      at -= Character.charCount(c);
    }
    return "…" + text.substring(at);
  }

  private static String firstColumns(String text, int most) {
    if (width(text) <= most) {
      return text;
    }
    int at = 0;
    int columns = 1;
    while (at < text.length() && columns + width(text.codePointAt(at)) <= most) {
      int c = text.codePointAt(at);
      columns += width(c);
      at += Character.charCount(c);
    }
    return text.substring(0, at) + "…";
  }

  private static int width(String text) {
    return text.codePoints().map(SourceLine::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    if (c < 0x1100) {
      return 1;
    }
    boolean wide =
        Character.isEmojiPresentation(c)
            || (c >= 0xFF01 && c <= 0xFF60)
            || (c >= 0x3000 && c <= 0x303E)
            || switch (Character.UnicodeScript.of(c)) {
              case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO, YI -> c < 0xFF61 || c > 0xFFDC;
              default -> false;
            };
    return wide ? 2 : 1;
  }
}
