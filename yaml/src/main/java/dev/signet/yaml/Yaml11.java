package dev.signet.yaml;

import org.jspecify.annotations.Nullable;

/**
 * Makes up for what YAML 1.1, which goyaml.v2 reads and writes, has and the YAML 1.2 parser does
 * not: in double quotes a backslash before L, P or a single quote, and U+2028 and U+2029 as line
 * breaks.
 *
 * <p>Only the parser knows where quotes begin and end. So each such backslash and line separator is
 * replaced by a stand-in, a character that the text does not contain, before parsing, and restored
 * in each scalar according to its style afterwards. Nothing changes its place.
 *
 * <p>In quotes, white space around a line separator is not content. In a plain or block scalar a
 * line separator would change the structure, which this class cannot mend, so it is refused, as is
 * U+0085 there.
 */
final class Yaml11 {

  private static final char NEXT_LINE = '\u0085';
  private static final char LINE = '\u2028';
  private static final char PARAGRAPH = '\u2029';

  /** The text to parse. */
  final String text;

  private final char backslash;
  private final char line;
  private final char paragraph;

  private Yaml11(String text, char backslash, char line, char paragraph) {
    this.text = text;
    this.backslash = backslash;
    this.line = line;
    this.paragraph = paragraph;
  }

  /** Nothing if the text needs no help, as nearly all do. */
  static @Nullable Yaml11 of(String text) {
    boolean separators =
        text.indexOf(LINE) >= 0 || text.indexOf(PARAGRAPH) >= 0 || text.indexOf(NEXT_LINE) >= 0;
    if (!separators && nextEscape(text, 0) < 0) {
      return null;
    }
    char backslash = unused(text, '\uE000');
    char line = unused(text, (char) (backslash + 1));
    char paragraph = unused(text, (char) (line + 1));
    StringBuilder changed = new StringBuilder(text);
    for (int i = nextEscape(text, 0); i >= 0; i = nextEscape(text, i + 2)) {
      changed.setCharAt(i, backslash);
    }
    String prepared = changed.toString().replace(LINE, line).replace(PARAGRAPH, paragraph);
    return new Yaml11(prepared, backslash, line, paragraph);
  }

  /** A private use character that is not there. */
  private static char unused(String text, char from) {
    char c = from;
    while (c < '\uF8FF' && text.indexOf(c) >= 0) {
      c++;
    }
    return c;
  }

  /** The next backslash that would escape an L, a P or a single quote in double quotes, or -1. */
  private static int nextEscape(String text, int from) {
    int i = text.indexOf('\\', from);
    while (i >= 0 && i + 1 < text.length()) {
      char next = text.charAt(i + 1);
      if (next == 'L' || next == 'P' || next == '\'') {
        return i;
      }
      // A backslash that escapes a backslash takes it along.
      i = text.indexOf('\\', next == '\\' ? i + 2 : i + 1);
    }
    return -1;
  }

  /** What a scalar says in truth, or nothing where that cannot be told. */
  @Nullable String restore(String value, boolean singleQuoted, boolean doubleQuoted) {
    boolean separators = value.indexOf(line) >= 0 || value.indexOf(paragraph) >= 0;
    if (separators && !singleQuoted && !doubleQuoted) {
      return null;
    }
    if (value.indexOf(NEXT_LINE) >= 0 && !doubleQuoted) {
      return null;
    }
    if (!separators && value.indexOf(backslash) < 0) {
      return value;
    }
    StringBuilder restored = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == backslash) {
        char next = doubleQuoted ? value.charAt(++i) : '\\';
        restored.append(next == 'L' ? LINE : next == 'P' ? PARAGRAPH : next);
      } else if (c == line || c == paragraph) {
        trimBlanks(restored);
        restored.append(c == line ? LINE : PARAGRAPH);
        while (i + 1 < value.length() && isBlank(value.charAt(i + 1))) {
          i++;
        }
      } else {
        restored.append(c);
      }
    }
    return restored.toString();
  }

  private static void trimBlanks(StringBuilder text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    text.setLength(end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
