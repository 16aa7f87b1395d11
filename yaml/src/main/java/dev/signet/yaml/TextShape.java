package dev.signet.yaml;

/**
 * Which scalar styles can hold a text, by the rules of libyaml's emitter as goyaml.v2 has them.
 *
 * @param plainAllowed outside of flow collections
 * @param literalAllowed as a {@code |} block
 */
record TextShape(boolean plainAllowed, boolean singleQuotedAllowed, boolean literalAllowed) {

  private static final TextShape EMPTY = new TextShape(true, true, false);

  static TextShape of(String text) {
    if (text.isEmpty()) {
      return EMPTY;
    }
    boolean indicators = text.startsWith("---") || text.startsWith("...");
    boolean special = false;
    boolean lineBreaks = false;
    boolean spaceAfterBreak = false;
    boolean breakAfterSpace = false;
    int last = text.length() - 1;
    char before = ' ';
    for (int i = 0; i <= last; i++) {
      char c = text.charAt(i);
      if (isLetterOrDigit(c)) {
        before = c;
        continue;
      }
      // What follows counts as blank at the end of the text, too.
      indicators |=
          isIndicator(c, i == 0, isBlankOrBreak(before), i == last || isBlank(text, i + 1));
      special |= !isPrintable(c);
      if (c == ' ') {
        spaceAfterBreak |= i > 0 && isBreak(before);
      } else if (isBreak(c)) {
        lineBreaks = true;
        breakAfterSpace |= i > 0 && before == ' ';
      }
      before = c;
    }
    char first = text.charAt(0);
    boolean trailingSpace = before == ' ';
    boolean ragged = first == ' ' || trailingSpace || spaceAfterBreak || breakAfterSpace;
    return new TextShape(
        !indicators && !special && !lineBreaks && !ragged,
        !special && !spaceAfterBreak && !breakAfterSpace,
        !special && !breakAfterSpace && !trailingSpace);
  }

  private static boolean isIndicator(
      char c, boolean first, boolean afterBlank, boolean beforeBlank) {
    return switch (c) {
      case ':' -> beforeBlank;
      case '#' -> afterBlank;
      case '?', '-' -> first && beforeBlank;
      case ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`' -> first;
      default -> false;
    };
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  private static boolean isBlank(String text, int at) {
    return text.charAt(at) == ' ' || text.charAt(at) == '\t';
  }

  private static boolean isBlankOrBreak(char c) {
    return c == ' ' || c == '\t' || c == 0 || isBreak(c);
  }

  static boolean isBreak(int c) {
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  /** Breaks of YAML 1.1 that are none in YAML 1.2. */
  static boolean isSeparator(char c) {
    return c == 0x2028 || c == 0x2029;
  }

  /** What is written without an escape; goyaml escapes everything beyond U+FFFF, emoji included. */
  static boolean isPrintable(int c) {
    return (c >= 0x20 && c <= 0x7E)
        || c == '\n'
        || (c >= 0xA0 && c < 0xD800)
        || (c >= 0xE000 && c < 0xFFFE && c != 0xFEFF);
  }

  /** The text with U+FFFD in place of surrogates without a partner, as Go has no such strings. */
  static String wellFormed(String text) {
    if (isWellFormed(text)) {
      return text;
    }
    StringBuilder fixed = new StringBuilder(text.length());
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      fixed.appendCodePoint(isSurrogate(c) ? 0xFFFD : c);
    }
    return fixed.toString();
  }

  /** Whether every surrogate has its partner. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int c = text.codePointAt(i++);
        if (isSurrogate(c)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
