package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads INI as gopkg.in/ini.v1 does with sections that may repeat.
 *
 * <p>A comment, also one behind a value, belongs to the section or key that comes next. Keys end at
 * an equals sign or a colon and may be quoted. A value goes on in the next line behind a backslash,
 * or until its quotes of three or its backtick end; pairs of other quotes around it are dropped. A
 * key that comes again in its section replaces the value in its first place.
 */
final class IniReader {

  /** A value and the comment before it. */
  record Entry(String value, String comment) {}

  record Section(String name, String comment, Map<String, Entry> entries) {}

  private final String text;
  private int at;
  private int line;
  private final StringBuilder comment = new StringBuilder();

  private IniReader(String text) {
    this.text = text;
  }

  static List<Section> read(byte[] bytes) throws SopsException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new IniReader(text.startsWith("\uFEFF") ? text.substring(1) : text).read();
    } catch (CharacterCodingException e) {
      throw new SopsException(Step.READ, "Could not unmarshal input data: it is not utf-8");
    }
  }

  private SopsException malformed(String why) {
    return new SopsException(
        Step.READ, "Could not unmarshal input data: line " + line + ": " + why);
  }

  /** With its line feed. */
  private String nextLine() {
    int end = text.indexOf('\n', at);
    String found = text.substring(at, end < 0 ? text.length() : end + 1);
    at += found.length();
    line++;
    return found;
  }

  private List<Section> read() throws SopsException {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("DEFAULT", "", new LinkedHashMap<>()));
    int counted = 1;
    while (at < text.length()) {
      String found = trimmedLeft(nextLine());
      if (found.isEmpty()) {
        continue;
      }
      char first = found.charAt(0);
      if (first == '#' || first == ';') {
        comment.append(found);
      } else if (first == '[') {
        sections.add(section(found));
        counted = 1;
      } else {
        Name name = name(found);
        String key = name.text().equals("-") ? "#" + counted++ : name.text();
        String value = value(found.substring(name.end()));
        if (key.isEmpty()) {
          throw malformed("empty key name");
        }
        sections.getLast().entries().put(key, new Entry(value, takeComment()));
      }
    }
    return sections;
  }

  private Section section(String found) throws SopsException {
    int close = found.lastIndexOf(']');
    if (close < 0) {
      throw malformed("unclosed section");
    }
    String name = found.substring(1, close);
    if (name.isEmpty()) {
      throw malformed("empty section name");
    }
    int sign = commentSign(found, close + 1);
    if (sign >= 0) {
      comment.append(found, sign, found.length());
    }
    return new Section(name, takeComment(), new LinkedHashMap<>());
  }

  private String takeComment() {
    String taken = trimmed(comment.toString());
    comment.setLength(0);
    return taken;
  }

  private static int commentSign(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '#' && text.charAt(i) != ';') {
      i++;
    }
    return i < text.length() ? i : -1;
  }

  /**
   * A key.
   *
   * @param end where its value starts
   */
  private record Name(String text, int end) {}

  private Name name(String found) throws SopsException {
    String quote =
        found.length() > 6 && found.startsWith("\"\"\"")
            ? "\"\"\""
            : found.startsWith("\"") ? "\"" : found.startsWith("`") ? "`" : "";
    if (!quote.isEmpty()) {
      int start = quote.length();
      int close = found.indexOf(quote, start);
      if (close < 0) {
        throw malformed("missing closing key quote");
      }
      int delimiter = delimiter(found, Math.min(close + start, found.length()));
      if (delimiter < 0) {
        throw malformed("key-value delimiter not found");
      }
      return new Name(trimmed(found.substring(start, close)), delimiter + 1);
    }
    int delimiter = delimiter(found, 0);
    if (delimiter < 0) {
      throw malformed("key-value delimiter not found");
    }
    if (delimiter == 0) {
      throw malformed("empty key name");
    }
    return new Name(trimmed(found.substring(0, delimiter)), delimiter + 1);
  }

  private static int delimiter(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '=' || text.charAt(i) == ':') {
        return i;
      }
    }
    return -1;
  }

  private String value(String rest) throws SopsException {
    String found = trimmedLeft(rest);
    if (found.isEmpty()) {
      return "";
    }
    String quote =
        found.length() > 3 && found.startsWith("\"\"\"")
            ? "\"\"\""
            : found.startsWith("`") ? "`" : "";
    if (!quote.isEmpty()) {
      int close = found.lastIndexOf(quote);
      return close >= quote.length()
          ? found.substring(quote.length(), close)
          : manyLines(found.substring(quote.length()), quote);
    }
    found = trimmed(found);
    if (found.endsWith("\\")) {
      return continued(found.substring(0, found.length() - 1));
    }
    int sign = commentSign(found, 0);
    if (sign >= 0) {
      comment.append(found, sign, found.length());
      found = trimmed(found.substring(0, sign));
    }
    return isQuoted(found, '\'') || isQuoted(found, '"')
        ? found.substring(1, found.length() - 1)
        : found;
  }

  private static boolean isQuoted(String text, char quote) {
    return text.length() >= 2
        && text.charAt(0) == quote
        && text.indexOf(quote, 1) == text.length() - 1;
  }

  private String manyLines(String start, String quote) throws SopsException {
    StringBuilder value = new StringBuilder(start);
    while (at < text.length()) {
      String next = nextLine();
      int close = next.lastIndexOf(quote);
      if (close >= 0 && !trimmed(next.substring(close + quote.length())).endsWith("\\")) {
        value.append(next, 0, close);
        int sign = commentSign(next, close);
        if (sign >= 0) {
          comment.append(trimmed(next.substring(sign)));
        }
        return value.toString();
      }
      value.append(next);
    }
    throw malformed("missing closing key quote");
  }

  private String continued(String start) {
    StringBuilder value = new StringBuilder(start);
    while (at < text.length()) {
      String next = trimmed(nextLine());
      if (next.isEmpty()) {
        break;
      }
      value.append(next);
      if (!next.endsWith("\\")) {
        break;
      }
      value.setLength(value.length() - 1);
    }
    return value.toString();
  }

  /** Without what Go takes for white space. */
  static String trimmed(String text) {
    String left = trimmedLeft(text);
    int end = left.length();
    while (end > 0 && isSpace(left.charAt(end - 1))) {
      end--;
    }
    return left.substring(0, end);
  }

  private static String trimmedLeft(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
  }
}
