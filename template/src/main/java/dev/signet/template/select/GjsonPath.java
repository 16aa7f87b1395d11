package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits gjson paths. A path is taken apart one component at a time, while the document is walked,
 * because what a component means depends on whether it meets an object or an array; nothing here is
 * a syntax error, a component that makes no sense simply matches nothing. The rules are those of
 * gjson's SYNTAX.md and, where that is silent, of gjson 1.20.0.
 */
final class GjsonPath {
  private GjsonPath() {}

  /**
   * A path's first component, for an object.
   *
   * @param key without escapes
   * @param rest what follows after a dot, or null
   * @param pipe what follows after a pipe (or a dot that starts a multipath or modifier), or null
   */
  record Member(
      ByteString key, boolean wild, @Nullable ByteString rest, @Nullable ByteString pipe) {}

  /**
   * A path's first component, for an array.
   *
   * @param hash whether it contains {@code #}
   * @param each what {@code #.} maps over the elements, or null
   * @param query what {@code #(…)} asks for, or null
   */
  record Element(
      ByteString part,
      boolean hash,
      @Nullable ByteString each,
      @Nullable Query query,
      @Nullable ByteString rest,
      @Nullable ByteString pipe) {}

  /**
   * A condition on the elements of an array.
   *
   * @param all whether every match counts ({@code #(…)#}) or the first one
   * @param operator empty where the path only has to exist
   */
  record Query(boolean all, ByteString path, String operator, ByteString value) {}

  /** One path of a multipath; the name is empty where none is given. */
  record Selector(ByteString name, ByteString path) {}

  /**
   * @param rest the path after the closing bracket; empty where there is none
   */
  record Multipath(List<Selector> selectors, ByteString rest) {}

  /** A path before and after its first pipe. */
  record Split(ByteString left, ByteString right) {}

  static Member member(ByteString path) {
    boolean wild = false;
    int i = 0;
    while (i < path.length() && path.at(i) != '\\') {
      int c = path.at(i);
      if (c == '|' || c == '.') {
        return member(path.slice(0, i), wild, path, i);
      }
      wild |= c == '*' || c == '?';
      i++;
    }
    if (i == path.length()) {
      return new Member(path, wild, null, null);
    }
    // The first escape: from here on the key is a copy without backslashes, and so is a pattern's.
    byte[] key = new byte[path.length()];
    path.slice(0, i).copyTo(key, 0);
    int length = i;
    while (i < path.length()) {
      int c = path.at(i);
      if (c == '\\') {
        if (++i < path.length()) {
          key[length++] = (byte) path.at(i);
        }
      } else if (c == '|' || c == '.') {
        return member(ByteString.wrap(key, length), wild, path, i);
      } else {
        wild |= c == '*' || c == '?';
        key[length++] = (byte) c;
      }
      i++;
    }
    return new Member(ByteString.wrap(key, length), wild, null, null);
  }

  private static Member member(ByteString key, boolean wild, ByteString path, int separator) {
    ByteString after = path.slice(separator + 1);
    boolean piped = path.at(separator) == '|' || startsStage(after);
    return new Member(key, wild, piped ? null : after, piped ? after : null);
  }

  static Element element(ByteString path, Budget budget) throws SelectorException {
    boolean hash = false;
    ByteString each = null;
    Query query = null;
    for (int i = 0; i < path.length(); i++) {
      int c = path.at(i);
      if (c == '|' || c == '.') {
        ByteString after = path.slice(i + 1);
        boolean piped = c == '|' || (!hash && startsStage(after));
        return new Element(
            path.slice(0, i), hash, each, query, piped ? null : after, piped ? after : null);
      }
      if (c == '#') {
        hash = true;
        if (i == 0 && path.is(1, '.')) {
          each = path.slice(2);
        } else if (i == 0 && (path.is(1, '[') || path.is(1, '('))) {
          Parsed parsed = query(path, budget);
          query = parsed.query();
          if (parsed.end() < 0) {
            break;
          }
          i = parsed.end() - 1;
        }
      }
    }
    return new Element(path, hash, each, query, null, null);
  }

  private record Parsed(Query query, int end) {}

  /**
   * Reads {@code #(path op value)} at the start of a path; an end of -1 says that it does not
   * close.
   */
  private static Parsed query(ByteString text, Budget budget) throws SelectorException {
    int operator = 0;
    int depth = 1;
    boolean escaped = false;
    int i = 2;
    for (; i < text.length(); i++) {
      int c = text.at(i);
      if (depth == 1 && operator == 0 && "!=<>%".indexOf(c) >= 0) {
        operator = i;
      } else if (c == '\\') {
        i++;
      } else if (c == '[' || c == '(') {
        depth++;
      } else if (c == ']' || c == ')') {
        if (--depth == 0) {
          break;
        }
      } else if (c == '"') {
        for (i++; i < text.length() && text.at(i) != '"'; i++) {
          if (text.at(i) == '\\') {
            escaped = true;
            i++;
          }
        }
      }
    }
    if (depth > 0) {
      return new Parsed(new Query(false, ByteString.EMPTY, "", ByteString.EMPTY), -1);
    }
    boolean all = text.is(i + 1, '#');
    if (operator == 0) {
      ByteString path = text.slice(2, i).trim();
      return new Parsed(new Query(all, path, "", ByteString.EMPTY), i + 1);
    }
    ByteString path = text.slice(2, operator).trim();
    ByteString condition = text.slice(operator, i).trim();
    boolean doubled = condition.length() > 1 && condition.is(0, '=') && condition.is(1, '=');
    if (doubled) {
      condition = condition.slice(1);
    }
    int width = doubled || condition.length() == 1 ? 1 : operatorWidth(condition);
    ByteString value = condition.slice(width).trim();
    if (value.length() >= 2 && value.is(0, '"') && value.is(value.length() - 1, '"')) {
      value = value.slice(1, value.length() - 1);
      if (escaped) {
        value = GjsonScan.unescape(value, budget);
      }
    }
    return new Parsed(new Query(all, path, condition.slice(0, width).text(), value), i + 1);
  }

  /** An exclamation mark that starts no operator leaves none: the query then asks for existence. */
  private static int operatorWidth(ByteString condition) {
    boolean equals = condition.is(1, '=');
    return switch (condition.at(0)) {
      case '!' -> equals || condition.is(1, '%') ? 2 : 0;
      case '<', '>' -> equals ? 2 : 1;
      default -> 1;
    };
  }

  /**
   * Whether a path goes on with a multipath or a known modifier, so that a dot before it is a pipe.
   */
  private static boolean startsStage(ByteString path) {
    if (!path.is(0, '@')) {
      return path.is(0, '[') || path.is(0, '{');
    }
    int end = 1;
    while (end < path.length() && ".|:".indexOf(path.at(end)) < 0) {
      end++;
    }
    return GjsonModifiers.exists(path.slice(1, end));
  }

  /** Splits at the first pipe outside of queries; null where there is none. */
  static @Nullable Split splitAtPipe(ByteString path) {
    if (path.indexOf('|') < 0) {
      return null;
    }
    if (path.is(0, '{')) {
      int end = GjsonScan.leading(path.slice(1)).length() + 1;
      return path.is(end, '|') ? new Split(path.slice(0, end), path.slice(end + 1)) : null;
    }
    for (int i = 0; i < path.length(); i++) {
      int c = path.at(i);
      if (c == '\\') {
        i++;
      } else if (c == '|') {
        return new Split(path.slice(0, i), path.slice(i + 1));
      } else if (c == '.') {
        if (i == path.length() - 1) {
          return null;
        }
        if (path.is(i + 1, '#')) {
          i += 2;
          if (i == path.length()) {
            return null;
          }
          if (path.is(i, '[') || path.is(i, '(')) {
            i = balanced(path, i);
          }
        }
      }
    }
    return null;
  }

  /** The index of the bracket that closes the one at {@code start}. */
  private static int balanced(ByteString path, int start) {
    int open = path.at(start);
    int close = open == '[' ? ']' : ')';
    int depth = 1;
    int i = start + 1;
    for (; i < path.length(); i++) {
      int c = path.at(i);
      if (c == '\\') {
        i++;
      } else if (c == open) {
        depth++;
      } else if (c == close) {
        if (--depth == 0) {
          break;
        }
      } else if (c == '"') {
        i = quoted(path, i);
      }
    }
    return i;
  }

  /** The index of the quote that closes the one at {@code start}, or past the end. */
  private static int quoted(ByteString path, int start) {
    int i = start + 1;
    while (i < path.length() && path.at(i) != '"') {
      i += path.at(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  /**
   * Takes {@code {…}} or {@code […]} at the start of a path apart; null where it does not close.
   */
  static @Nullable Multipath multipath(ByteString path) {
    List<Selector> selectors = new ArrayList<>();
    boolean modifier = false;
    int depth = 1;
    int colon = 0;
    int start = 1;
    for (int i = 1; i < path.length(); i++) {
      switch (path.at(i)) {
        case '\\' -> i++;
        case '@' -> modifier |= path.is(i - 1, '.') || path.is(i - 1, '|');
        case ':' -> {
          if (!modifier && colon == 0 && depth == 1) {
            colon = i;
          }
        }
        case ',' -> {
          if (depth == 1) {
            selectors.add(selector(path, start, colon, i));
            colon = 0;
            modifier = false;
            start = i + 1;
          }
        }
        case '"' -> i = quoted(path, i);
        case '[', '(', '{' -> depth++;
        case ']', ')', '}' -> {
          if (--depth == 0) {
            selectors.add(selector(path, start, colon, i));
            return new Multipath(selectors, path.slice(i + 1));
          }
        }
        default -> {}
      }
    }
    return null;
  }

  private static Selector selector(ByteString path, int start, int colon, int end) {
    return colon == 0
        ? new Selector(ByteString.EMPTY, path.slice(start, end))
        : new Selector(path.slice(start, colon), path.slice(colon + 1, end));
  }

  /** The name a member of {@code {…}} gets when the path gives none: its last component. */
  static ByteString lastName(ByteString path) {
    for (int i = path.length() - 1; i >= 0; i--) {
      if ((path.is(i, '|') || path.is(i, '.')) && !path.is(i - 1, '\\')) {
        return simple(path.slice(i + 1));
      }
    }
    return simple(path);
  }

  private static ByteString simple(ByteString name) {
    for (int i = 0; i < name.length(); i++) {
      int c = name.at(i);
      if (c < ' ' || "[]{}()#|!".indexOf(c) >= 0) {
        return ByteString.of("_");
      }
    }
    return name;
  }

  /** A path that means the literal key, as gjson's {@code Escape}. */
  static String escape(String key) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (!Character.isLetterOrDigit(c) && c > ' ' && c <= '~' && "_-:".indexOf(c) < 0) {
        escaped.append('\\');
      }
      escaped.append(c);
    }
    return escaped.toString();
  }
}
