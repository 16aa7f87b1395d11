package dev.signet.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the YAML that nearly every manifest is made of, in one pass and without the general parser,
 * whose classes alone cost a third of a short command's time.
 *
 * <p>That is: block mappings and sequences, keys on one line, plain and quoted scalars on one line,
 * literal blocks, {@code {}} and {@code []}, comments; printable characters of the basic plane,
 * line feeds, no tabs. Whatever else comes up (an anchor, a tag, a flow collection, a folded or
 * continued scalar, a rarer escape, a key that is no string, anything malformed) makes it give up:
 * the general parser then reads the document from its start, and words the complaint if there is
 * one. So this class must never accept what the general parser refuses or reads differently; the
 * tests compare the two.
 */
final class SimpleYaml {

  /** There is more to this document. A jump rather than an event: no stack trace. */
  static final class Unusual extends Exception {
    private static final long serialVersionUID = 1;

    private Unusual() {
      super("not simple", null, false, false);
    }
  }

  private static final int KEY_CHARACTERS = 512;

  private final String text;
  private final Budget budget;

  /** The first character of the current line that holds content, and its column; -1 at the end. */
  private int at;

  private int indent;

  private SimpleYaml(String text, Budget budget) {
    this.text = text;
    this.budget = budget;
  }

  /** The root mapping of a text that ends in a line feed. A key given twice is unusual. */
  static Map<String, @Nullable Object> compose(String text, Budget budget) throws Unusual, Problem {
    for (int i = 0; i < text.length(); i++) {
      if (!TextShape.isPrintable(text.charAt(i)) || TextShape.isSeparator(text.charAt(i))) {
        throw new Unusual();
      }
    }
    SimpleYaml yaml = new SimpleYaml(text, budget);
    yaml.line(0);
    Map<String, @Nullable Object> root = yaml.mapping(yaml.indent, 1);
    if (yaml.indent >= 0) {
      throw new Unusual();
    }
    return root;
  }

  /** Moves to the next line with content, from the start of a line. */
  private void line(int from) {
    int i = from;
    while (i < text.length()) {
      int start = i;
      while (text.charAt(i) == ' ') {
        i++;
      }
      char c = text.charAt(i);
      if (c != '\n' && c != '#') {
        at = i;
        indent = i - start;
        return;
      }
      i = text.indexOf('\n', i) + 1;
    }
    indent = -1;
  }

  private Map<String, @Nullable Object> mapping(int column, int depth) throws Unusual, Problem {
    budget.node();
    budget.depth(depth);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    do {
      int end = keyEnd(at);
      if (end < 0) {
        throw new Unusual();
      }
      budget.node();
      String key = key(at, end);
      Object value = value(end + 1, column, depth);
      if (map.containsKey(key)) {
        throw new Unusual();
      }
      map.put(key, value);
    } while (indent == column && !atDash(at));
    if (indent > column) {
      throw new Unusual();
    }
    return map;
  }

  private List<@Nullable Object> sequence(int column, int depth) throws Unusual, Problem {
    budget.node();
    budget.depth(depth);
    List<@Nullable Object> list = new ArrayList<>();
    do {
      int i = skipSpaces(at + 1);
      if (isEnd(i) || atDash(i)) {
        throw new Unusual();
      }
      if (keyEnd(i) >= 0) {
        indent = column + i - at;
        at = i;
        list.add(mapping(indent, depth + 1));
      } else {
        list.add(scalar(i, column));
      }
    } while (indent == column && atDash(at));
    if (indent > column) {
      throw new Unusual();
    }
    return list;
  }

  /** What follows the colon of a key in that column. */
  private @Nullable Object value(int from, int column, int depth) throws Unusual, Problem {
    int i = skipSpaces(from);
    if (!isEnd(i)) {
      return scalar(i, column);
    }
    line(text.indexOf('\n', i) + 1);
    if (indent > column) {
      return atDash(at) ? sequence(indent, depth + 1) : mapping(indent, depth + 1);
    }
    if (indent == column && atDash(at)) {
      return sequence(column, depth + 1);
    }
    budget.node();
    return null;
  }

  private boolean atDash(int i) {
    return text.charAt(i) == '-' && (text.charAt(i + 1) == ' ' || text.charAt(i + 1) == '\n');
  }

  private int skipSpaces(int from) {
    int i = from;
    while (text.charAt(i) == ' ') {
      i++;
    }
    return i;
  }

  /** The end of a line or a comment; a space came before. */
  private boolean isEnd(int i) {
    return text.charAt(i) == '\n' || (text.charAt(i) == '#' && text.charAt(i - 1) == ' ');
  }

  /** The colon behind the key that starts here, or -1 if no simple key starts here. */
  private int keyEnd(int start) {
    char quote = text.charAt(start);
    int i = start;
    if (quote == '"' || quote == '\'') {
      do {
        i++;
        if (text.charAt(i) == '\n' || text.charAt(i) == '\\') {
          return -1;
        }
      } while (text.charAt(i) != quote);
      i++;
    } else {
      while (isKeyCharacter(text.charAt(i)) && (i > start || text.charAt(i) != '-')) {
        i++;
      }
    }
    boolean key =
        i > start
            && i - start <= KEY_CHARACTERS
            && text.charAt(i) == ':'
            && (text.charAt(i + 1) == ' ' || text.charAt(i + 1) == '\n');
    return key ? i : -1;
  }

  private static boolean isKeyCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.'
        || c == '/';
  }

  @SuppressWarnings("ReferenceEquality") // resolve returns the very text it was given for a string
  private String key(int start, int end) throws Unusual {
    if (!isKeyCharacter(text.charAt(start))) {
      return text.substring(start + 1, end - 1);
    }
    String key = text.substring(start, end);
    if (YamlScalars.resolve(key, false) != key) {
      throw new Unusual();
    }
    return key;
  }

  /** A scalar of a collection in that column; moves on to the line behind it. */
  private @Nullable Object scalar(int start, int column) throws Unusual, Problem {
    budget.node();
    char first = text.charAt(start);
    if (first == '|') {
      return literal(start + 1, column);
    }
    Object value;
    int end;
    if (first == '"') {
      StringBuilder unescaped = new StringBuilder();
      end = doubleQuoted(start + 1, unescaped);
      value = unescaped.toString();
    } else if (first == '\'') {
      StringBuilder unescaped = new StringBuilder();
      end = singleQuoted(start + 1, unescaped);
      value = unescaped.toString();
    } else if (first == '{' && text.charAt(start + 1) == '}') {
      end = start + 2;
      value = new LinkedHashMap<String, @Nullable Object>();
    } else if (first == '[' && text.charAt(start + 1) == ']') {
      end = start + 2;
      value = new ArrayList<@Nullable Object>();
    } else {
      end = plainEnd(start);
      value = YamlScalars.resolve(text.substring(start, end), false);
      if (value instanceof Double number && !Double.isFinite(number)) {
        throw new Unusual();
      }
    }
    int rest = skipSpaces(end);
    if (!isEnd(rest)) {
      throw new Unusual();
    }
    line(text.indexOf('\n', rest) + 1);
    if (indent > column) {
      throw new Unusual();
    }
    return value;
  }

  private int plainEnd(int start) throws Unusual {
    char first = text.charAt(start);
    boolean plain =
        isKeyCharacter(first)
            ? first != '-' || text.charAt(start + 1) > ' '
            : first == '+'
                || first == '='
                || first == '~'
                || first == '$'
                || first == '('
                || first == '^'
                || first == '<'
                || first >= 0xC0;
    if (!plain) {
      throw new Unusual();
    }
    int end = start;
    for (int i = start; text.charAt(i) != '\n'; i++) {
      char c = text.charAt(i);
      if (c == '#' && text.charAt(i - 1) == ' ') {
        break;
      }
      if (c == ':' && (text.charAt(i + 1) == ' ' || text.charAt(i + 1) == '\n')) {
        throw new Unusual();
      }
      if (c != ' ') {
        end = i + 1;
      }
    }
    return end;
  }

  private int singleQuoted(int from, StringBuilder value) throws Unusual {
    for (int i = from; ; i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        throw new Unusual();
      }
      if (c == '\'') {
        if (text.charAt(i + 1) != '\'') {
          return i + 1;
        }
        i++;
      }
      value.append(c);
    }
  }

  private int doubleQuoted(int from, StringBuilder value) throws Unusual {
    for (int i = from; ; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> {
          return i + 1;
        }
        case '\\' -> {
          i++;
          switch (text.charAt(i)) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case '"' -> value.append('"');
            case '\\' -> value.append('\\');
            default -> throw new Unusual();
          }
        }
        case '\n' -> throw new Unusual();
        default -> value.append(c);
      }
    }
  }

  /** A block after its {@code |}: its indentation is that of its first line with text. */
  private String literal(int from, int column) throws Unusual {
    int i = from;
    char chomping = text.charAt(i);
    if (chomping == '-' || chomping == '+') {
      i++;
    }
    i = skipSpaces(i);
    if (text.charAt(i) != '\n') {
      throw new Unusual();
    }
    i++;
    int block = blockIndent(i);
    if (block <= column) {
      throw new Unusual();
    }
    StringBuilder value = new StringBuilder();
    int contentEnd = 0;
    while (i < text.length()) {
      int end = text.indexOf('\n', i);
      int content = i;
      while (content < end && content < i + block && text.charAt(content) == ' ') {
        content++;
      }
      if (content < end) {
        if (content < i + block) {
          break;
        }
        value.append(text, content, end);
        contentEnd = value.length() + 1;
      }
      value.append('\n');
      i = end + 1;
    }
    if (chomping == '-') {
      value.setLength(contentEnd - 1);
    } else if (chomping != '+') {
      value.setLength(contentEnd);
    }
    line(i);
    if (indent > column) {
      throw new Unusual();
    }
    return value.toString();
  }

  /** Blank lines before the text that are longer than its indentation are malformed. */
  private int blockIndent(int from) throws Unusual {
    int longest = 0;
    int i = from;
    while (i < text.length()) {
      int content = skipSpaces(i);
      int spaces = content - i;
      if (text.charAt(content) != '\n') {
        if (spaces < longest) {
          throw new Unusual();
        }
        return spaces;
      }
      longest = Math.max(longest, spaces);
      i = content + 1;
    }
    throw new Unusual();
  }
}
