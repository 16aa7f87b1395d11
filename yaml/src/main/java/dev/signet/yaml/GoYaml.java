package dev.signet.yaml;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree byte for byte as {@code sigs.k8s.io/yaml.Marshal} (v1.6.0 over go.yaml.in/yaml/v2
 * v2.4.4) writes the same JSON value.
 *
 * <p>Layout: block style, indented by two, sequences at the indentation of their key; {@code {}}
 * and {@code []} when empty; keys sorted as goyaml sorts them ({@link KeyOrder}). Scalars:
 *
 * <ul>
 *   <li>plain where the text reads back as the same string; else single-quoted, or double-quoted
 *       where single quotes cannot hold it (control characters, tabs, carriage returns, anything
 *       beyond U+FFFF, a space after a line break) or where plain text would read as another type;
 *   <li>literal block for a text with a line feed, unless it ends in a space, has a space before a
 *       line break or holds a character that must be escaped;
 *   <li>a line longer than 80 columns breaks at the next single space;
 *   <li>a key longer than 128 bytes or with a line break becomes a complex key ({@code ? }).
 * </ul>
 *
 * <p>Where Go refuses (DEL, C1 controls, U+FFFE and U+FFFF, keys over 1024 characters) or loses
 * data (U+0085 becomes a space), because it passes its own JSON through its YAML reader, this class
 * writes what goyaml's emitter itself would: the value survives.
 *
 * <p>The state is libyaml's: the column, whether the last character was white space, and whether
 * only indentation and {@code -}, {@code ?}, {@code :} stand on the line so far.
 */
public final class GoYaml {

  private static final int STEP = 2;
  private static final int WIDTH = 80;
  private static final int SIMPLE_KEY_BYTES = 128;
  private static final String HEX = "0123456789ABCDEF";
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  private enum Place {
    ROOT,
    ITEM,
    /** After {@code key:}. */
    VALUE,
    /** After the {@code :} of a complex key, on a line of its own. */
    VALUE_OF_COMPLEX_KEY
  }

  private final StringBuilder out = new StringBuilder(512);
  private int column;
  private boolean whitespace = true;
  private boolean indention = true;

  private GoYaml() {}

  /**
   * The document, with a line feed at its end and no {@code ---}.
   *
   * @throws IllegalArgumentException for a value that no tree may hold, such as NaN
   */
  public static String write(@Nullable Object tree) {
    GoYaml yaml = new GoYaml();
    yaml.node(tree, -1, Place.ROOT);
    yaml.newline(0);
    return yaml.out.toString();
  }

  private void node(@Nullable Object value, int indent, Place place) {
    if (value instanceof String text) {
      string(TextShape.wellFormed(text), below(indent), false);
    } else if (value instanceof Map<?, ?> map) {
      mapping(map, indent);
    } else if (value instanceof List<?> list) {
      sequence(list, indent, place);
    } else if (value == null) {
      word("null");
    } else if (value instanceof Boolean bool) {
      word(bool ? "true" : "false");
    } else if (value instanceof Number number) {
      word(number(number));
    } else {
      throw new IllegalArgumentException("a tree cannot hold a " + value.getClass().getName());
    }
  }

  private static int below(int indent) {
    return indent < 0 ? STEP : indent + STEP;
  }

  private void mapping(Map<?, ?> map, int parent) {
    if (map.isEmpty()) {
      word("{}");
      return;
    }
    int indent = parent < 0 ? 0 : parent + STEP;
    for (String key : KeyOrder.sorted(map.keySet())) {
      newline(indent);
      String shown = TextShape.wellFormed(key);
      if (isSimpleKey(shown)) {
        string(shown, indent + STEP, true);
        indicator(':', false, false);
        node(map.get(key), indent, Place.VALUE);
      } else {
        indicator('?', true, true);
        string(shown, indent + STEP, false);
        newline(indent);
        indicator(':', true, true);
        node(map.get(key), indent, Place.VALUE_OF_COMPLEX_KEY);
      }
    }
  }

  private void sequence(List<?> list, int parent, Place place) {
    if (list.isEmpty()) {
      word("[]");
      return;
    }
    int indent = parent < 0 ? 0 : place == Place.VALUE ? parent : parent + STEP;
    for (Object item : list) {
      newline(indent);
      indicator('-', true, true);
      node(item, indent, Place.ITEM);
    }
  }

  /** Go formats as JSON first and then reads that as YAML, so 1e3 is written 1000. */
  private static String number(Number number) {
    if (number instanceof BigInteger big) {
      return big(big);
    }
    if (number instanceof Double || number instanceof Float) {
      double value = number.doubleValue();
      String json = GoNumbers.json(value);
      if (json.indexOf('.') < 0 && json.indexOf('e') < 0) {
        return json.equals("-0") ? "0" : big(new BigInteger(json));
      }
      return GoNumbers.yaml(value);
    }
    if (number instanceof Long || number instanceof Integer) {
      return number.toString();
    }
    throw new IllegalArgumentException("a tree cannot hold a " + number.getClass().getName());
  }

  private static String big(BigInteger number) {
    boolean fits =
        number.bitLength() < Long.SIZE || (number.signum() > 0 && number.compareTo(TWO_TO_64) < 0);
    if (fits) {
      return number.toString();
    }
    double value = number.doubleValue();
    return Double.isInfinite(value) ? number.toString() : GoNumbers.yaml(value);
  }

  private static boolean isSimpleKey(String key) {
    int bytes = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      if (TextShape.isBreak(c)) {
        return false;
      }
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes <= SIMPLE_KEY_BYTES;
  }

  private void string(String text, int indent, boolean key) {
    TextShape shape = TextShape.of(text);
    if (text.indexOf('\n') >= 0) {
      if (shape.literalAllowed()) {
        literal(text, indent);
      } else {
        doubleQuoted(text, indent, !key);
      }
    } else if (readsAsAnotherType(text)) {
      doubleQuoted(text, indent, !key);
    } else if (shape.plainAllowed()) {
      plain(text, indent, !key);
    } else if (shape.singleQuotedAllowed()) {
      singleQuoted(text, indent, !key);
    } else {
      doubleQuoted(text, indent, !key);
    }
  }

  @SuppressWarnings("ReferenceEquality") // resolve returns the very text it was given for a string
  static boolean readsAsAnotherType(String text) {
    return YamlScalars.resolve(text, true) != text || YamlScalars.isBase60(text);
  }

  private void plain(String text, int indent, boolean fold) {
    if (!whitespace) {
      put(' ');
    }
    if (!fold || column + text.length() <= WIDTH || text.indexOf(' ') < 0) {
      out.append(text);
      column += text.length();
    } else {
      folded(text, indent, true, 0);
    }
    whitespace = false;
    indention = false;
  }

  private void singleQuoted(String text, int indent, boolean fold) {
    indicator('\'', true, false);
    folded(text, indent, fold, 1);
    indicator('\'', false, false);
  }

  /**
   * Text as it is, its quotes doubled, broken at single spaces past the width. Quoted text is not
   * broken at its ends.
   */
  private void folded(String text, int indent, boolean fold, int margin) {
    boolean afterSpace = false;
    boolean afterBreak = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ') {
        if (fold
            && !afterSpace
            && column > WIDTH
            && i >= margin
            && i < text.length() - 1
            && text.charAt(i + 1) != ' ') {
          newline(indent);
        } else {
          put(c);
        }
        afterSpace = true;
      } else if (TextShape.isBreak(c)) {
        putBreak(c);
        indention = true;
        afterBreak = true;
      } else {
        if (afterBreak) {
          newline(indent);
        }
        if (c == '\'' && margin > 0) {
          put(c);
        }
        put(c);
        indention = false;
        afterSpace = false;
        afterBreak = false;
      }
    }
  }

  private void doubleQuoted(String text, int indent, boolean fold) {
    indicator('"', true, false);
    // A quirk of the emitter: a text that begins with U+FEFF is escaped to its end.
    boolean escapeAll = !text.isEmpty() && text.charAt(0) == '\uFEFF';
    boolean afterSpace = false;
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      if (escapeAll || !TextShape.isPrintable(c) || TextShape.isBreak(c) || c == '"' || c == '\\') {
        escape(c);
        afterSpace = false;
      } else if (c == ' ') {
        if (fold && !afterSpace && column > WIDTH && i > 0 && i < text.length() - 1) {
          newline(indent);
          if (text.charAt(i + 1) == ' ') {
            put('\\');
          }
        } else {
          put(' ');
        }
        afterSpace = true;
      } else {
        put((char) c);
        afterSpace = false;
      }
    }
    indicator('"', false, false);
  }

  private void escape(int c) {
    put('\\');
    switch (c) {
      case 0x00 -> put('0');
      case 0x07 -> put('a');
      case 0x08 -> put('b');
      case 0x09 -> put('t');
      case 0x0A -> put('n');
      case 0x0B -> put('v');
      case 0x0C -> put('f');
      case 0x0D -> put('r');
      case 0x1B -> put('e');
      case 0x22 -> put('"');
      case 0x5C -> put('\\');
      case 0x85 -> put('N');
      case 0xA0 -> put('_');
      case 0x2028 -> put('L');
      case 0x2029 -> put('P');
      default -> {
        int digits = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
        put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
        for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
          put(HEX.charAt((c >>> shift) & 0xF));
        }
      }
    }
  }

  private void literal(String text, int indent) {
    indicator('|', true, false);
    if (text.charAt(0) == ' ' || TextShape.isBreak(text.charAt(0))) {
      put((char) ('0' + STEP));
    }
    int last = text.length() - 1;
    if (!TextShape.isBreak(text.charAt(last))) {
      put('-');
    } else if (last == 0 || TextShape.isBreak(text.charAt(last - 1))) {
      put('+');
    }
    putBreak('\n');
    indention = true;
    whitespace = true;
    boolean afterBreak = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (TextShape.isBreak(c)) {
        putBreak(c);
        indention = true;
        afterBreak = true;
      } else {
        if (afterBreak) {
          newline(indent);
        }
        put(c);
        indention = false;
        afterBreak = false;
      }
    }
  }

  /** Starts a line at that column, unless one has just been started there. */
  private void newline(int indent) {
    if (!indention || column > indent || (column == indent && !whitespace)) {
      putBreak('\n');
    }
    while (column < indent) {
      put(' ');
    }
    whitespace = true;
    indention = true;
  }

  private void word(String text) {
    if (!whitespace) {
      put(' ');
    }
    out.append(text);
    column += text.length();
    whitespace = false;
    indention = false;
  }

  private void indicator(char c, boolean apart, boolean indents) {
    if (apart && !whitespace) {
      put(' ');
    }
    put(c);
    whitespace = false;
    indention &= indents;
  }

  private void put(char c) {
    out.append(c);
    column++;
  }

  private void putBreak(char c) {
    out.append(c);
    column = 0;
  }
}
