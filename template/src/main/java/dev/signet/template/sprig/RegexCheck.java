package dev.signet.template.sprig;

import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Refuses what RE2/J takes and Go does not: escapes of characters that are not ASCII, and
 * expressions whose counted repetitions multiply to more than Go allows, before they are expanded:
 * {@code ((a{100}){100}){100}} is a million copies. Go counts nested repetitions, at most 1000
 * together.
 */
final class RegexCheck {
  private static final int MOST = 1000;

  private RegexCheck() {}

  static void check(String raw) throws GoError {
    // The largest product of repetitions within each open group; the last one is the whole.
    Deque<Integer> open = new ArrayDeque<>();
    int inside = 1;
    int last = 1;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\') {
        if (raw.startsWith("Q", i + 1)) {
          int end = raw.indexOf("\\E", i + 2);
          i = end < 0 ? raw.length() : end + 1;
        } else {
          i++;
          if (i < raw.length() && raw.charAt(i) >= 0x80) {
            String escape = raw.substring(i - 1, i + Utf8.width(raw, i));
            throw new GoError("error parsing regexp: invalid escape sequence: `" + escape + "`");
          }
        }
        last = 1;
      } else if (c == '[') {
        i = classEnd(raw, i);
        last = 1;
      } else if (c == '(') {
        open.push(inside);
        inside = 1;
        last = 1;
      } else if (c == ')' && !open.isEmpty()) {
        last = inside;
        inside = Math.max(open.pop(), last);
      } else if (c == '{') {
        int count = count(raw, i);
        if (count > 1) {
          last = last * count;
          if (last > MOST && count <= MOST) {
            int end = raw.indexOf('}', i);
            throw new GoError(
                "error parsing regexp: invalid repeat count: `" + raw.substring(i, end + 1) + "`");
          }
          inside = Math.max(inside, last);
        }
        i = count > 0 ? raw.indexOf('}', i) : i;
      } else if (c != '?' && c != '*' && c != '+') {
        last = 1;
      }
    }
  }

  private static int classEnd(String raw, int start) {
    int i = start + 1;
    if (i < raw.length() && raw.charAt(i) == '^') {
      i++;
    }
    if (i < raw.length() && raw.charAt(i) == ']') {
      i++;
    }
    while (i < raw.length() && raw.charAt(i) != ']') {
      if (raw.charAt(i) == '\\') {
        i++;
      } else if (raw.startsWith("[:", i)) {
        int end = raw.indexOf(":]", i + 2);
        i = end < 0 ? i : end + 1;
      }
      i++;
    }
    return i;
  }

  /** The larger number in {@code {2,5}}; 0 where this is no repetition. */
  private static int count(String raw, int start) {
    int end = raw.indexOf('}', start);
    if (end < 0) {
      return 0;
    }
    int largest = 0;
    for (String number : raw.substring(start + 1, end).split(",", -1)) {
      if (!number.matches("[0-9]{0,4}")) {
        return 0;
      }
      largest = Math.max(largest, number.isEmpty() ? 0 : Integer.parseInt(number));
    }
    return largest;
  }
}
