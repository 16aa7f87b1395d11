package dev.signet.dialects.externalsecrets;

import com.google.re2j.Matcher;

/**
 * The templates of Go's {@code regexp.Expand}: {@code $name} and {@code ${name}} stand for a group
 * by number or name, {@code $$} for a dollar. In {@code $name} the name is as long as letters,
 * digits and underscores go, so {@code $1x} is {@code ${1x}}. A group that is not there is empty; a
 * dollar that begins nothing stays.
 */
final class GoExpansion {

  private GoExpansion() {}

  static void expand(String template, Matcher match, StringBuilder out) {
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c != '$') {
        out.append(c);
        at++;
        continue;
      }
      if (template.startsWith("$$", at)) {
        out.append('$');
        at += 2;
        continue;
      }
      boolean braces = template.startsWith("${", at);
      int from = at + (braces ? 2 : 1);
      int to = from;
      while (to < template.length() && wordCharacter(template.charAt(to))) {
        to++;
      }
      boolean closed = !braces || (to < template.length() && template.charAt(to) == '}');
      if (to == from || !closed) {
        out.append('$');
        at++;
        continue;
      }
      out.append(group(template.substring(from, to), match));
      at = braces ? to + 1 : to;
    }
  }

  private static boolean wordCharacter(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static String group(String name, Matcher match) {
    String found = null;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // A leading zero makes it a name, but for zero itself.
      boolean number = name.length() <= 9 && (name.equals("0") || !name.startsWith("0"));
      int index = number ? Integer.parseInt(name) : Integer.MAX_VALUE;
      found = index <= match.groupCount() ? match.group(index) : null;
    } else {
      try {
        found = match.group(name);
      } catch (IllegalArgumentException e) {
        // There is no group of that name.
      }
    }
    return found == null ? "" : found;
  }
}
