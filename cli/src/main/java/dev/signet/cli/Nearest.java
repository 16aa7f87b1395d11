package dev.signet.cli;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that was probably meant. */
final class Nearest {

  /** More differences than this, or than a third of the word, are another word. */
  private static final int MOST = 3;

  private Nearest() {}

  /** The word of these with the fewest differences, the first of several. */
  static Optional<String> to(String word, Collection<String> words) {
    int best = Math.min(MOST, Math.max(1, word.length() / 3)) + 1;
    String nearest = "";
    for (String candidate : words) {
      if (Math.abs(candidate.length() - word.length()) < best) {
        int distance = distance(candidate, word);
        if (distance < best) {
          best = distance;
          nearest = candidate;
        }
      }
    }
    return Optional.of(nearest).filter(found -> !found.isEmpty());
  }

  /** Insertions, deletions, changes and swaps of neighbours, after Levenshtein and Damerau. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] above = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] free = before;
      before = above;
      above = row;
      row = free;
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(above[j - 1] + (same ? 0 : 1), Math.min(above[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
    }
    return row[b.length()];
  }
}
