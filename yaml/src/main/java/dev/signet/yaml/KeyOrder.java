package dev.signet.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The order in which goyaml.v2 writes the keys of a mapping: letters after everything else, runs of
 * digits by their value ({@code a2} before {@code a10}), the rest by code point.
 *
 * <p>With odd mixes of digits and zeros the relation is not transitive, so what Go writes then
 * depends on chance. The sort here is a plain merge sort, which takes any relation, over keys
 * already sorted by their characters: the same keys always end up in the same order.
 */
final class KeyOrder {

  private KeyOrder() {}

  static List<String> sorted(Collection<?> names) {
    List<String> keys = new ArrayList<>(names.size());
    for (Object name : names) {
      keys.add((String) name);
    }
    if (keys.size() < 2) {
      return keys;
    }
    keys.sort(null);
    int[][] runes = new int[keys.size()][];
    for (int i = 0; i < runes.length; i++) {
      runes[i] = runes(keys.get(i));
    }
    int[] order = new int[runes.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    order = mergeSort(runes, order, 0, order.length);
    List<String> sorted = new ArrayList<>(order.length);
    for (int i : order) {
      sorted.add(keys.get(i));
    }
    return sorted;
  }

  private static int[] runes(String key) {
    int[] runes = new int[key.codePointCount(0, key.length())];
    int at = 0;
    for (int i = 0; i < runes.length; i++) {
      runes[i] = key.codePointAt(at);
      at += Character.charCount(runes[i]);
    }
    return runes;
  }

  private static int[] mergeSort(int[][] runes, int[] order, int from, int to) {
    if (to - from == 1) {
      return new int[] {order[from]};
    }
    int middle = (from + to) >>> 1;
    int[] left = mergeSort(runes, order, from, middle);
    int[] right = mergeSort(runes, order, middle, to);
    int[] merged = new int[to - from];
    int l = 0;
    int r = 0;
    for (int i = 0; i < merged.length; i++) {
      boolean takeRight =
          l == left.length || (r < right.length && less(runes[right[r]], runes[left[l]]));
      merged[i] = takeRight ? right[r++] : left[l++];
    }
    return merged;
  }

  static boolean less(int[] a, int[] b) {
    int shorter = Math.min(a.length, b.length);
    int i = 0;
    while (i < shorter && a[i] == b[i]) {
      i++;
    }
    if (i == shorter) {
      return a.length < b.length;
    }
    boolean letterA = Character.isLetter(a[i]);
    boolean letterB = Character.isLetter(b[i]);
    if (letterA || letterB) {
      return (letterA && letterB) ? a[i] < b[i] : letterB;
    }
    // Inside a number a zero is a digit like any other; at its front it has no value.
    long seed = (a[i] == '0' || b[i] == '0') && followsNonZeroDigit(a, i) ? 1 : 0;
    int endA = endOfDigits(a, i);
    int endB = endOfDigits(b, i);
    long numberA = number(a, i, endA, seed);
    long numberB = number(b, i, endB, seed);
    if (numberA != numberB) {
      return numberA < numberB;
    }
    return endA != endB ? endA < endB : a[i] < b[i];
  }

  private static boolean followsNonZeroDigit(int[] text, int at) {
    for (int i = at - 1; i >= 0 && Character.isDigit(text[i]); i--) {
      if (text[i] != '0') {
        return true;
      }
    }
    return false;
  }

  private static int endOfDigits(int[] text, int from) {
    int end = from;
    while (end < text.length && Character.isDigit(text[end])) {
      end++;
    }
    return end;
  }

  /** Wraps around on overflow, as Go's int64 does. */
  private static long number(int[] text, int from, int to, long seed) {
    long number = seed;
    for (int i = from; i < to; i++) {
      number = number * 10 + (text[i] - '0');
    }
    return number;
  }
}
