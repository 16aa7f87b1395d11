package dev.signet.yaml;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree byte for byte as Go 1.26's encoding/json: {@code json.Marshal}, or {@code
 * json.MarshalIndent} with two spaces. {@code <}, {@code >}, {@code &}, U+2028 and U+2029 are
 * escaped, control characters are {@code \b \f \n \r \t} or four hexadecimal digits, a surrogate
 * without a partner is written as the escape of U+FFFD. No line feed at the end.
 *
 * <p>A text of any size passes through a buffer of fixed size.
 */
public final class GoJson {

  /** Line breaks and spaces. */
  public enum Layout {
    COMPACT,
    /** Two spaces a level. */
    INDENTED
  }

  /** Go sorts the keys of a map, but writes the fields of a struct as they are declared. */
  public enum Keys {
    AS_GIVEN,
    /** By their UTF-8 bytes, at every level. */
    SORTED
  }

  private static final String HEX = "0123456789abcdef";

  private final OutputStream out;
  private final Layout layout;
  private final Keys keys;
  private final byte[] buffer = new byte[8192];
  private int used;

  private GoJson(OutputStream out, Layout layout, Keys keys) {
    this.out = out;
    this.layout = layout;
    this.keys = keys;
  }

  /**
   * Writes to a stream, which is neither flushed nor closed.
   *
   * @throws IllegalArgumentException for a value that no tree may hold, such as NaN
   */
  public static void write(@Nullable Object tree, Layout layout, Keys keys, OutputStream out)
      throws IOException {
    GoJson json = new GoJson(out, layout, keys);
    json.value(tree, 0);
    json.drain();
  }

  /** The same as a string. */
  public static String write(@Nullable Object tree, Layout layout, Keys keys) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    try {
      write(tree, layout, keys, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private void value(@Nullable Object value, int depth) throws IOException {
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth);
    } else if (value instanceof List<?> list) {
      array(list, depth);
    } else if (value == null) {
      ascii("null");
    } else if (value instanceof Boolean bool) {
      ascii(bool ? "true" : "false");
    } else if (value instanceof Double number) {
      ascii(GoNumbers.json(number));
    } else if (value instanceof Long || value instanceof Integer || value instanceof BigInteger) {
      ascii(value.toString());
    } else {
      throw new IllegalArgumentException("a tree cannot hold a " + value.getClass().getName());
    }
  }

  private void object(Map<?, ?> map, int depth) throws IOException {
    put('{');
    if (!map.isEmpty()) {
      boolean first = true;
      if (keys == Keys.AS_GIVEN) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          member((String) entry.getKey(), entry.getValue(), first, depth + 1);
          first = false;
        }
      } else {
        for (String key : sortedKeys(map)) {
          member(key, map.get(key), first, depth + 1);
          first = false;
        }
      }
      line(depth);
    }
    put('}');
  }

  private void member(String key, @Nullable Object value, boolean first, int depth)
      throws IOException {
    if (!first) {
      put(',');
    }
    line(depth);
    string(key);
    put(':');
    if (layout == Layout.INDENTED) {
      put(' ');
    }
    value(value, depth);
  }

  private static List<String> sortedKeys(Map<?, ?> map) {
    List<String> names = new ArrayList<>(map.size());
    for (Object key : map.keySet()) {
      names.add((String) key);
    }
    names.sort(GoJson::compareAsUtf8);
    return names;
  }

  private static int compareAsUtf8(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Integer.compare(rank(x), rank(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  /** Surrogates stand for what comes after U+FFFF. */
  private static int rank(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  private void array(List<?> list, int depth) throws IOException {
    put('[');
    if (!list.isEmpty()) {
      boolean first = true;
      for (Object item : list) {
        if (!first) {
          put(',');
        }
        first = false;
        line(depth + 1);
        value(item, depth + 1);
      }
      line(depth);
    }
    put(']');
  }

  private void line(int depth) throws IOException {
    if (layout == Layout.INDENTED) {
      put('\n');
      for (int i = 0; i < depth; i++) {
        put(' ');
        put(' ');
      }
    }
  }

  private void string(String text) throws IOException {
    put('"');
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (c < 0x800) {
        put(0xC0 | (c >> 6));
        put(0x80 | (c & 0x3F));
      } else if (Character.isSurrogate(c)) {
        if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          int point = Character.toCodePoint(c, text.charAt(++i));
          put(0xF0 | (point >> 18));
          put(0x80 | ((point >> 12) & 0x3F));
          put(0x80 | ((point >> 6) & 0x3F));
          put(0x80 | (point & 0x3F));
        } else {
          ascii("\\ufffd");
        }
      } else if (c == 0x2028 || c == 0x2029) {
        ascii(c == 0x2028 ? "\\u2028" : "\\u2029");
      } else {
        put(0xE0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3F));
        put(0x80 | (c & 0x3F));
      }
    }
    put('"');
  }

  private void ascii(char c) throws IOException {
    if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&') {
      put(c);
      return;
    }
    put('\\');
    switch (c) {
      case '"', '\\' -> put(c);
      case '\b' -> put('b');
      case '\f' -> put('f');
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        ascii("u00");
        put(HEX.charAt(c >> 4));
        put(HEX.charAt(c & 0xF));
      }
    }
  }

  private void ascii(String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void put(int b) throws IOException {
    if (used == buffer.length) {
      drain();
    }
    buffer[used++] = (byte) b;
  }

  private void drain() throws IOException {
    out.write(buffer, 0, used);
    used = 0;
  }
}
