package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;

/**
 * The wildcard patterns of gjson (those of tidwall/match): {@code *} stands for any characters,
 * {@code ?} for one character, a backslash takes the next character literally.
 *
 * <p>Matching goes back to the last star only, so it takes at most text × pattern steps; the
 * recursion of the original, which gives up and reports "no match" on hostile patterns, is not
 * needed.
 */
final class Glob {
  private static final int STAR = -1;
  private static final int ANY = -2;
  private static final int NEVER = -3;

  private Glob() {}

  static boolean matches(ByteString text, ByteString pattern, Budget budget)
      throws SelectorException {
    List<Integer> tokens = tokens(pattern);
    budget.steps(pattern.length());
    int position = 0;
    int token = 0;
    int starToken = -1;
    int starPosition = 0;
    while (position < text.length()) {
      budget.steps(1);
      int wanted = token < tokens.size() ? tokens.get(token) : NEVER;
      long rune = text.rune(position);
      if (wanted == STAR) {
        starToken = ++token;
        starPosition = position;
      } else if (wanted == ANY || wanted == ByteString.valueOf(rune)) {
        token++;
        position += ByteString.widthOf(rune);
      } else if (starToken >= 0) {
        starPosition += ByteString.widthOf(text.rune(starPosition));
        position = starPosition;
        token = starToken;
      } else {
        return false;
      }
    }
    while (token < tokens.size() && tokens.get(token) == STAR) {
      token++;
    }
    return token == tokens.size();
  }

  private static List<Integer> tokens(ByteString pattern) {
    List<Integer> tokens = new ArrayList<>();
    boolean star = false;
    int i = 0;
    while (i < pattern.length()) {
      long rune = pattern.rune(i);
      i += ByteString.widthOf(rune);
      switch (ByteString.valueOf(rune)) {
        case '*' -> {
          tokens.add(STAR);
          star = true;
        }
        case '?' -> tokens.add(ANY);
        case '\\' -> {
          if (i < pattern.length()) {
            long next = pattern.rune(i);
            i += ByteString.widthOf(next);
            tokens.add(ByteString.valueOf(next));
          } else {
            // A backslash with nothing to escape: the original matches it only when it compares
            // from the end.
            tokens.add(star ? '\\' : NEVER);
          }
        }
        default -> tokens.add(ByteString.valueOf(rune));
      }
    }
    return tokens;
  }
}
