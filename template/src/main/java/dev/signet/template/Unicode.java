package dev.signet.template;

import java.util.Arrays;

/**
 * Go's character classes. Go 1.26 knows Unicode 15.0 while the JDK knows a later version, so what
 * Unicode has assigned since is treated as unassigned here.
 */
public final class Unicode {
  /** First and last code points of the ranges assigned after Unicode 15.0, up to 16.0. */
  private static final int[] NEWER = {
    0x897, 0x897, 0x1b4e, 0x1b4f, 0x1b7f, 0x1b7f, 0x1c89, 0x1c8a, 0x2427, 0x2429, 0x2ffc, 0x2fff,
    0x31e4, 0x31e5, 0x31ef, 0x31ef, 0xa7cb, 0xa7cd, 0xa7da, 0xa7dc, 0x105c0, 0x105f3, 0x10d40,
    0x10d65, 0x10d69, 0x10d85, 0x10d8e, 0x10d8f, 0x10ec2, 0x10ec4, 0x10efc, 0x10efc, 0x11380,
    0x11389, 0x1138b, 0x1138b, 0x1138e, 0x1138e, 0x11390, 0x113b5, 0x113b7, 0x113c0, 0x113c2,
    0x113c2, 0x113c5, 0x113c5, 0x113c7, 0x113ca, 0x113cc, 0x113d5, 0x113d7, 0x113d8, 0x113e1,
    0x113e2, 0x116d0, 0x116e3, 0x11bc0, 0x11be1, 0x11bf0, 0x11bf9, 0x11f5a, 0x11f5a, 0x13460,
    0x143fa, 0x16100, 0x16139, 0x16d40, 0x16d79, 0x18cff, 0x18cff, 0x1cc00, 0x1ccf9, 0x1cd00,
    0x1ceb3, 0x1e5d0, 0x1e5fa, 0x1e5ff, 0x1e5ff, 0x1f8b2, 0x1f8bb, 0x1f8c0, 0x1f8c1, 0x1fa89,
    0x1fa89, 0x1fa8f, 0x1fa8f, 0x1fabe, 0x1fabe, 0x1fac6, 0x1fac6, 0x1fadc, 0x1fadc, 0x1fadf,
    0x1fadf, 0x1fae9, 0x1fae9, 0x1fbcb, 0x1fbef, 0x2ebf0, 0x2ee5d,
  };

  private Unicode() {}

  private static int category(int c) {
    if (c >= 0x897) {
      int at = Arrays.binarySearch(NEWER, c);
      // An odd insertion point lies between the first and the last code point of a range.
      if (at >= 0 || (-at - 1) % 2 == 1) {
        return Character.UNASSIGNED;
      }
    }
    return Character.getType(c);
  }

  public static boolean isLetter(int c) {
    return switch (category(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          true;
      default -> false;
    };
  }

  public static boolean isDigit(int c) {
    return category(c) == Character.DECIMAL_DIGIT_NUMBER;
  }

  public static boolean isNumber(int c) {
    return switch (category(c)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }

  public static boolean isUpper(int c) {
    return category(c) == Character.UPPERCASE_LETTER;
  }

  public static boolean isLower(int c) {
    return category(c) == Character.LOWERCASE_LETTER;
  }

  public static boolean isTitle(int c) {
    return category(c) == Character.TITLECASE_LETTER;
  }

  public static boolean isPunctuation(int c) {
    return switch (category(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** Letters, marks, numbers, punctuation, symbols, and the ASCII space. */
  public static boolean isPrint(int c) {
    return switch (category(c)) {
      case Character.UNASSIGNED,
          Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** White space as Unicode defines it, which is not what {@link Character#isWhitespace} means. */
  public static boolean isSpace(int c) {
    return switch (c) {
      case '\t',
          '\n',
          0x0B,
          '\f',
          '\r',
          ' ',
          0x85,
          0xA0,
          0x1680,
          0x2028,
          0x2029,
          0x202F,
          0x205F,
          0x3000 ->
          true;
      default -> c >= 0x2000 && c <= 0x200A;
    };
  }

  public static int toUpper(int c) {
    int mapped = Character.toUpperCase(c);
    return category(mapped) == Character.UNASSIGNED ? c : mapped;
  }

  public static int toLower(int c) {
    int mapped = Character.toLowerCase(c);
    return category(mapped) == Character.UNASSIGNED ? c : mapped;
  }

  public static int toTitle(int c) {
    int mapped = Character.toTitleCase(c);
    return category(mapped) == Character.UNASSIGNED ? c : mapped;
  }
}
